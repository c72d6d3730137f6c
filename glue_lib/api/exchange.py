"""An exchange: what goes over the wire and what comes back; the seam at which tests stand in for the network."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from glue_lib.api.body import Body

_BLANK = 16  # bytes: a byte order mark and some line breaks


@dataclass(frozen=True)
class SignedRequest:
    """A request with its credentials; never stored, and its `repr` shows none of them."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False, default_factory=dict)
    content: bytes | None = field(repr=False, default=None)
    token: int = field(repr=False, compare=False, default=0)  # which of the execution's tokens signed it

    def with_header(self, name: str, value: str) -> "SignedRequest":
        """Return this request with a header set, in place of one of the same name in any case."""
        others = {old: kept for old, kept in self.headers.items() if old.lower() != name.lower()}
        return replace(self, headers={**others, name: value})

    def with_query(self, name: str, value: str) -> "SignedRequest":
        """Return this request with a query parameter added to its URL."""
        mark = "&" if "?" in self.url else "?"
        return replace(self, url=f"{self.url}{mark}{quote(name)}={quote(value, safe='')}")


@dataclass(frozen=True)
class Response:
    """What came back, its `Content-Encoding` undone."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | Body = field(default=b"", repr=False)
    largest_bytes: int = field(default=2**32, repr=False, compare=False)  # that it may have, also when it is unpacked
    wire_bytes: int = field(default=0, repr=False, compare=False)  # of the body as it was sent; 0: not known

    def header(self, name: str) -> str | None:
        """Return a header by its name in any case."""
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), None)

    @property
    def body(self) -> Body:
        """The content, whichever way it is held."""
        return self.content if isinstance(self.content, Body) else Body(self.content)

    def read(self) -> bytes:
        """Return the whole content in memory."""
        return self.content.read() if isinstance(self.content, Body) else self.content

    @property
    def is_empty(self) -> bool:
        """Whether nothing was sent, and no cut connection can be why: how long the answer is was announced."""
        announced = self.header("Content-Length") is not None or self.header("Transfer-Encoding") is not None
        return announced and self.body.size <= _BLANK and not self.body.start(_BLANK).lstrip(b"\xef\xbb\xbf").strip()

    @property
    def charset(self) -> str:
        """The charset that `Content-Type` names, in lower case; empty when it names none."""
        return (self.header("Content-Type") or "").lower().partition("charset=")[2].partition(";")[0].strip(' "')

    def json_text(self) -> bytes:
        """Return the body as UTF-8 without a byte order mark, whatever the charset that it came in."""
        if self.charset in ("", "utf-8", "utf8", "us-ascii"):
            return self.read().removeprefix(b"\xef\xbb\xbf")
        return self.read().decode(self.charset).encode()


class Cut(Exception):
    """No whole answer came: refused, timed out or cut off. Its text has no URL, since URLs can hold credentials."""


Send = Callable[[SignedRequest, float], Response]
"""Sends a request and waits at most so many seconds between two bytes of the answer; raises `Cut` without one."""
