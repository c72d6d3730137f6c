"""Versions: a record gets the moment from which on it says what it says, and a key of its own for that moment.

Child rows hash their parent's key, so that each belongs to one version at any depth.
"""

import json
from datetime import datetime
from typing import TYPE_CHECKING

from glue_lib.lake.frame import ENTITY_KEY, KEY, ROOT_KEY, SAID, VALID_FROM
from glue_lib.shape.keys import KeyValue, canonical, version_key
from glue_lib.shape.layout import Layout, TableLayout
from glue_lib.shape.order import rank
from glue_lib.shape.paths import members
from glue_lib.shape.reading import ENTRY_NAME, Reading
from glue_lib.shape.sql import literal, quoted
from glue_lib.shape.stream import StreamShape
from glue_lib.shape.types import EPOCHS, MOMENTS

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# Parquet takes older moments only after a choice between two calendars, and no later ones are written by people.
_FIRST, _LAST = "-2208988800000000", "253402300799999999"  # 1900-01-01 and 9999-12-31, in microseconds

_NUMBER = literal(r"^[+-]?[0-9]+(\.[0-9]+)?\z")


def versioned(keyed: "DataFrame", layout: Layout, stream: StreamShape, moment: datetime) -> "DataFrame":
    """Return keyed records as versions; `moment` is the run's, for records that tell no time."""
    micros = valid_from(layout.tables[0], stream, moment)
    key = version_key(KEY, micros)
    replaced = (KEY, ROOT_KEY)
    return keyed.selectExpr(
        f"{key} as {KEY}",
        f"{key} as {ROOT_KEY}",
        f"{KEY} as {ENTITY_KEY}",
        f"timestamp_micros({micros}) as {VALID_FROM}",
        f"{said(layout.reading)} as {SAID}",
        *(quoted(name) for name in keyed.columns if name not in replaced),
    )


def valid_from(root: TableLayout, stream: StreamShape, moment: datetime) -> str:
    """Return the SQL of the microseconds since 1970 from which on a record holds: of its first `order` field."""
    leaves = root.leaves_at(members(stream.order[0])) if stream.order else []
    form = stream.form_of(stream.order[0]) if stream.order else ""
    found = [_micros(quoted(*leaf.reads), leaf.type, form) for leaf in leaves]
    sane = [f"case when {micros} between {_FIRST} and {_LAST} then {micros} end" for micros in found]
    return f"coalesce({', '.join([*sane, f'{round(moment.timestamp() * 1_000_000)}L'])})"


def said(reading: Reading) -> str:
    """Return the SQL of a hash of all that a record says; null and absent, and an empty array, say the same.

    It depends on the values alone: neither on the types that other records of the run called for, nor on the order of
    the members.
    """
    return f"substring(sha2({_members(reading, '', 0)}, 256), 1, 32)"


def _members(reading: Reading, inside: str, depth: int) -> str:
    texts = [
        f"concat({literal(json.dumps(key) + ':')}, {_text(kind, inside + quoted(name), member, depth)})"
        for key, member in sorted(reading.fields.items())
        for kind, name in member.names.items()
    ]
    return f"concat_ws(',', {', '.join(texts)})" if texts else "''"


def _text(kind: str, value: str, reading: Reading, depth: int) -> str:
    if kind == "object":
        return f"concat('{{', nullif({_members(reading, f'{value}.', depth)}, ''), '}}')"
    if kind == "map":
        key = f"to_json(array(e{depth}.{quoted(ENTRY_NAME)}))"
        entries = f"transform({value}, e{depth} -> concat({key}, ':', {_element(reading.entry, depth)}))"
        return f"concat('{{', nullif(concat_ws(',', {entries}), ''), '}}')"
    if kind == "array":
        elements = f"transform({value}, e{depth} -> {_element(reading.element, depth)})"
        return f"concat('[', nullif(concat_ws(',', {elements}), ''), ']')"
    if kind == "string":
        # Quoted, a text ends where it ends; an array of a null would be no null.
        return f"case when {value} is not null then to_json(array({value})) end"
    return f"concat('{kind[0]}', {canonical(KeyValue(kind, value, reading.types[kind]))})"


def _element(reading: Reading | None, depth: int) -> str:
    """Return the text of an element or of an entry's value; one that says nothing still has its place."""
    assert reading is not None, "arrays and maps are read by what is in them"
    texts = [
        _text(kind, f"e{depth}.{quoted(name)}" if name else f"e{depth}", reading, depth + 1)
        for kind, name in reading.names.items()
    ]
    return f"coalesce({', '.join([*texts, literal('-')])})"


def _micros(value: str, held: str, form: str) -> str:
    is_text_of_moment = held == "string" and (form == "iso" or "%" in form)
    if held in MOMENTS or form in EPOCHS or is_text_of_moment:
        return f"try_cast({rank(value, held, form)} as bigint)"
    if form == "integer" or held == "boolean":
        return "cast(null as bigint)"
    number = _guessed(f"try_cast({value} as decimal(24,6))")
    if held != "string":
        return number
    return f"case when {value} rlike {_NUMBER} then {number} else cast({rank(value, held, 'iso')} as bigint) end"


def _guessed(number: str) -> str:
    """Return the microseconds that a number means by its size: as in seconds, milliseconds or microseconds since 1970.

    Smaller numbers, such as the count of a record's changes, are no moments.
    """
    sizes = (("1e14", 1), ("1e11", 1_000), ("1e8", 1_000_000))
    cases = (f"when {number} >= {least} then try_cast({number} * {factor} as bigint)" for least, factor in sizes)
    return f"case {' '.join(cases)} end"
