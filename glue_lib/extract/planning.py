"""What a run will read, decided before its first request: pure, so that a dry run shows what a run does."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from typing import Any

from glue_lib.api.cursor import Cursor, Window
from glue_lib.api.fan_out import Parent, column, prefix, request_for
from glue_lib.api.request import Request
from glue_lib.errors import ConfigError
from glue_lib.extract.fanning import Drawn, carried, chains, dealt
from glue_lib.extract.reached import Reached, grouped, starts_of
from glue_lib.landing.plan import Mode, Plan, Slice
from glue_lib.landing.positions import Position
from glue_lib.spec.stream import Stream

_MOST_SLICES = 100_000
_MOST_PARENTS = 5_000_000  # over all windows
_MOST_BEHIND = timedelta(days=1)


def mode_of(stream: Stream, *, is_backfill: bool, full_refresh: bool, position: Position | None) -> Mode:
    """Return whether a run reads all there is, what is new since `position`, or a given span of time."""
    if stream.cursor is None:
        return "incremental" if stream.only_changed and position and not full_refresh else "full"
    if is_backfill:
        return "backfill"
    is_known = position is not None and position.value is not None and not is_of_another_cursor(stream, position)
    return "incremental" if is_known and not full_refresh else "full"


def is_of_another_cursor(stream: Stream, position: Position | None) -> bool:
    """Return whether a position counts in another field than the stream's cursor, or was written otherwise there."""
    return bool(stream.cursor and position and position.scale not in (None, stream.cursor.scale))


def refuse_doubling(name: str, stream: Stream, position: Position) -> None:
    """Refuse to read everything again for a changed cursor where that stores each record twice."""
    if stream.cursor and stream.write.type == "append" and not stream.key:
        raise ConfigError(
            f"{name}: cursor: was `{position.scale}` and is now `{stream.cursor.scale}`, so everything would be read "
            "again, and `write: append` without `key` would store it twice; give the stream a `key`, or undo the "
            "change; if it is to be stored once more, run with `--full-refresh`"
        )


def refuse_span(source: str, stream: Stream, among: Iterable[Stream]) -> None:
    """Refuse a span of time for a stream that has none: it would be read whole, and its position would move."""
    if stream.cursor:
        return
    others = ", ".join(one.name for one in among if one.cursor) or "none yet"
    raise ConfigError(
        f"{source}.{stream.name}: has no `cursor`, so `--from` and `--to` say nothing of it; name the streams "
        f"to read with `--stream` (those with a cursor: {others}), or run without a span"
    )


def plan(
    stream: Stream,
    *,
    run_id: str,
    source: str,
    mode: Mode,
    position: Position | None,
    drawn: Drawn | None = None,
    reached: Reached | None = None,
    start: str | None,
    end: str | None,
    now: datetime,
) -> Plan:
    """Return the slices of a run. `drawn` are the parents that a fan-out asks for, `reached` how far each is read."""
    since = position.value if position and mode == "incremental" else None
    cursor, first = stream.cursor, 1

    def starts(batch: Sequence[Parent]) -> list[str | None]:
        return [
            cursor.windows(value, now, None, None)[0].start if cursor else None
            for value in starts_of(stream, batch, reached, since)
        ]

    name = f"{source}.{stream.name}"
    spans: list[tuple[list[Window], list[_Batch]]] = []
    for value, parents in grouped(stream, drawn.parents, reached, since) if drawn else [(since, None)]:
        windows = _windows(name, cursor, value, now, (start, end))
        spans.append((windows, [_Batch()] if parents is None else [*_batches(stream, parents, first, starts)]))
        first += len(parents or ())
    _refuse_too_many(name, spans)
    pieces = [piece for windows, batches in spans for piece in product(windows, batches)]
    slices = [Slice(number, _work(*piece), _label(*piece)) for number, piece in enumerate(pieces)]
    ends = [windows[-1].end for windows, _ in spans if windows]
    return Plan(
        run_id=run_id,
        source=source,
        stream=stream.name,
        mode=mode,
        fingerprint=stream.fingerprint(),
        slices=tuple(slices),
        upper=ends[0] if ends else since,  # no window: there is nothing later yet
        created_at=now.isoformat(),
        context={"since": since, "start": start, "end": end, "sequence": position.sequence if position else 0}
        | ({"edge": dict(position.edge)} if position and position.edge and since is not None else {})
        | ({"scale": cursor.scale} if cursor else {})
        | (drawn.context() if drawn else {}),
    )


