"""What the fields of probed records are good for: which identify a record, and which say when it changed."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from glue_lib.api.records import is_dotted
from glue_lib.discover.answer import quoted
from glue_lib.discover.endpoint import Endpoint
from glue_lib.discover.names import plain, singular

_KEYS = ("id", "uuid", "guid", "gid", "_id", "key", "sha", "uid", "ts", "number", "code", "slug")
_CHANGED = re.compile(
    r"generatedtimestamp|(last)?(updated|modified|changed|edited|update|modification|change)(at|on|date|time|timestamp|datetime)?"
    r"|systemmodstamp|(last)?(edited|modified|updated|changed)time|lastchanged|metadatamodified|hslastmodifieddate"
)
_CREATED = re.compile(r"(created|creation|create|inserted)(at|on|date|time|timestamp)?|timestamp|ts|date|datetime|time")
_SINCE = re.compile(
    r"(min|start|after|from|since)?(last)?(updated|modified|changed|created|update|modification|change|edited)"
    r"(at|on|date|time)?(since|after|from|min|gte|gt|ge|start)|since|since(last)?(changed|modified|updated|id)"
    r"|(modified|updated|changed|created)since|(start|from)(time|date|timestamp)|oldest|"
    r"(since|after|from|min|start)(last)?(updated|modified|changed|created|update|change)(at|on|date|time)?"
)
_UNTIL = re.compile(
    r"(last)?(updated|modified|changed|created|update|modification|change|edited)"
    r"(at|on|date|time)?(until|before|to|max|lte|lt|le|end)|until|(end|to)(time|date|timestamp)|latest|"
    r"(until|before|to|max|end)(last)?(updated|modified|changed|created|update|change)(at|on|date|time)?"
)
_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_DEEPEST = 3
_ENOUGH = 5  # records, to take a field for a key by its values alone
_UNIQUE = "unique and never null in all records that were looked at: {}"


@dataclass(frozen=True)
class Key:
    """Fields that identify a record, why, and what speaks against them."""

    fields: list[str]
    why: str
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cursor:
    """A field that says when a record changed, with the parameters that filter it."""

    field: str
    from_: str
    until: str
    format: str
    is_created: bool  # it says when a record was made, not when it changed
    why: str
    start: str = ""  # where the address that was given begins

    @property
    def filters(self) -> tuple[str, ...]:
        """Return the parameters that it sets."""
        return (self.from_, self.until)

    @property
    def yaml(self) -> dict[str, Any]:
        """Return the `cursor:` of the file."""
        given: dict[str, Any] = {"field": self.field, "from": f"query.{self.from_}"}
        if plain(self.from_).endswith("gt") or plain(self.from_).endswith("after"):
            given["from_exclusive"] = True
        if self.until:
            given["until"] = f"query.{self.until}"
            if plain(self.until).endswith(("lte", "max")):
                given["until_inclusive"] = True
        if self.start and format_of(self.start):
            given["start"] = self.start
        if self.format != "iso":
            given["format"] = self.format
        return given | {"lookback": "1d" if self.format == "%Y-%m-%d" else "1h"}


def key_of(records: Sequence[Any], endpoint: Endpoint, *, is_probed: bool) -> Key | None:
    """Return the first id-like field that every record has, and each with a value of its own."""
    objects = [record for record in records if isinstance(record, dict)]
    if not objects or len(objects) < len(records):
        return None
    for field in filter(_is_nameable, _id_like(objects[0], endpoint)):
        values = [_scalar(record.get(field)) for record in objects]
        if any(value is None for value in values):
            continue
        if not is_probed:
            return Key([quoted(field)], "the only field that looks like an id", ("no record was looked at",))
        if len(set(values)) == len(values):
            few = () if len(values) > 1 else ("only one record was seen",)
            return Key([quoted(field)], _UNIQUE.format(len(values)), few)
    return _first_field(objects) if is_probed else None


def _first_field(objects: Sequence[dict[str, Any]]) -> Key | None:
    """Return the first field of the records, where it could be a key although its name does not say so."""
    field = next(iter(objects[0]), "")
    values = [record.get(field) for record in objects]
    is_like_one = _is_nameable(field) and all(
        isinstance(value, str | int) and not isinstance(value, bool) for value in values
    )
    if len(values) < _ENOUGH or not is_like_one or len(set(values)) < len(values) or format_of(values[0]):
        return None
    return Key([quoted(field)], _UNIQUE.format(len(values)), ("its name does not say that it is an id",))


def cursor_of(records: Sequence[Any], endpoint: Endpoint) -> Cursor | None:
    """Return the field that says when a record changed, where a known parameter filters it; None without one."""
    known = [one.name for one in endpoint.known or ()]
    given = list(dict.fromkeys([*endpoint.params, *known]))
    sinces = [name for name in given if _SINCE.fullmatch(plain(name))]
    found = changing(records)
    if not sinces or not found:
        return None
    for name in sinces:
        is_made, given_style = "creat" in plain(name), format_of(endpoint.params.get(name))
        alike = [one for one in found if given_style in (None, one[1])] or found
        field, style, is_created = next((one for one in alike if one[2] == is_made), alike[0])
        until = next((each for each in given if _UNTIL.fullmatch(plain(each)) and _alike(name, each)), "")
        told = f"parameter `{name}` asks for records whose `{field}` is later"
        start = endpoint.params.get(name, "")
        return Cursor(field, name, until, given_style or style, is_created, told, start)
    return None


def changing(records: Sequence[Any]) -> list[tuple[str, str, bool]]:
    """Return the fields that say when a record changed, before those that say when it was made, with their format."""
    found: dict[str, tuple[str, bool]] = {}
    for record in records[:20]:
        for path, name, value in _scalars(record, "", 1):
            is_changed = bool(_CHANGED.fullmatch(plain(name)))
            if (is_changed or _CREATED.fullmatch(plain(name))) and (style := format_of(value)):
                found.setdefault(path, (style, not is_changed))
    ordered = sorted(found.items(), key=lambda one: (one[1][1], one[0].count(".")))
    return [(path, style, is_created) for path, (style, is_created) in ordered]


def format_of(value: Any) -> str | None:
    """Return how a moment is written, as `cursor.format` names it; None where the value is none."""
    text = str(value)
    if isinstance(value, bool) or value is None:
        return None
    if _DAY.fullmatch(text):
        return "%Y-%m-%d"
    if _ISO.fullmatch(text):
        return "iso"
    digits = text.partition(".")[0]
    if digits.isascii() and digits.isdecimal() and len(digits) in (10, 13):
        return "epoch_s" if len(digits) == 10 else "epoch_ms"
    return None


def _id_like(record: dict[str, Any], endpoint: Endpoint) -> Iterator[str]:
    by_name = {plain(name) if name != "_id" else "_id": name for name in reversed(list(record))}
    own = [f"{singular(word)}id" for word in endpoint.words]
    for name in (*_KEYS[:6], *own, *_KEYS[6:]):
        if name in by_name:
            yield by_name[name]
    yield from (name for name in record if plain(name).endswith(("id", "key")) and plain(name) not in _KEYS)


def _is_nameable(field: str) -> bool:
    """Return whether a pipeline file can name a field: an API may call its fields what it likes."""
    return is_dotted(quoted(field))


def _scalar(value: Any) -> str | None:
    return None if value is None or value == "" or isinstance(value, dict | list | bool) else str(value)


def _scalars(value: Any, above: str, depth: int) -> Iterator[tuple[str, str, Any]]:
    if isinstance(value, dict) and depth <= _DEEPEST:
        for key, inner in value.items():
            path = f"{above}.{quoted(key)}" if above else quoted(key)
            if isinstance(inner, dict):
                yield from _scalars(inner, path, depth + 1)
            elif not isinstance(inner, list):
                yield path, key, inner


def _alike(one: str, other: str) -> bool:
    """Return whether two parameters are the ends of one span: they begin or end alike, or are a known pair."""
    pairs = {("since", "until"), ("oldest", "latest"), ("starttime", "endtime"), ("startdate", "enddate")}
    pairs |= {("from", "to"), ("fromdate", "todate")}
    a, b = plain(one), plain(other)
    return (a, b) in pairs or one[:4] == other[:4] or a[-6:] == b[-6:]


def words_of(values: Collection[str]) -> str:
    """Return names as they stand in a sentence."""
    return ", ".join(f"`{value}`" for value in values)
