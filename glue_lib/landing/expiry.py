"""What of the raw zone is old enough to go, and deleting it.

A run goes in two steps. First its records: it says so itself before the first of them is deleted, so that nobody takes
it for a run that brought nothing. Its plan, its end and what fan-outs need of it stay for as long as anything refers to
them; then they go too, `run.json` last, since a plan without an end would be a run that is to be finished.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from glue_lib.landing.documents import decoded, encoded, read_as
from glue_lib.landing.layout import RunLayout
from glue_lib.landing.run import RunEnd
from glue_lib.landing.runs import RunState
from glue_lib.landing.storage import Storage

_OUTCOMES = "_headwater/outcomes/"


@dataclass(frozen=True)
class Freed:
    """What deleting came to."""

    runs: int = 0
    files: int = 0
    bytes: int = 0

    def __add__(self, other: "Freed") -> "Freed":
        return Freed(self.runs + other.runs, self.files + other.files, self.bytes + other.bytes)


@dataclass(frozen=True)
class Expiry:
    """The runs of a stream that go: of some the records, of others all there is."""

    records: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()


def expiry(
    runs: Sequence[RunState],
    *,
    before: datetime,
    landed: str | None,
    loaded: str | None,
    built_from: Collection[str],
) -> Expiry:
    """Decide what goes of a stream's runs, which come in order.

    `landed` and `loaded` are the runs that the positions name: nothing behind either of them goes. `built_from` are
    those from which the tables can be built again: their records stay.
    """
    old = [run for run in runs if datetime.fromisoformat(run.created_at) < before]
    complete = [run.run_id for run in runs if run.status == "complete"]
    reached = min((complete.index(name) if name in complete else -1) for name in (landed, loaded))
    done = {run_id for run_id in complete[: reached + 1] if run_id not in built_from}
    full = [complete.index(run.run_id) for run in runs if run.status == "complete" and run.mode == "full"]
    before_full = set(complete[: full[-1]]) if full else set()  # fan-outs ask for the parents of those from there on
    unneeded = before_full - {landed, loaded}
    whole = [run for run in old if run.status == "abandoned" or run.run_id in done & unneeded]
    emptied = [run for run in old if run.run_id in done - unneeded and not run.is_expired]
    return Expiry(tuple(run.run_id for run in emptied), tuple(run.run_id for run in whole))


def delete_records(storage: Storage, layout: RunLayout, now: datetime) -> Freed:
    """Delete the records of a run that stays."""
    _mark(storage, layout, now)
    return Freed(1) + _delete(storage, storage.sizes(f"{layout.prefix}slice="))


def delete_run(storage: Storage, layout: RunLayout, now: datetime) -> Freed:
    """Delete a run; stopped half-way, it is still old, and deleted the next time."""
    _mark(storage, layout, now)
    files = storage.sizes(layout.prefix)
    storage.delete(key for key in files if key != layout.end)
    storage.delete([layout.end])
    return Freed(1, len(files), sum(files.values()))


def delete_old_days(storage: Storage, source: str, before: date) -> Freed:
    """Delete the counts of days whose quota nobody asks for any more."""
    prefix = f"_headwater/quota/{source}/"
    days = storage.sizes(prefix)
    return _delete(storage, {key: size for key, size in days.items() if key < f"{prefix}{before.isoformat()}"})


def delete_old_outcomes(storage: Storage, source: str, before: datetime) -> Freed:
    """Delete the outcomes of a source's executions that ended long ago."""
    sizes = storage.sizes(_OUTCOMES)
    candidates = [key for key in sizes if not _is_recent(key, before)]
    ended = read_as(lambda found: found["source"] == source and _ended_before(found, before), storage, candidates)
    return _delete(storage, {key: sizes[key] for key, is_old in zip(candidates, ended, strict=True) if is_old})


def _mark(storage: Storage, layout: RunLayout, now: datetime) -> None:
    end = RunEnd.from_json(decoded(storage.read(layout.end) or b"", layout.end))
    if not end.expired_at:
        storage.write(layout.end, encoded(asdict(replace(end, expired_at=now.isoformat()))))


def _ended_before(outcome: dict[str, Any], before: datetime) -> bool:
    return bool(outcome.get("ended_at")) and datetime.fromisoformat(outcome["ended_at"]) < before


def _is_recent(key: str, before: datetime) -> bool:
    """Whether a run id tells that it is not old: so most outcomes need not be read."""
    run_id = key.removeprefix(_OUTCOMES).partition("/")[0]
    return bool(re.match(r"\d{8}T\d{6}Z", run_id)) and run_id[:16] >= f"{before.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _delete(storage: Storage, sizes: Mapping[str, int]) -> Freed:
    storage.delete(sizes)
    return Freed(0, len(sizes), sum(sizes.values()))