def first_requests(stream: Stream, work: Mapping[str, Any]) -> list[tuple[bytes, Request]]:
    """Return the requests that a slice begins with, each with the JSON to put in front of the records it brings."""
    chains_of = unbounded_requests(stream, work)
    if stream.cursor is None or not ("start" in work or "end" in work):
        return chains_of
    window = Window(work.get("start"), work.get("end"))
    return [(front, stream.cursor.apply(request, window)) for front, request in chains_of]


def unbounded_requests(stream: Stream, work: Mapping[str, Any]) -> list[tuple[bytes, Request]]:
    """Return the same requests without the bounds of the cursor: a slice may be walked window by window."""
    request = Request(stream.path, stream.method, dict(stream.params), dict(stream.headers), stream.body)
    if "parents" not in work:
        return [(b"", request)]
    return [
        (prefix(carried(stream, parents)), request_for(request, parents, stream.batch))
        for parents in chains(stream, work["parents"])
    ]


def key_of(stream: Stream) -> tuple[str, ...]:
    """Return the fields that identify a record, a fan-out's with its parent's in front."""
    above = [column(name) for name in stream.holes if name != stream.batched]
    return (*([] if stream.key_is_global or not stream.key else above), *stream.key)


def landed_after(
    stream: Stream, planned: Plan, latest: str | None, position: Position | None, not_after: str | None = None
) -> str | None:
    """Return the cursor value that a complete run has read up to.

    With an upper bound that is the end of its last window. Without one it is the latest value that a record had. But it
    is never later than the run: a record from the future must not hide those that come before it; see `read_at`. What
    a run read again, of the time before the position, does not move it back.
    """
    cursor, before = stream.cursor, position.value if position else None
    reached = planned.upper or latest
    if cursor is None or reached is None:
        return None if cursor is None else before
    seen = cursor.position(reached, not_after or planned.created_at)
    return cursor.latest(before, seen) if planned.mode == "incremental" else seen


def read_at(planned: Plan, served: Iterable[str | None]) -> str:
    """Return the moment from which on a run may have missed records: of its plan, or, by the API's clock, earlier.

    Where the API's clock is behind ours, what it will write in the seconds between was not there yet. One that is far
    off tells nothing: an answer may be kept for long between the API and us.
    """
    ours = datetime.fromisoformat(planned.created_at)
    theirs = [datetime.fromisoformat(one) for one in served if one]
    return min([ours, *(one for one in theirs if ours - one < _MOST_BEHIND)]).isoformat()


def _windows(
    name: str, cursor: Cursor | None, since: str | None, now: datetime, span: tuple[str | None, str | None]
) -> list[Window]:
    try:
        return cursor.windows(since, now, *span) if cursor else [Window(None, None)]
    except ConfigError as error:
        raise ConfigError(f"{name}: {error}") from error


@dataclass(frozen=True)
class _Batch:
    """The parents of a slice, of a stream that is a fan-out."""

    parents: Sequence[Parent] | None = None
    starts: Sequence[str | None] = ()  # of its chains, where each has its own
    name: str = ""


def _batches(
    stream: Stream, parents: Sequence[Parent], first: int, starts: Callable[[Sequence[Parent]], list[str | None]]
) -> Iterator[_Batch]:
    """Yield the batches; they are told apart by the places of their parents, counted from `first`."""
    place = first - 1
    for batch in dealt(stream, parents):
        at, place = place + 1, place + len(batch)
        yield _Batch(batch, starts(batch), f"parent {at}" if at == place else f"parents {at}-{place}")


def _refuse_too_many(name: str, spans: Sequence[tuple[Sequence[Window], Sequence[_Batch]]]) -> None:
    """Refuse a plan too long to be kept: each of its slices has files, and names its parents."""
    windows = max((len(windows) for windows, _ in spans), default=0)
    slices = sum(len(windows) * len(batches) for windows, batches in spans)
    parents = sum(len(batch.parents or ()) for _, batches in spans for batch in batches)
    if slices > _MOST_SLICES or (windows > 1 and windows * parents > _MOST_PARENTS):
        told = f"{windows:,} windows of {parents:,} parents make {slices:,} slices"
        raise ConfigError(f"{name}: {told}, too many for one run; make `cursor.slice` longer, or leave it out")


def _work(window: Window, batch: _Batch) -> dict[str, Any]:
    bounds = {name: value for name, value in (("start", window.start), ("end", window.end)) if value is not None}
    starts = {"starts": list(batch.starts)} if batch.starts else {}
    return bounds | starts | ({} if batch.parents is None else {"parents": list(batch.parents)})


def _label(window: Window, batch: _Batch) -> str:
    span = f"{window.start or ''}..{window.end or ''}" if window.start or window.end else "all"
    return f"{span}, {batch.name}" if batch.name else span
