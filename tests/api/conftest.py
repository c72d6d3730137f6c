"""A stand-in for an API: it answers what a test wrote down, remembers what was sent, and its clock jumps."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from glue_lib.api.client import Client
from glue_lib.api.exchange import Response, SignedRequest
from glue_lib.api.page import Page
from glue_lib.api.request import Request

START = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        self.slept.append(seconds)

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)


class Api:
    """Gives its replies in order; a reply is JSON, a response, an exception, or a function of the request."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.sent: list[SignedRequest] = []
        self.sent_at: list[float] = []
        self._replies: list[Any] = []

    def replies(self, *replies: Any) -> None:
        self._replies.extend(replies)

    def always(self, reply: Any) -> None:
        self._replies = Forever(reply)

    def send(self, request: SignedRequest, timeout_seconds: float) -> Response:
        self.sent.append(request)
        self.sent_at.append(self.clock.seconds)
        assert self._replies, f"the test has no reply for {request.url}"
        reply = self._replies.pop(0)
        if callable(reply):
            reply = reply(request)
        if isinstance(reply, Exception):
            raise reply
        return reply if isinstance(reply, Response) else Response(200, {}, json.dumps(reply).encode())

    def client(self, **options: Any) -> Client:
        defaults = {
            "name": "shop.things",
            "secrets": lambda text: text,
            "send": self.send,
            "clock": self.clock,
            "sleep": self.clock.sleep,
            "now": self.clock.now,
        }
        return Client("https://api.example.org/v1", **{**defaults, **options})


class Forever(list[Any]):
    def __init__(self, reply: Any) -> None:
        super().__init__([reply])

    def pop(self, index: Any = -1) -> Any:
        return self[0]


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def page_of():
    """Make a page from a decoded body; its records are those at `data`."""

    def make(body: Any = None, *, headers: Mapping[str, str] | None = None, request: Request | None = None) -> Page:
        records = body.get("data", []) if isinstance(body, dict) else body or []
        return Page(
            request=request or Request("/things"),
            number=1,
            records=tuple(json.dumps(record).encode() for record in records),
            headers=headers or {},
            body=b"" if body is None else json.dumps(body).encode(),
            url="https://api.example.org/v1/things",
        )

    return make
