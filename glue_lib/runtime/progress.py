"""How far an execution is: what its events come to, stream by stream; once a minute a line of it in the log.

Nothing is asked for: who shows progress reads a board, which counts what is logged anyway. A time that is left is told
only where something says how much there is: slices that are planned, parents of a fan-out, the API's own total.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from glue_lib import log

_RECENT_SECONDS = 60  # what the rate is taken over
_LEAST_SHARE = 0.02  # that must be done since the beginning, before a time that is left is more than a guess
_ENDS = ("run landed", "run incomplete", "stream failed", "stream waits", "stream loaded")


@dataclass(frozen=True)
class Row:
    """How far one stream is."""

    stream: str
    phase: str  # fetch, load
    pages: int
    records: int
    per_second: float
    slices: int  # planned; 0 while that is not known
    whole: int  # of them
    share: float | None  # that is done, from 0 to 1; None where nobody knows how much there is
    left_seconds: float | None
    doing: str  # what it waits for, or which table is written


@dataclass
class _Stream:
    begun: float
    phase: str = "fetch"
    pages: int = 0
    records: int = 0
    slices: int = 0
    whole: int = 0
    begun_share: float = 0.0  # that an earlier execution had done
    parts: dict[str, float | None] = field(default_factory=dict)  # slices under way -> share of each that is done
    recent: deque[tuple[float, int]] = field(default_factory=deque)
    waits_until: float = 0.0
    reason: str = ""
    table: str = ""
    tables: int = 0  # that the run makes
    written: int = 0  # of them
    is_over: bool = False


class Board:
    """Takes in events, from any thread, and tells how far each stream is that is under way."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._streams: dict[str, _Stream] = {}
        self._waits_until, self._reason = 0.0, ""  # of all streams

    def take(self, name: str, fields: Mapping[str, Any]) -> None:
        """Take in one event."""
        with self._lock:
            now = self._clock()
            if name in ("source waiting", "source paced"):
                self._waits_until = now + float(fields["seconds"])
                self._reason = fields.get("reason", "the pace of `limits`")
            elif known := _TAKES.get(name):
                known(self._of(fields), fields, now)
            elif name in _ENDS:
                self._of(fields).is_over = True

    def rows(self) -> list[Row]:
        """Return how far each stream is that is under way."""
        with self._lock:
            now = self._clock()
            return [self._row(name, one, now) for name, one in self._streams.items() if not one.is_over]

    def _of(self, fields: Mapping[str, Any]) -> _Stream:
        name = str(fields.get("stream") or fields["table"]).rpartition(".")[2].partition("__")[0]
        return self._streams.setdefault(name, _Stream(self._clock()))

    def _row(self, name: str, one: _Stream, now: float) -> Row:
        share = _share(one)
        return Row(
            stream=name,
            phase=one.phase,
            pages=one.pages,
            records=one.records,
            per_second=_rate(one, now),
            slices=one.slices,
            whole=one.whole,
            share=share,
            left_seconds=_left(one, share, now) if one.phase == "fetch" else None,
            doing=self._doing(one, now),
        )

    def _doing(self, one: _Stream, now: float) -> str:
        if one.phase == "load":
            return f"writes {one.table}" if one.table else "reads what is landed"
        for until, reason in ((one.waits_until, one.reason), (self._waits_until, self._reason)):
            if until > now:
                return f"waits {_seconds(until - now)}: {reason}"
        return ""


def _planned(one: _Stream, fields: Mapping[str, Any], now: float) -> None:
    one.slices, one.whole, one.begun, one.is_over, one.phase = fields["slices"], fields["whole"], now, False, "fetch"
    one.begun_share = fields["whole"] / (fields["slices"] or 1)


def _paged(one: _Stream, fields: Mapping[str, Any], now: float) -> None:
    one.pages += 1
    one.records += fields["records"]
    one.waits_until, one.is_over = 0.0, False
    work = fields.get("slice", "")
    if work not in one.parts:
        before = _share_of_slice({**fields, "rows": fields.get("rows", 0) - fields["records"]})
        one.begun_share += (before or 0.0) / (one.slices or 1)
    one.parts[work] = _share_of_slice(fields)
    one.recent.append((now, one.records))
    while now - one.recent[0][0] > _RECENT_SECONDS:
        one.recent.popleft()


