"""The records of runs in a lake: those that ended, newest first, and those of executions that are at work.

An execution keeps one object for the runs that it is at, and beats while it lives. One that beats no more was stopped:
the next execution of its source writes the records that it could not.

_headwater/runs/<source>/month=<month>/<execution>.<stream>.json    a run that ended
_headwater/running/<source>/<execution>.json                               an execution that is at work
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Self, TypeVar

from glue_lib import log
from glue_lib.errors import HeadwaterError, LoadError
from glue_lib.landing.documents import at_once, decoded, encoded
from glue_lib.landing.holders import is_dead
from glue_lib.landing.run import RunFolder
from glue_lib.landing.run_record import RECORDS, RunRecord, prefix, read
from glue_lib.landing.storage import Storage

Kind = TypeVar("Kind")

BEAT_SECONDS = 20.0
_LOST_AFTER = timedelta(seconds=9 * BEAT_SECONDS)  # no sign of life: S3 may be slow, and so may a machine be
_AT_ONCE = 64
_RUNNING = "_headwater/running/"


@dataclass(frozen=True)
class AtWork:
    """An execution, and the runs that it has begun and not ended."""

    source: str
    execution: str
    holder: str  # the process
    beat_at: str
    records: tuple[RunRecord, ...]

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Return the execution; fields of other versions are left out, and a document that is none is a ValueError."""
        try:
            source, execution, holder, beat_at = map(document.__getitem__, ("source", "execution", "holder", "beat_at"))
            read(beat_at)
            return cls(source, execution, holder, beat_at, tuple(map(RunRecord.from_json, document["records"])))
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError(*error.args) from error

    @property
    def key(self) -> str:
        return f"_headwater/running/{self.source}/{self.execution}.json"

    def is_lost(self, now: datetime) -> bool:
        """Whether the execution was surely stopped."""
        return is_dead(self.holder) or now - read(self.beat_at) > _LOST_AFTER

    def stopped(self, storage: Storage) -> Iterator[RunRecord]:
        """Yield what is told of its runs when it was stopped: what is landed of them stays."""
        for record in self.records:
            pages, records = _landed(storage, record)
            told = replace(record, status="stopped", error=_ERROR, remedy=_REMEDY)
            yield replace(told, ended_at=self.beat_at, pages=pages, records=records)


_ERROR = "the execution was stopped before its end"
_REMEDY = "run again: what is landed stays, and the next run goes on from there"


def _warned(key: str) -> None:
    log.warning("record left out", key=key)


class RunRecords:
    """Reads and writes the records of a lake.

    An object among them that is none, torn or of whoever's, is left out, and its key told, once.
    """

    def __init__(self, storage: Storage, left_out: Callable[[str], None] = _warned) -> None:
        self._storage, self._tell_left_out = storage, left_out
        self._told: set[str] = set()

    def write(self, record: RunRecord) -> None:
        """Write the record of a run that ended."""
        self._storage.write(record.key, record.line())

    def beat(self, at_work: AtWork) -> None:
        """Tell that an execution lives, and what it is at."""
        self._storage.write(at_work.key, encoded(asdict(at_work)))

    def ended(self, at_work: AtWork) -> None:
        """Forget an execution that is at work no more."""
        self._storage.delete([at_work.key])

    def settle(self, source: str, now: datetime) -> list[RunRecord]:
        """Write the records of executions of a source that were stopped; return them."""
        settled = []
        for lost in self._at_work(source):
            if lost.is_lost(now):
                for record in lost.stopped(self._storage):
                    self._storage.write_if_absent(record.key, record.line())
                    settled.append(record)
                self.ended(lost)
        return settled

    def newest(self, now: datetime, source: str | None = None, stream: str | None = None) -> Iterator[RunRecord]:
        """Yield the records, newest first, those that run ahead of all; only as many are read as are taken."""
        yield from sorted(self._unfinished(now, source, stream), key=_began, reverse=True)
        keys = sorted((key for key in self._keys(source) if stream in (None, _stream(key))), key=_name, reverse=True)
        for start in range(0, len(keys), _AT_ONCE):
            yield from self._read(RunRecord.from_json, keys[start : start + _AT_ONCE])

    def sources(self) -> list[str]:
        """Return the sources that have records, or are at work."""
        return sorted({*self._storage.folders(RECORDS), *self._storage.folders(_RUNNING)})

    def stamp(self) -> str:
        """Return what changes when a record does."""
        sizes = {**self._storage.sizes(_RUNNING), **self._storage.sizes(RECORDS)}
        beats = (at_work.beat_at for at_work in self._at_work(None))
        return f"{len(sizes)}-{sum(sizes.values())}-{max(beats, default='')}"

    def _unfinished(self, now: datetime, source: str | None, stream: str | None) -> Iterator[RunRecord]:
        for at_work in self._at_work(source):
            found = at_work.stopped(self._storage) if at_work.is_lost(now) else iter(at_work.records)
            yield from (record for record in found if stream in (None, record.stream))

    def _at_work(self, source: str | None) -> Iterable[AtWork]:
        return self._read(AtWork.from_json, self._storage.list(f"{_RUNNING}{source}/" if source else _RUNNING))

    def _read(self, kind: Callable[[Mapping[str, Any]], Kind], keys: Sequence[str]) -> Iterator[Kind]:
        """Yield what is at the keys; a key whose object is gone has ended since."""

        def at(key: str) -> Kind | None:
            content = self._storage.read(key)
            try:
                return None if content is None else kind(decoded(content, key))
            except (LoadError, ValueError, RecursionError):
                torn.append(key)
                return None

        torn: list[str] = []
        found = at_once(at, keys)
        for key in sorted(set(torn) - self._told):
            self._tell_left_out(key)
        self._told.update(torn)
        return (one for one in found if one is not None)

    def _keys(self, source: str | None) -> Sequence[str]:
        return self._storage.list(prefix(source) if source else RECORDS)


def _landed(storage: Storage, record: RunRecord) -> tuple[int, int]:
    if record.run_id is None or record.step == "load":
        return record.pages, record.records
    try:
        return RunFolder(storage, record.source, record.stream, record.run_id).counts()
    except HeadwaterError:
        return record.pages, record.records


def _began(record: RunRecord) -> str:
    return record.started_at


def _name(key: str) -> str:
    return key.rpartition("/")[2]


def _stream(key: str) -> str:
    return _name(key).removesuffix(".json").rpartition(".")[2]


def taken(records: Iterable[RunRecord], limit: int, status: str | None = None) -> list[RunRecord]:
    """Return so many of the records at most, of one status where one is named."""
    found: list[RunRecord] = []
    for record in records:
        if status in (None, record.status):
            found.append(record)
            if len(found) == limit:
                break
    return found
