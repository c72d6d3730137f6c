"""An API over records with a cursor field, and a lake that it is ingested into; for the tests of walks."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from glue_lib.api.client import Client
from glue_lib.api.exchange import Response, SignedRequest
from glue_lib.api.limits import Limits
from glue_lib.api.retry import Retry
from glue_lib.execution import Execution, Outcome
from glue_lib.extract.ingest import ingest_stream
from glue_lib.landing.positions import Position, Positions
from glue_lib.landing.run import RunFolder
from glue_lib.landing.runs import Runs
from glue_lib.landing.storage import FolderStorage
from glue_lib.runtime.execution import no_engine
from glue_lib.spec.loader import loads

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PIPELINE = """
source: small
base_url: https://api.example.org
limits: {{concurrency: {concurrency}}}
streams:
  things:
    path: /things
    params: {{limit: {limit}}}
    records: data
    pagination: {pagination}
    key: [id]
    write: append
    cursor: {cursor}
"""
OFFSET = "{type: offset, write: query.offset}"
COUNTED = "{type: offset, write: query.offset, total: body.total}"


class Feed:
    """An API over records with an instant or a number at `at`; what it does otherwise, a test says."""

    def __init__(self, *values: Any) -> None:
        self.records = [{"id": number, "at": value} for number, value in enumerate(values, 1)]
        self.asked: list[dict[str, str]] = []
        self.cap: int | None = None
        self.behind_cap: Callable[[], Response] | None = None
        self.tells_total = False
        self.until_inclusive = False
        self.descending = False
        self.ignores_bounds = False
        self.instead: Callable[[dict[str, str]], Response | Exception | None] = lambda query: None

    def __call__(self, request: SignedRequest, *_: Any, **__: Any) -> Response:
        query = {name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()}
        self.asked.append(query)
        answer = self.instead(query)
        if isinstance(answer, Exception):
            raise answer
        return answer or self._answer(query)

    def _answer(self, query: dict[str, str]) -> Response:
        found = [one for one in self.records if self._is_asked(one["at"], query)]
        found.sort(key=lambda one: (self._order(one["at"]), one["id"]), reverse=self.descending)
        total, offset, limit = len(found), int(query["offset"]), int(query["limit"])
        if self.cap is not None and offset + limit > self.cap and self.behind_cap and total > self.cap:
            return self.behind_cap()
        page = found[: self.cap][offset : offset + limit]
        return Response(200, {}, json.dumps({"data": page, **({"total": total} if self.tells_total else {})}).encode())

    def _is_asked(self, at: Any, query: dict[str, str]) -> bool:
        if at in (None, "") or self.ignores_bounds:
            return True
        since, until, moment = query.get("since"), query.get("until"), self._order(at)
        is_after = since is None or moment >= self._order(since)
        is_end = until is not None and self.until_inclusive and moment == self._order(until)
        return is_after and (until is None or moment < self._order(until) or is_end)

    def _order(self, at: Any) -> Any:
        if at in (None, ""):
            return 0.0
        return float(at) if str(at).isdecimal() else datetime.fromisoformat(str(at)).timestamp()


class Lake:
    def __init__(self, folder: Path) -> None:
        self.storage = FolderStorage(folder)
        self.now = NOW

    def ingest(
        self,
        api: Feed,
        cursor: str,
        *,
        limit: int = 2,
        pagination: str = OFFSET,
        concurrency: int = 1,
        part_bytes: int = 2**20,
        **given: Any,
    ) -> Outcome:
        text = PIPELINE.format(cursor=cursor, limit=limit, pagination=pagination, concurrency=concurrency)
        pipeline, now = loads(text, "small.yaml"), self.now
        self.now += timedelta(seconds=1)  # a run's moment is what orders it
        execution = Execution(pipeline, self.storage, no_engine, str, part_bytes=part_bytes, now=lambda: now, **given)
        client = Client(
            pipeline.base_url,
            name="small.things",
            secrets=str,
            limits=Limits(requests_per_second=1_000_000),
            retry=Retry(tries=1),
            send=api,
            sleep=lambda seconds: None,
        )
        return ingest_stream(execution, pipeline.stream("things"), client)

    def landed(self) -> list[int]:
        """Return the ids in all complete runs, in order of landing within each slice."""
        return [one for run in Runs(self.storage, "small", "things").complete() for one in self.landed_by(run.run_id)]

    def landed_by(self, run_id: str | None) -> list[int]:
        run = RunFolder(self.storage, "small", "things", str(run_id))
        return [json.loads(record)["id"] for part in run.parts() for record in run.records(part)]

    @property
    def position(self) -> Position:
        found = Positions(self.storage, "small", "things").landed()
        assert found is not None
        return found


def days(count: int, start: str = "2026-01-01") -> list[str]:
    first = datetime.fromisoformat(start)
    return [(first + timedelta(days=number)).date().isoformat() for number in range(count)]
