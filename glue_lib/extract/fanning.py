"""What a fan-out asks with: the records of its parents, joined, and dealt out to requests and slices; all pure.

A parent here is what one request is filled from: values in raw JSON by their names in the request, and the copied
ones beside them, whichever streams they come from.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, groupby, islice
from typing import Any

from glue_lib.api.fan_out import Parent, holes, is_empty, is_usable
from glue_lib.api.wording import shortened
from glue_lib.errors import ApiError, ConfigError
from glue_lib.spec.stream import Stream

MOST_COMBINATIONS = 100_000  # of the records of several streams
PARENTS_A_SLICE = 50
FEWEST_SLICES = 16  # where there are that many parents: slices are what runs side by side
_NAMED = 10  # of the parents that are missing
_SHOWN = 40  # characters of a value that fits no request
_TOLD = ("parents", "parents_without_value", "parents_with_unusable_value", "first_unusable")
_MOST_SLICES = 1000  # a slice has files of its own

Draws = Mapping[str, Mapping[str, str]]  # stream -> name in the request -> field of the stream's records
Asked = tuple[tuple[str, str], ...]
Row = tuple[Parent, bool]  # the fields of a record, and whether it changed since the fan-out's last run


@dataclass(frozen=True)
class Drawn:
    """The parents to ask for, and how they came about."""

    parents: tuple[Parent, ...]
    records: Mapping[str, int]  # of each stream, those that something can be asked of
    without_value: Mapping[str, int]  # of each stream, those that lack a value, such as an optional owner
    read_to: Mapping[str, str] = field(default_factory=dict)  # of each stream, its last run that was read
    unusable: Mapping[str, Sequence[str]] = field(default_factory=dict)  # of each field, the values that fit no request

    def context(self) -> dict[str, Any]:
        """Return what a plan keeps of it, beside the parents in its slices."""
        kept = {"parents": len(self.parents), "parents_of": dict(self.records), "read_to": dict(self.read_to)}
        if self.without_value:
            kept["parents_without_value"] = dict(self.without_value)
        if self.unusable:
            kept["parents_with_unusable_value"] = {name: len(raws) for name, raws in self.unusable.items()}
            kept["first_unusable"] = {
                name: [shortened(raw, _SHOWN) for raw in raws[:_NAMED]] for name, raws in self.unusable.items()
            }
        return kept


def drawn(
    name: str, stream: Stream, draws: Draws, rows: Mapping[str, Iterable[Row]], *, is_part: bool = False
) -> Drawn:
    """Return the parents that come of the streams' records, those alone of which one is new.

    `is_part` says that there are more records than these, so that a field that none of them has may be there.

    Values that two streams' records share, such as those of an ancestor, must be equal; else all combinations count.
    """
    whole: dict[str, list[Row]] = {}
    lacking: dict[str, int] = {}
    unusable: dict[str, list[str]] = {}
    for source, fields in draws.items():
        wanted = {one: field for one, field in fields.items() if one in stream.holes}
        found = [({one: row[at] for one, at in fields.items() if at in row}, is_new) for row, is_new in rows[source]]
        if not is_part:
            _refuse_unknown(f"{name}: no record of `{source}`", wanted, found)
        fit, odd = _parted(stream, found, list(wanted))
        if odd and not fit and not is_part:
            _refuse_unusable(f"{name}: no record of `{source}`", wanted, odd)
        whole[source], lacking[source] = _with_values(fit, list(wanted))
        unusable |= odd
    parents = tuple(parent for parent, is_new in _combined(name, stream, draws, whole) if is_new)
    return Drawn(
        parents,
        records={source: len(of) for source, of in whole.items()},
        without_value={source: count for source, count in lacking.items() if count},
        unusable=unusable,
    )


def chains(stream: Stream, parents: Iterable[Parent]) -> Iterator[list[Parent]]:
    """Yield the parents of each chain of pages: one by one, or a batch of those that differ in its value only."""
    if not stream.batch:
        yield from ([parent] for parent in parents)
        return
    for _, alike in groupby(parents, lambda parent: _group(stream, parent)):
        while batch := list(islice(alike, stream.batch.size)):
            yield batch


def carried(stream: Stream, parents: Sequence[Parent]) -> Parent:
    """Return the values that the records of a chain carry: those that all of its parents have."""
    return {name: raw for name, raw in parents[0].items() if name != stream.batched}


def dealt(stream: Stream, parents: Sequence[Parent]) -> list[list[Parent]]:
    """Return the parents of each slice: whole chains, few enough for several slices to run side by side."""
    if stream.batch:
        parents = sorted(parents, key=lambda parent: _group(stream, parent))
    each = list(chains(stream, parents))
    size = _slice_size(len(each))
    return [list(chain.from_iterable(each[at : at + size])) for at in range(0, len(each), size)]


def asked_with(stream: Stream, parent: Parent) -> Asked:
    """Return what tells a parent from others: the values in its request, but not those that are only copied."""
    return tuple(sorted((name, raw) for name, raw in parent.items() if name in stream.holes))


def evidence(context: Mapping[str, Any], slices: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what a run tells of its parents: how many were asked, lacked a value, or are unknown to the API."""
    told = {name: context[name] for name in _TOLD if name in context}
    first = [request for of in slices for request in of.get("missing", ())][:_NAMED]
    return told | ({"first_missing": first} if first else {})


