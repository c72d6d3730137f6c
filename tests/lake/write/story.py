"""A stream that is shaped and written as a load does, run by run; a run is a few records."""

import gzip
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from glue_lib.lake.lake import Lake
from glue_lib.landing.notes import Notes
from glue_lib.shape.deletions import mark_deleted
from glue_lib.shape.frames import frames
from glue_lib.shape.keyed import keyed, newest, stored_ranks
from glue_lib.shape.layout import layout
from glue_lib.shape.records import records
from glue_lib.shape.stream import StreamShape
from glue_lib.shape.targets import Stored
from glue_lib.shape.versions import versioned

FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class LandedPart:
    uri: str
    notes: Notes


@dataclass
class Story:
    """A stream `orders` whose runs are days: the first on 1 January."""

    lake: Lake
    glue_context: Any
    folder: Any
    mode: Any
    order: tuple[str, ...] = ()
    runs: dict[str, list[Any]] = field(default_factory=dict)
    reports: dict[str, Any] = field(default_factory=dict)

    def run(self, *found, whole=True, run_id=None):
        """Load a run; a known id is a replay of it."""
        run_id = run_id or f"r{len(self.runs) + 1}"
        replayed = run_id in self.runs
        found = self.runs.setdefault(run_id, list(found))
        later = list(self.runs)[list(self.runs).index(run_id) + 1 :] if replayed else []
        shape = StreamShape("shop", "orders", key=("id",), order=self.order)
        part = self._landed(run_id, found)
        stored = {name: Stored(_columns(self.lake.table(name).schema())) for name in self.lake.names()}
        planned = layout(part.notes, "orders", hints={}, stored=stored)
        moment = FIRST_DAY + timedelta(days=list(self.runs).index(run_id))
        rows = keyed(records(self.lake.spark, [part], planned.reading), planned.tables[0], shape, run_id)
        rows = mark_deleted(rows, planned.tables[0], "status", ["deleted"])
        rows = versioned(rows, planned, shape, moment) if self.mode.keeps_versions else rows
        ranks = dict(zip(shape.ranks, stored_ranks(shape, stored.get("orders", Stored())), strict=True))
        root = self.lake.table("orders")
        winners = self.mode.winners(newest(rows, shape), root, ranks, later, moment if whole else None)
        made = frames(
            self.mode.present(winners),
            planned,
            shape,
            run_id=run_id,
            loaded_at=moment,
            glue_context=self.glue_context,
        )
        written = [*made, *self.lake.vanished(made)]
        self.reports = {one.table: self.mode.write(one, self.lake, run_id, winners) for one in reversed(written)}
        winners.unpersist()
        return self

    def rows(self, table="orders", *names):
        if table not in self.lake.names():
            return []
        found = self.lake.table(table).read().select(*names).collect()
        return sorted((tuple(_day(value) for value in row) for row in found), key=str)

    @property
    def changed(self):
        return {name: (one.inserted, one.updated, one.deleted) for name, one in self.reports.items() if one.committed}

    def _landed(self, run_id, found):
        notes, lines = Notes(), [json.dumps(record).encode() for record in found]
        for line in lines:
            notes.take(line)
        file = self.folder / f"run={run_id}/slice=0/part-0.jsonl.gz"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(gzip.compress(b"".join(line + b"\n" for line in lines)))
        return LandedPart(f"file://{file}", notes)


def _columns(schema):
    return {f.metadata["comment"]: (f.name, f.dataType.simpleString()) for f in schema if "comment" in f.metadata}


def _day(value):
    return value.day if isinstance(value, datetime) else value


def order(key, *items, day=None, **more):
    at = {"at": f"2026-01-{day:02}T00:00:00Z"} if day else {}
    return {"id": key, **at, **more, "items": [{"name": name, "tags": [name[0]]} for name in items]}
