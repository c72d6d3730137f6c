"""Calls to an emulator without a socket."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from emulators.json_text import written
from emulators.kit import Answer, Call, Emulator, Headers


class Clock:
    """Time that stands still until it is moved."""

    def __init__(self, now: float = 1_780_000_000) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class Caller:
    """A reader that is authorized by its headers and waits as it is told."""

    def __init__(self, emulator: Emulator, clock: Clock, **headers: str) -> None:
        self.emulator = emulator
        self.clock = clock
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def get(self, target: str, **headers: str) -> Answer:
        """Ask for a path with its query, or for an absolute URL of the emulator."""
        return self.call("GET", target, **headers)

    def post(self, target: str, body: Any) -> Answer:
        return self.call("POST", target, body=body if isinstance(body, bytes) else written(body))

    def call(self, method: str, target: str, body: bytes = b"", **headers: str) -> Answer:
        url = urlsplit(target)
        given = Headers(self.headers | {name.replace("_", "-"): value for name, value in headers.items()})
        query = parse_qs(url.query, keep_blank_values=True)
        return self.emulator.respond(Call(method, unquote(url.path), query, given, body))

    def patient(self, target: str) -> Answer:
        """Ask again, as late as is told, for as long as there are too many calls."""
        while (answer := self.get(target)).status == 429 or "Retry-After" in answer.headers:
            self.clock.now += float(answer.headers.get("Retry-After", 1))
        return answer

    def walk(self, target: str, follow: Any) -> Iterator[Answer]:
        """Yield the pages from the first one on; `follow` says where the next one is, if there is one."""
        following: str | None = target
        while following:
            page = self.patient(following)
            assert page.status == 200, page.body
            yield page
            following = follow(page)


def linked(page: Answer, rel: str = "next") -> str | None:
    """Return where the `Link` header leads to."""
    for link in page.headers.get("Link", "").split(", "):
        if link.endswith(f'rel="{rel}"'):
            return link[1 : link.index(">")]
    return None
