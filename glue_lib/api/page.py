"""A page: what one request brought back."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from glue_lib.api import selection
from glue_lib.api.address import linked, same_host
from glue_lib.api.hosts import Hosts
from glue_lib.api.number import NumberText
from glue_lib.api.request import Request


@runtime_checkable
class Spooled(Protocol):
    """Records that are too many to hold: read from disk each time that they are gone through."""

    @property
    def last(self) -> bytes | None:
        """The last of them that is an object, or None when there are none."""


@dataclass(frozen=True)
class Page:
    """The records of one answer, as sent, with the request that got them."""

    request: Request
    number: int  # from 1, over all requests of the slice
    records: Collection[bytes] = field(repr=False)  # each one JSON value on one line; a tuple unless many
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)  # the JSON around the records; without them where they are many
    url: str = ""  # what was asked, without credentials; relative links start here
    hosts: Hosts | None = field(default=None, repr=False)  # where its links may lead; None: to the host of `url`
    size: int = 0  # bytes of the answer
    next: Request | None = None  # what to ask for after this page; None at the proven end
    is_export: bool = False  # in a format in which an answer is mostly all there is
    is_past_end: bool = False  # the API answered as it does for what is behind the last page
    expected: int | None = None  # how many records there are in all, as the API says here
    doubt: str | None = None  # why this end may be none, or its records not all, where there is a reason to doubt it
    mark: "tuple[Collection[bytes], str] | None" = field(default=None, repr=False, compare=False)  # see `fingerprint`

    @property
    def last_record(self) -> bytes | None:
        """The last record that is an object, or None when there are none."""
        if isinstance(self.records, Spooled):
            return self.records.last
        assert isinstance(self.records, Sequence)
        return next((record for record in reversed(self.records) if record.startswith(b"{")), None)

    def find(self, where: str) -> str | bool | None:
        """Return the value at a place such as `body.meta.next`, a number as its text; None when absent or null."""
        part, _, path = where.partition(".")
        match part:
            case "header":
                return next((value for name, value in self.headers.items() if name.lower() == path.lower()), None)
            case "last_record":
                return selection.field(self.last_record, path) if self.last_record else None
            case "body":
                return selection.field(self.body, path) if self.body else None
        raise ValueError(f"`{where}` is no place in an answer")

    def resolve(self, link: str) -> str:
        """Return the absolute URL of a link found in this page; one that leads to another host is an error."""
        url = linked(self.url, link)
        return self.hosts.checked(url) if self.hosts else same_host(self.url, url)

    def json_at(self, where: str) -> Any:
        """Return the JSON value at a place, every number in it as its text; None when absent or null."""
        part, _, path = where.partition(".")
        if part == "header":
            return self.find(where)
        text = {"body": self.body, "last_record": self.last_record}[part]
        found = selection.raw(text, path) if text else None
        return json.loads(found, parse_int=NumberText, parse_float=NumberText) if found else None

    def fingerprint(self) -> str:
        """Return the same text for the same records; of those held in memory, in whatever order they come."""
        if self.mark is None or self.mark[0] is not self.records:
            object.__setattr__(self, "mark", (self.records, self._fingerprint()))  # asked for several times a page
        assert self.mark is not None
        return self.mark[1]

    def _fingerprint(self) -> str:
        digest = hashlib.sha256()
        if isinstance(self.records, tuple):
            # An API that knows no order may shuffle the one page that it gives again and again.
            digest.update(b"\n".join((*sorted(self.records), b"")))
        else:
            for record in self.records:
                digest.update(record + b"\n")
        return digest.hexdigest()[:32]
