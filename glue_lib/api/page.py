"""A page: what one request brought back."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin

from glue_lib.api import selection
from glue_lib.api.address import same_host
from glue_lib.api.request import Request


@dataclass(frozen=True)
class Page:
    """The records of one answer, as sent, with the request that got them."""

    request: Request
    number: int  # from 1, over all requests of the slice
    records: tuple[bytes, ...] = field(repr=False)  # each one JSON object on one line
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)
    url: str = ""  # what was asked, without credentials; relative links start here
    next: Request | None = None  # what to ask for after this page; None at the proven end

    def find(self, where: str) -> str | bool | None:
        """Return the value at a place such as `body.meta.next`, a number as its text; None when absent or null."""
        part, _, path = where.partition(".")
        match part:
            case "header":
                return next((value for name, value in self.headers.items() if name.lower() == path.lower()), None)
            case "last_record":
                return selection.field(self.records[-1], path) if self.records else None
            case "body":
                return selection.field(self.body, path) if self.body else None
        raise ValueError(f"`{where}` is no place in an answer")

    def resolve(self, link: str) -> str:
        """Return the absolute URL of a link found in this page; one that leads to another host is an error."""
        return same_host(self.url, urljoin(self.url, link.strip()))

    def fingerprint(self) -> str:
        """Return the same text for the same records in the same order."""
        digest = hashlib.sha256()
        for record in self.records:
            digest.update(record + b"\n")
        return digest.hexdigest()[:32]
