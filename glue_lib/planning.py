"""What a run will read, decided before its first request: pure, so that a dry run shows what a run does."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import product
from typing import Any

from glue_lib.api.cursor import Window
from glue_lib.api.fan_out import Parent, column, prefix, request_for
from glue_lib.api.request import Request
from glue_lib.errors import ConfigError
from glue_lib.fanning import Drawn, carried, chains, dealt
from glue_lib.landing.plan import Mode, Plan, Slice
from glue_lib.landing.positions import Position
from glue_lib.spec.stream import Stream

_MOST_SLICES = 100_000
_MOST_PARENTS = 5_000_000  # over all windows


def mode_of(stream: Stream, *, is_backfill: bool, full_refresh: bool, position: Position | None) -> Mode:
    """Return whether a run reads all there is, what is new since `position`, or a given span of time."""
    if stream.cursor is None:
        return "incremental" if stream.only_changed and position and not full_refresh else "full"
    if is_backfill:
        return "backfill"
    return "full" if full_refresh or position is None or position.value is None else "incremental"


def plan(
    stream: Stream,
    *,
    run_id: str,
    source: str,
    mode: Mode,
    position: Position | None,
    drawn: Drawn | None = None,
    start: str | None,
    end: str | None,
    now: datetime,
) -> Plan:
    """Return the slices of a run. `drawn` are the parents that a fan-out asks for."""
    since = position.value if position and mode == "incremental" else None
    windows = stream.cursor.windows(since, now, start, end) if stream.cursor else [Window(None, None)]
    batches: list[Sequence[Parent] | None] = [*dealt(stream, drawn.parents)] if drawn else [None]
    _refuse_too_many(f"{source}.{stream.name}", len(windows), len(batches), len(drawn.parents) if drawn else 1)
    named = [*zip(batches, _names(batches), strict=True)]
    slices = [
        Slice(number, _work(window, batch), _label(window, name))
        for number, (window, (batch, name)) in enumerate(product(windows, named))
    ]
    return Plan(
        run_id=run_id,
        source=source,
        stream=stream.name,
        mode=mode,
        fingerprint=stream.fingerprint(),
        slices=tuple(slices),
        upper=windows[-1].end if windows else since,  # no window: there is nothing later yet
        created_at=now.isoformat(),
        context={"since": since, "start": start, "end": end, "sequence": position.sequence if position else 0}
        | ({"edge": dict(position.edge)} if position and position.edge and since is not None else {})
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


def landed_after(stream: Stream, planned: Plan, latest: str | None, position: Position | None) -> str | None:
    """Return the cursor value that a complete run has read up to.

    With an upper bound that is the end of its last window. Without one it is the latest value that a record had, but
    never later than the moment of the plan: a record from the future must not hide those that come before it. What a
    run read again, of the time before the position, does not move it back.
    """
    if stream.cursor is None or planned.upper is not None:
        return planned.upper
    before = position.value if position else None
    if latest is None:
        return before
    seen = stream.cursor.canonical(latest)
    if stream.cursor.format != "integer":
        limit = stream.cursor.canonical(planned.created_at)
        seen = seen if stream.cursor.latest(seen, limit) == limit else limit
    return stream.cursor.latest(before, seen) if planned.mode == "incremental" else seen


def _refuse_too_many(name: str, windows: int, batches: int, parents: int) -> None:
    """Refuse a plan too long to be kept: each of its slices has files, and names its parents."""
    if windows * batches > _MOST_SLICES or (windows > 1 and windows * parents > _MOST_PARENTS):
        told = f"{windows:,} windows of {parents:,} parents make {windows * batches:,} slices"
        raise ConfigError(f"{name}: {told}, too many for one run; make `cursor.slice` longer, or leave it out")


def _work(window: Window, batch: Sequence[Parent] | None) -> dict[str, Any]:
    bounds = {name: value for name, value in (("start", window.start), ("end", window.end)) if value is not None}
    return bounds | ({} if batch is None else {"parents": batch})


def _label(window: Window, name: str) -> str:
    span = f"{window.start or ''}..{window.end or ''}" if window.start or window.end else "all"
    return f"{span}, {name}" if name else span


def _names(batches: Sequence[Sequence[Parent] | None]) -> Iterator[str]:
    """Yield how the slices of a window are told apart: by the places of their parents."""
    place = 0
    for batch in batches:
        first, place = place + 1, place + len(batch or ())
        yield "" if batch is None else f"parent {place}" if first == place else f"parents {first}-{place}"
