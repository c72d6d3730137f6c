"""What stands where in an answer: the records, and what is around them."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from glue_lib.discover.names import plain, singular

_RECORDS = (
    *("data", "results", "result", "items", "records", "values", "value", "entries", "entry", "rows", "list"),
    *("objects", "content", "elements", "resources", "hits", "docs", "features", "members", "nodes"),
)
_NO_RECORDS = (
    *("links", "errors", "warnings", "messages", "fields", "columns", "facets", "included", "headers"),
    *("actions", "sort", "filters", "aggregations", "tags", "schema", "parameters"),
)
_DEEPEST = 4
_MOST_KEYS = 200


@dataclass(frozen=True)
class Found:
    """The records of an answer, and the `records:` that leads to them."""

    where: Any  # what `records:` says: a path, or a mapping
    path: str  # the dotted path; empty for the answer itself
    records: tuple[Any, ...]
    why: str
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Member:
    """A value in the objects around the records."""

    place: str
    key: str  # plain
    raw: str  # as it is written
    value: Any
    above: str  # the plain key that it stands under

    @property
    def is_count(self) -> bool:
        """Whether it is a whole number, in a number or a text."""
        return not isinstance(self.value, bool) and str(self.value).isascii() and str(self.value).isdecimal()


def records_of(body: Any, words: Collection[str] = (), *, is_one_record: bool = False) -> Found | None:
    """Return where the records of an answer are, or None; `words` are those of the path."""
    if isinstance(body, list):
        return _bare(body)
    if not isinstance(body, dict):
        return None
    if is_one_record:
        return _one(body)
    found = sorted(_arrays(body, words), key=lambda each: -each[0])
    if not found or (found[0][0] < _SURE and _has_id(body)):
        return _keyed(body) or (_one(body) if _has_id(body) else None)
    (points, path, records), others = found[0], [path for points, path, _ in found[1:] if points >= found[0][0] - 1]
    doubts = [f"`{other}` is an array, too" for other in others[:3]]
    if points < _SURE and (others or len(records) < 2):
        doubts.append(f"`{path}` has no name that says that these are the records")
    if records and not isinstance(records[0], dict):
        where: Any = {"path": path, "value_as": singular(path.rpartition(".")[2].strip('"')) or "value"}
        return Found(where, path, tuple(records), f"bare values at `{path}`; each becomes a record", tuple(doubts))
    return Found(path, path, tuple(records), _counted(records, f"at `{path}`"), tuple(doubts))


def members(body: Any, records_path: str) -> list[Member]:
    """Return what stands in the objects around the records, the outer ones first."""
    found: list[Member] = []
    waiting: list[tuple[str, str, Any, int]] = [("body", "", body, 1)]
    while waiting:
        place, above, value, depth = waiting.pop(0)
        if not isinstance(value, dict) or len(value) > _MOST_KEYS:
            continue
        for key, inner in value.items():
            there = f"{place}.{quoted(key)}"
            if there == f"body.{records_path}" or not key:
                continue
            found.append(Member(there, plain(key), key, inner, above))
            if depth < _DEEPEST:
                waiting.append((there, plain(key), inner, depth + 1))
    return found


def quoted(key: str) -> str:
    """Return a key as it stands in a place or a dotted path."""
    is_bare = key and not any(each in " .[]{}()*?|&,'\"`\\" or each.isspace() for each in key)
    return key if is_bare else '"' + key.replace('"', "") + '"'


def nested(records: Collection[Any]) -> dict[str, str]:
    """Return the arrays inside of records, each by its dotted path, with what is in it: `objects` or `values`."""
    found: dict[str, str] = {}
    for record in records:
        for path, value in _inner(record, "", 1):
            kind = "objects" if any(isinstance(each, dict) for each in value) else "values"
            found[path] = "objects" if "objects" in (kind, found.get(path)) else kind
    return found


def cut_lists(records: Collection[Any]) -> list[str]:
    """Return the arrays inside of records beside which stands that they go on elsewhere."""
    found: list[str] = []
    for record in records:
        for path, value in _objects(record, "", 1):
            signs = {plain(key): inner for key, inner in value.items()}
            array = next((key for key, inner in value.items() if isinstance(inner, list)), None)
            if array and _goes_on(signs, len(value[array])):
                found.append(f"{path}.{quoted(array)}")
    return list(dict.fromkeys(found))


def _goes_on(signs: Mapping[str, Any], count: int) -> bool:
    """Return whether an object around an array says that there are, or may be, more elements."""
    total = signs.get("total")
    more = isinstance(signs.get("hasmore"), bool) or isinstance(signs.get("nextrecordsurl"), str)
    return more or (isinstance(total, int) and total > count)


_SURE = 4.0


def _bare(body: list[Any]) -> Found | None:
    if body and isinstance(body[0], list):
        where = {"path": "", "columns": "first_row"}
        told = "the records are arrays; `columns` names their fields"
        return Found(where, "", tuple(body), "the answer is an array of arrays", (told,))
    if body and not isinstance(body[0], dict):
        return Found({"path": "", "value_as": "value"}, "", tuple(body), "the answer is an array of bare values")
    return Found("", "", tuple(body), _counted(body, "in the answer, which is the array itself"))


def _one(body: dict[str, Any]) -> Found:
    return Found("[@]", "", (body,), "the answer is one record")


def _keyed(body: dict[str, Any]) -> Found | None:
    """Return the records that are the values of an object, where these are alike."""
    for path, value in [("", body), *_objects(body, "", 1)]:
        inner = list(value.values())
        if path and len(inner) > 1 and all(isinstance(one, dict) and one for one in inner):
            shared = set.intersection(*(set(one) for one in inner))
            if len(shared) * 2 >= max(len(one) for one in inner):
                told = f"the values of the object `{path}` are alike; their keys become the field `id`"
                return Found({"path": path, "keyed_as": "id"}, path, tuple(inner), told, ("are they records?",))
    return None


def _arrays(body: Mapping[str, Any], words: Collection[str]) -> Iterator[tuple[float, str, list[Any]]]:
    waiting: list[tuple[str, Any, int]] = [("", body, 1)]
    while waiting:
        above, value, depth = waiting.pop(0)
        if not isinstance(value, dict) or len(value) > _MOST_KEYS:
            continue
        for key, inner in value.items():
            path = f"{above}.{quoted(key)}" if above else quoted(key)
            if isinstance(inner, list) and not any(isinstance(one, list) for one in inner):
                yield _points(key, inner, words) - depth / 2, path, inner
            elif depth < _DEEPEST and plain(key) not in _NO_RECORDS:
                waiting.append((path, inner, depth + 1))


def _points(key: str, records: list[Any], words: Collection[str]) -> float:
    name = plain(key)
    points = 2.0 if any(isinstance(one, dict) for one in records) else 0.5 if not records else 0.0
    if name in words or singular(name) in {singular(word) for word in words}:
        points += 5
    elif name in _RECORDS:
        points += 4
    elif name in _NO_RECORDS or key.startswith("_"):
        points -= 4
    return points + min(len(records), 10) / 10


def _has_id(body: Mapping[str, Any]) -> bool:
    return any(
        plain(key) in ("id", "uuid", "key") and not isinstance(value, dict | list) for key, value in body.items()
    )


def _counted(records: Collection[Any], where: str) -> str:
    return f"{len(records)} object{'' if len(records) == 1 else 's'} {where}"


def _inner(value: Any, above: str, depth: int) -> Iterator[tuple[str, list[Any]]]:
    if isinstance(value, list):
        if above:
            yield above, value
        for one in value[:20] if depth < _DEEPEST else ():
            yield from _inner(one, above, depth + 1) if isinstance(one, dict) else ()
    elif isinstance(value, dict) and depth <= _DEEPEST:
        for key, inner in value.items():
            if isinstance(inner, dict | list):
                yield from _inner(inner, f"{above}.{quoted(key)}" if above else quoted(key), depth + 1)


def _objects(value: Any, above: str, depth: int) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(value, dict) and depth <= _DEEPEST:
        for key, inner in value.items():
            if isinstance(inner, dict):
                path = f"{above}.{quoted(key)}" if above else quoted(key)
                yield path, inner
                yield from _objects(inner, path, depth + 1)