def all_missing(name: str, *, parents: int, is_first_run: bool, slices: Sequence[Mapping[str, Any]]) -> ApiError | None:
    """Return the error of a run whose parents are all unknown to the API: then it is the path that is wrong.

    A single parent may well be gone, once the stream has been read.
    """
    missing = sum(of.get("counts", {}).get("missing_parents", 0) for of in slices)
    if not parents or missing < parents or (parents == 1 and not is_first_run):
        return None
    first = next((request for of in slices for request in of.get("missing", ())), "")
    told = f"{name}: the API knows none of {parents:,} parents (the first: {first}); check `path` and `params`"
    return ApiError(f"{told}; where it answers so for parents without records, write `missing_parent: empty`")


def _parted(stream: Stream, rows: Iterable[Row], names: Sequence[str]) -> tuple[list[Row], dict[str, list[str]]]:
    """Return the rows without those of which a value fits no request, and these values by their names.

    One such record must not keep all the others from being asked for.
    """
    in_path = set(holes(stream.path))
    fit: list[Row] = []
    odd: dict[str, list[str]] = {}
    for row, is_new in rows:
        raws = ((name, row.get(name)) for name in names)
        wrong = [
            (name, raw)
            for name, raw in raws
            if raw and not is_empty(raw) and not is_usable(raw, in_path=name in in_path)
        ]
        for name, raw in wrong[:1]:
            odd.setdefault(name, []).append(raw)
        if not wrong:
            fit.append((row, is_new))
    return fit, odd


def _with_values(rows: Iterable[Row], names: Sequence[str]) -> tuple[list[Row], int]:
    """Return the rows that have all values, of equal ones the last with its copies, and how many have not."""
    found: dict[tuple[str, ...], Row] = {}
    lacking = 0
    for row, is_new in rows:
        mark = tuple(row.get(name) for name in names)
        if any(is_empty(value) for value in mark):
            lacking += 1
            continue
        known = tuple(str(value) for value in mark)
        found[known] = (row, is_new or (known in found and found[known][1]))
    return list(found.values()), lacking


def _refuse_unknown(told: str, wanted: Mapping[str, str], rows: Sequence[Row]) -> None:
    """Refuse a field that no record has: it is misspelt, and nothing would be asked for."""
    for name, at in wanted.items():
        if rows and all(name not in row for row, _ in rows):
            raise ConfigError(f"{told} has `{at}`, which `{{{name}}}` stands for; check the name of the field")


def _refuse_unusable(told: str, wanted: Mapping[str, str], odd: Mapping[str, Sequence[str]]) -> None:
    """Refuse a field whose value fits a request in no record: it is another field that was meant."""
    name, raws = next(iter(odd.items()))
    what = f"has a `{wanted[name]}` that can stand for `{{{name}}}` (the first: `{shortened(raws[0], _SHOWN)}`)"
    raise ConfigError(f"{told} {what}; name a field that holds a text or a number")


def _combined(name: str, stream: Stream, draws: Draws, rows: Mapping[str, list[Row]]) -> list[Row]:
    combined: list[Row] = [({}, False)]
    before: set[str] = set()
    for source, of in rows.items():
        shared = sorted(before & set(draws[source]) & set(stream.holes))
        before |= set(draws[source])
        matching: dict[tuple[str, ...], list[Row]] = {}
        for row, is_new in of:
            matching.setdefault(tuple(row[one] for one in shared), []).append((row, is_new))
        pairs = [(left, matching.get(tuple(left[0][one] for one in shared), [])) for left in combined]
        _refuse_too_many(name, rows, len(combined), sum(len(right) for _, right in pairs))
        combined = [({**left, **right}, old or new) for (left, old), some in pairs for right, new in some]
    return combined


def _refuse_too_many(name: str, rows: Mapping[str, list[Row]], before: int, count: int) -> None:
    if before > 1 and count > MOST_COMBINATIONS:
        counts = " x ".join(f"{len(of):,} `{source}`" for source, of in rows.items())
        told = f"{counts} make {count:,} combinations to ask for; at most {MOST_COMBINATIONS:,} are allowed"
        raise ConfigError(f"{name}: {told}; take records of fewer streams")


def _group(stream: Stream, parent: Parent) -> Asked:
    return tuple(sorted((name, raw) for name, raw in parent.items() if name != stream.batched))


def _slice_size(chains: int) -> int:
    return max(1, min(PARENTS_A_SLICE, -(-chains // FEWEST_SLICES)), -(-chains // _MOST_SLICES))