def _closed(one: _Stream, fields: Mapping[str, Any], now: float) -> None:
    one.whole += 1
    one.parts.pop(fields.get("slice", ""), None)


def _waits(one: _Stream, fields: Mapping[str, Any], now: float) -> None:
    one.waits_until, one.reason = now + float(fields["seconds"]), fields["reason"]


def _loads(one: _Stream, fields: Mapping[str, Any], now: float) -> None:
    one.phase, one.table, one.tables, one.written, one.is_over = "load", "", 0, 0, False


def _writes(one: _Stream, fields: Mapping[str, Any], now: float) -> None:
    one.phase, one.table, one.tables = "load", fields["table"], fields["tables"]


def _wrote(one: _Stream, fields: Mapping[str, Any], now: float) -> None:
    one.written += 1


_TAKES: Mapping[str, Callable[[_Stream, Mapping[str, Any], float], None]] = {
    "run planned": _planned,
    "page": _paged,
    "slice landed": _closed,
    "waiting": _waits,
    "run loading": _loads,
    "table writing": _writes,
    "table loaded": _wrote,
}


def _share_of_slice(fields: Mapping[str, Any]) -> float | None:
    """Return the share of a slice that is done with this page, or None where the slice has no known size."""
    of, chains = fields.get("of"), fields.get("chains")
    within: float | None = min(1.0, fields.get("rows", 0) / of) if of else None
    if chains and chains > 1:
        return float(min(1.0, (fields.get("chain", 0) + (within or 0.0)) / chains))
    return within


def _share(one: _Stream) -> float | None:
    if one.phase == "load":
        return one.written / one.tables if one.tables > 1 else None
    if not one.slices:
        return None
    if one.slices == 1 and not one.whole and all(part is None for part in one.parts.values()):
        return None
    return min(1.0, (one.whole + sum(part or 0.0 for part in one.parts.values())) / one.slices)


def _left(one: _Stream, share: float | None, now: float) -> float | None:
    """Return the seconds that are left at the pace since the beginning; None while that would be a guess."""
    done = (share or 0.0) - one.begun_share
    if share is None or done < _LEAST_SHARE:
        return None
    return (now - one.begun) / done * (1 - share)


def _rate(one: _Stream, now: float) -> float:
    if not one.recent:
        return 0.0
    at, before = one.recent[0]
    begun, counted = (one.begun, 0) if one.begun > now - _RECENT_SECONDS else (at, before)
    return (one.records - counted) / (now - begun) if now > begun else 0.0


def duration(seconds: float) -> str:
    """Return a time in its largest unit or two: `40 s`, `12 min`, `3 h 20 min`."""
    minutes = round(seconds / 60)
    if seconds < 100:
        return _seconds(seconds)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"


def _seconds(seconds: float) -> str:
    return f"{max(1, round(seconds))} s"


@contextmanager
def told(
    every_seconds: float = 60, clock: Callable[[], float] = time.monotonic, leave: threading.Event | None = None
) -> Iterator[None]:
    """Log a line a minute for each stream that is under way in the block, unless somebody shows progress already."""
    if log.is_watched():
        yield
        return
    board, left = Board(clock), leave or threading.Event()
    ticking = threading.Thread(target=_tick, args=(board, left, every_seconds), name="progress", daemon=True)
    with log.watched(board.take):
        ticking.start()
        try:
            yield
        finally:
            left.set()
            ticking.join()


def _tick(board: Board, left: threading.Event, every_seconds: float) -> None:
    while not left.wait(every_seconds):
        for row in board.rows():
            tell(row)


def tell(row: Row) -> None:
    """Log how far a stream is."""
    where = {"stream": row.stream, "phase": row.phase, "pages": row.pages, "records": row.records}
    rate = f"{row.per_second:.0f}" if row.phase == "fetch" else None
    slices = f"{row.whole}/{row.slices}" if row.slices > 1 else None
    share = None if row.share is None else f"{row.share:.0%}"
    left = None if row.left_seconds is None else duration(row.left_seconds)
    log.info("progress", **where, per_second=rate, slices=slices, done=share, left=left, now=row.doing or None)
