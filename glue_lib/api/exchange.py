"""An exchange: what goes over the wire and what comes back; the seam at which tests stand in for the network."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote


@dataclass(frozen=True)
class SignedRequest:
    """A request with its credentials; never stored, and its `repr` shows none of them."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False, default_factory=dict)
    content: bytes | None = field(repr=False, default=None)

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
    """What came back, its body unzipped."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""

    def header(self, name: str) -> str | None:
        """Return a header by its name in any case."""
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), None)

    def json_text(self) -> bytes:
        """Return the body as UTF-8 without a byte order mark, whatever the charset that it came in."""
        charset = (self.header("Content-Type") or "").lower().partition("charset=")[2].partition(";")[0].strip(' "')
        if charset in ("", "utf-8", "utf8", "us-ascii"):
            return self.content.removeprefix(b"\xef\xbb\xbf")
        return self.content.decode(charset).encode()


class Cut(Exception):
    """No whole answer came: refused, timed out or cut off. Its text has no URL, since URLs can hold credentials."""


Send = Callable[[SignedRequest, float], Response]
"""Sends a request and waits at most so many seconds between two bytes of the answer; raises `Cut` without one."""
