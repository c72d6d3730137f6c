"""How far each parent of a fan-out has been read: one that is new is read from the start, not from the position.

Where windows have ends, all parents that a run asks for get equally far. Where they have none, each parent has its own
latest value: the number of the last comment on one post says nothing of another's. All pure.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b

from glue_lib.api.cursor import Cursor
from glue_lib.api.fan_out import Parent
from glue_lib.extract.fanning import asked_with, chains
from glue_lib.landing.plan import Plan
from glue_lib.spec.stream import Stream

Reached = Mapping[str, str]
"""Mark of a parent -> the value that it is read up to; empty where nothing of it had a value."""

_MOST_GROUPS = 20


def mark(stream: Stream, parent: Parent) -> str:
    """Return what a parent is known by: compact, and the same in every run."""
    return blake2b(json.dumps(asked_with(stream, parent)).encode(), digest_size=8).hexdigest()


def grouped(
    stream: Stream, parents: Sequence[Parent], reached: Reached | None, since: str | None
) -> list[tuple[str | None, list[Parent]]]:
    """Return the parents by the value to read them from; None is the start.

    With ends, a group is one value; should there be very many, neighbours are read from the earliest of theirs. Without
    ends there is one group, of which `starts_of` knows the single values.
    """
    cursor = stream.cursor
    if cursor is None or reached is None or since is None or not cursor.until:
        return [(since, list(parents))]
    groups: dict[str | None, list[Parent]] = {}
    for parent in parents:
        groups.setdefault(reached.get(mark(stream, parent)) or None, []).append(parent)
    ordered = sorted(groups, key=lambda value: (value is not None, cursor.moment(value) if value else 0))
    size = -(-len(ordered) // _MOST_GROUPS)
    some = [ordered[at : at + size] for at in range(0, len(ordered), size)] if size else []
    return [(values[0], [parent for value in values for parent in groups[value]]) for values in some]


def starts_of(stream: Stream, batch: Sequence[Parent], reached: Reached | None, since: str | None) -> list[str | None]:
    """Return for each chain of a slice without an end the value to read it from; empty where all have the slice's."""
    cursor = stream.cursor
    if cursor is None or reached is None or since is None or cursor.until:
        return []
    return [_earliest(cursor, [reached.get(mark(stream, one)) for one in each]) for each in chains(stream, batch)]


def reached_after(
    stream: Stream,
    planned: Plan,
    latests: Mapping[int, Sequence[str | None]],
    before: Reached | None,
    gone: Mapping[int, Sequence[int]] | None = None,
    not_after: str | None = None,
) -> dict[str, str]:
    """Return how far all parents are read after a complete run; `latests` are those of each slice's chains.

    Of the chains that are `gone` nothing was read: should the API know their parents again, they go on from before.
    """
    cursor = stream.cursor
    if cursor is None:
        return {}
    found = dict(before or {}) if planned.mode == "incremental" else {}
    each = [
        (work.number, number, {mark(stream, one) for one in parents})
        for work in planned.slices
        for number, parents in enumerate(chains(stream, work.work.get("parents", ())))
    ]
    missed = {at for work, number, marks in each if number in (gone or {}).get(work, ()) for at in marks}
    for work, number, marks in each:
        seen = _seen(cursor, planned.upper or _of(latests.get(work, ()), number), not_after or planned.created_at)
        for at in marks - missed:
            found[at] = cursor.latest(found.get(at) or None, seen) or ""
    return found


def _of(latests: Sequence[str | None], chain: int) -> str | None:
    return latests[chain] if chain < len(latests) else None


def _seen(cursor: Cursor, latest: str | None, not_after: str) -> str | None:
    return None if latest is None else cursor.position(latest, not_after)


def _earliest(cursor: Cursor, values: Iterable[str | None]) -> str | None:
    """Return the earliest of the values; one that is missing is the start."""
    known = [value or None for value in values]
    return None if None in known else min((value for value in known if value), key=cursor.moment)
