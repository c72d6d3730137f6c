"""The runs of one stream, in the order in which they were started."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from glue_lib.landing.documents import read_documents
from glue_lib.landing.layout import RunLayout, runs_prefix
from glue_lib.landing.parents import Parent
from glue_lib.landing.plan import Mode
from glue_lib.landing.run import RunFolder
from glue_lib.landing.storage import Storage

_READ_AT_ONCE = 16  # a bucket answers several requests at once


@dataclass(frozen=True)
class RunState:
    """One line of the list; `open` means that no execution has ended the run, or one is at it now."""

    run_id: str
    mode: Mode
    status: Literal["open", "complete", "incomplete", "abandoned"]
    created_at: str
    is_expired: bool = False  # its records are deleted: it cannot be loaded any more


class Runs:
    """Reads the list from the runs themselves, so that it cannot disagree with them."""

    def __init__(self, storage: Storage, source: str, stream: str) -> None:
        self._storage, self._source, self._stream = storage, source, stream

    def all(self) -> list[RunState]:
        """Return every run that has a plan, in order. Given ids need not sort by time: the plan's moment decides."""
        layouts = self._layouts()
        ends = read_documents(self._storage, [layout.end for layout in layouts])
        open_ = [layout for layout, end in zip(layouts, ends, strict=True) if end is None]
        plans = read_documents(self._storage, [layout.plan for layout in open_])
        documents = [end for end in ends if end] + [plan | {"status": "open"} for plan in plans if plan]
        return sorted((_state(document) for document in documents), key=_moment)

    def unfinished(self) -> RunState | None:
        """Return the oldest run that is neither complete nor abandoned: it is to be finished, or abandoned, first."""
        return next((run for run in self.all() if run.status in ("open", "incomplete")), None)

    def complete(self) -> list[RunState]:
        """Return the complete runs, in the order in which they are loaded."""
        return [run for run in self.all() if run.status == "complete"]

    def since_last_full(self) -> list[RunState]:
        """Return the complete runs from the last full one on, itself included; all of them when none was full."""
        runs = self.complete()
        full = [number for number, run in enumerate(runs) if run.mode == "full"]
        return runs[full[-1] :] if full else runs

    def parents(self, fields: Sequence[str] = ()) -> Iterator[Parent]:
        """Yield the parents of the runs since the last full one, in order; nothing is written for it."""
        for run in self.since_last_full():
            yield from RunFolder(self._storage, self._source, self._stream, run.run_id).parents(fields)

    def kept_parents(self, runs: Sequence[RunState], fields: Sequence[str]) -> Iterator[tuple[RunState, Parent]]:
        """Yield the parents of these runs, in order, and see that the fields are kept of them."""

        def read(run: RunState) -> list[Parent]:
            return list(RunFolder(self._storage, self._source, self._stream, run.run_id).kept_parents(fields))

        with ThreadPoolExecutor(max(1, min(_READ_AT_ONCE, len(runs)))) as pool:
            for run, parents in zip(runs, pool.map(read, runs), strict=True):
                yield from ((run, parent) for parent in parents)

    def _layouts(self) -> list[RunLayout]:
        run_ids = self._storage.folders(runs_prefix(self._source, self._stream))
        return [RunLayout(self._source, self._stream, run_id) for run_id in run_ids]


def behind(runs: Sequence[RunState], run_id: str | None) -> Sequence[RunState]:
    """Return the runs behind one of them; all, when it is none of them."""
    place = next((number for number, run in enumerate(runs) if run.run_id == run_id), -1)
    return runs[place + 1 :]


def _state(document: dict[str, Any]) -> RunState:
    run_id, mode, status, created_at = (document[name] for name in ("run_id", "mode", "status", "created_at"))
    return RunState(run_id, mode, status, created_at, is_expired=bool(document.get("expired_at")))


def _moment(run: RunState) -> tuple[datetime, str]:
    return datetime.fromisoformat(run.created_at), run.run_id
