"""What every emulator is made of: a call comes in, an answer goes out; no socket here, and time is handed in.

An emulator is one class in a module of its own in this package, found by its `name`:

    class Small(Emulator):
        name = "small"
        base_path = "/v1"                                       # base_url is the server's origin and this
        secrets = {"HEADWATER_SECRET_SMALL_API_KEY": "emulated-small-key"}   # what ${secret:small#api_key} must be

        def __init__(self, clock: Clock = time.time) -> None:
            super().__init__(clock)
            self._things = [{"id": n, "price": Decimal("12.50")} for n in range(1, 26)]
            self._gate = Gate(20, closed_seconds=1, clock=clock)

        def answer(self, call: Call) -> Answer:
            if call.headers.get("authorization") != "Bearer emulated-small-key":
                raise Refused(Answer(401, {"error": "bad key"}))
            if wait := self._gate.wait_seconds():
                raise Refused(Answer(429, {"error": "slow down"}, {"Retry-After": str(math.ceil(wait))}))
            if call.path != "/v1/things":
                raise Refused(Answer(404, {"error": "no such path"}))
            start = call.whole("offset", 0)
            return Answer(200, {"data": self._things[start : start + min(call.whole("limit", 10), 10)]})

        def truth(self) -> dict[str, list[Record]]:
            return {"things": self._things}

        def change(self) -> dict[str, list[Record]]:
            self._things[3]["price"] = Decimal("13.00")
            return {"things": [self._things[3]]}

`respond` is what the server and tests call: one call at a time, so `answer` needs no lock of its own. `calls` holds
what was asked so far, and `gates` are where too eager readers show up (`trespasses`). Limits are small, so that each
full reading reaches one at least once (`times_limited`; override it where a limit is no `Gate`).

`overrides` are fields of the pipeline file that a small emulator needs otherwise, such as a cap of 10,000 made small,
or an address outside `base_url`: `{"streams.deals.cursor.most": "100", "auth.token_url": "{origin}/token"}`.

Data are made by a seed and always the same; a Decimal is written as the number with just its digits. `truth` is what a
pipeline of `pipelines/examples/<name>.yaml` must land: by stream, each record exactly once, with the fields of its
parents (`_campaigns_id`) where it is a fan-out. `change` moves the data on, as time would, and returns by stream what
a second run must bring, at least; streams that are read whole each time are left out of it.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from threading import Lock
from typing import Any, ClassVar
from urllib.parse import parse_qs

from .json_text import written

Record = dict[str, Any]
Clock = Callable[[], float]
"""Returns epoch seconds."""


class Headers(Mapping[str, str]):
    """Headers by their names, however these are written."""

    def __init__(self, given: Mapping[str, str] | None = None) -> None:
        self._values = {name.lower(): value for name, value in (given or {}).items()}

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


@dataclass(frozen=True)
class Call:
    """One request: its path percent-decoded, its query by name with every value."""

    method: str
    path: str
    query: Mapping[str, list[str]] = field(default_factory=dict)
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""
    origin: str = "http://127.0.0.1"  # what absolute links begin with

    def one(self, name: str, default: str | None = None) -> str | None:
        """Return the last value of a query parameter."""
        return self.query[name][-1] if self.query.get(name) else default

    def whole(self, name: str, default: int) -> int:
        """Return a query parameter as a whole number; what is none counts as not given."""
        text = self.one(name) or ""
        return int(text) if text.isdecimal() else default

    @property
    def json(self) -> Any:
        """Return the body's JSON value, its fractions as Decimal; None when it is no JSON."""
        try:
            return json.loads(self.body, parse_float=Decimal)
        except ValueError:
            return None

    @property
    def form(self) -> dict[str, str]:
        """Return the fields of a form body, the last value of each."""
        return {name: values[-1] for name, values in parse_qs(self.body.decode(), keep_blank_values=True).items()}


@dataclass(frozen=True)
class Answer:
    """A status, a body (bytes and text as they are, None for nothing, anything else as JSON), and further headers."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        """Return the body's bytes."""
        if self.body is None or isinstance(self.body, bytes):
            return self.body or b""
        return self.body.encode() if isinstance(self.body, str) else written(self.body)

    @property
    def content_type(self) -> str:
        """Return the type to tell where `headers` tell none."""
        return "text/plain; charset=utf-8" if isinstance(self.body, str | bytes) else "application/json; charset=utf-8"


class Refused(Exception):
    """Ends a call with this answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"refused with {answer.status}")
        self.answer = answer


class Gate:
    """A limit that closes: `calls` calls pass, and no other one until `closed_seconds` after the last of them.

    It counts calls and not time, so that every reading meets it, on a quick machine and on a slow one; then the count
    starts anew. A reader that was refused and does not wait as told trespasses.
    """

    GRACE_SECONDS = 0.25  # calls that were on their way when the first was refused

    def __init__(self, calls: int, *, closed_seconds: float = 1, clock: Clock = time.time) -> None:
        self.calls = calls
        self._closed_seconds = closed_seconds
        self._clock = clock
        self._full_at = self._refused_at = 0.0
        self._count = 0
        self.times_full = 0
        self.refusals = 0
        self.trespasses = 0

    @property
    def remaining(self) -> int:
        """Return how many calls are still let through."""
        return max(0, self.calls - self._count)

    def wait_seconds(self) -> float:
        """Count one call; return 0 when it may pass, else the seconds until it could."""
        now = self._clock()
        opens_at = max(self._full_at, self._refused_at) + self._closed_seconds
        if self._count >= self.calls and now >= opens_at:
            self._count, self._refused_at = 0, 0.0
        if self._count < self.calls:
            self._pass(now)
            return 0
        if not self._refused_at:
            self._refused_at, self.refusals = now, self.refusals + 1
            return self._closed_seconds
        self.trespasses += now > self._refused_at + self.GRACE_SECONDS
        return opens_at - now

    def _pass(self, now: float) -> None:
        self._count += 1
        if self._count == self.calls:
            self._full_at, self.times_full = now, self.times_full + 1


class Emulator:
    """One API: see the module for how to write one."""

    name: ClassVar[str]
    base_path: ClassVar[str] = ""
    secrets: ClassVar[Mapping[str, str]] = {}
    overrides: ClassVar[Mapping[str, str]] = {}

    def __init__(self, clock: Clock = time.time) -> None:
        self.clock = clock
        self.calls: list[Call] = []
        self._one_at_a_time = Lock()

    def answer(self, call: Call) -> Answer:
        """Return the answer to a call; a `Refused` that is raised is one, too."""
        raise NotImplementedError

    def truth(self) -> dict[str, list[Record]]:
        """Return by stream the records that a first run must land."""
        raise NotImplementedError

    def change(self) -> dict[str, list[Record]]:
        """Move the data on; return by stream what the next run must bring of those that are read incrementally."""
        return {}

    @property
    def gates(self) -> list[Gate]:
        """Return the limits, by which tests see whether a reader keeps them."""
        return [one for one in vars(self).values() if isinstance(one, Gate)]

    @property
    def times_limited(self) -> int:
        """Return how often a limit was reached; a reading that never does proves nothing about limits."""
        return sum(gate.times_full for gate in self.gates)

    def respond(self, call: Call) -> Answer:
        """Return the answer to a call, one call at a time."""
        with self._one_at_a_time:
            self.calls.append(call)
            try:
                return self.answer(call)
            except Refused as refused:
                return refused.answer
            except Exception as error:  # else the connection is dropped, and its writer sees no more than that
                return Answer(500, {"error": f"the emulator {self.name} failed: {error!r}"})
