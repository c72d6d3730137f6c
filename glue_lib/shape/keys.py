"""Keys that stay the same from run to run: hashes of what identifies a row in the source.

A root's `_hw_key` is the hex of the first 128 bits of SHA-256 over the canonical JSON of its key values, each tagged
with its kind, so that `12` and `"12"` differ, and `12` and `12.0` do not. A child's hashes its parent's key, its array
and its place there: its position, or what identifies it among the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from glue_lib.shape.exact import exactly
from glue_lib.shape.sql import literal
from glue_lib.shape.types import TEXT, decimal_digits

_TAGS = {"string": "s", "number": "n", "boolean": "b"}
# Zeros that only the scale of a type puts after the point; a small or large number may have an exponent behind them.
_PADDING = literal(r"(\.[0-9]*[1-9])0+(E.*)?\z|\.0+(E.*)?\z")

# After as many digits as that behind the point, Spark writes a decimal with an exponent, as it always does a double.
_PLAIN, _SMALL = "decimal(38,6)", "decimal(38,30)"


@dataclass(frozen=True)
class KeyValue:
    """A key column as one kind of value: its SQL, null where a record has another kind, and the type it was read as."""

    kind: str
    sql: str
    type: str


def root_key(columns: Sequence[Sequence[KeyValue]], refusal: str) -> str:
    """Return the SQL of a root's key; per key column, its value as each kind it was seen as.

    Type notes are counts, so a record without a key can hide behind one that has it twice: such a one ends the load
    with the text `refusal`.
    """
    tagged = [", ".join(map(_tagged, kinds)) for kinds in columns]
    refused = f"cast(raise_error({literal(refusal)}) as string)"
    values = [f"coalesce({kinds}, {refused})" for kinds in tagged]
    if any(value.kind == "string" for kinds in columns for value in kinds):
        return _digest(f"to_json(array({', '.join(values)}))")
    # Nothing in it is to be escaped, and Spark compiles this into the code of the whole plan.
    between = """, '","', """
    return _digest(f"""concat('["', {between.join(values)}, '"]')""")


def place_key(run_id: str, slice_number: str, part: str, line: str) -> str:
    """Return the SQL of the key of a record that nothing identifies but where it was landed."""
    return _digest(f"concat_ws('/', {literal(run_id)}, {slice_number}, {part}, {line})")


def child_key(parent: str, array: str, place: str) -> str:
    """Return the SQL of a child's key: under its parent's key, in the array of this name, at this place."""
    return _digest(f"concat_ws('/', {parent}, {literal(array)}, {place})")


def element_key(fields: Sequence[Sequence[KeyValue]]) -> str:
    """Return the SQL of what identifies an element in its array, per field as each kind it was seen as.

    It is null where a field is missing. As JSON of an array it never looks like a position.
    """
    tagged = [f"coalesce({', '.join([*map(_tagged, kinds), 'cast(null as string)'])})" for kinds in fields]
    is_there = " and ".join(f"{one} is not null" for one in tagged)
    return f"case when {is_there} then to_json(array({', '.join(tagged)})) end"


def told_apart(owns: str) -> str:
    """Return the SQL of an array of elements' own keys, each made unique within it.

    One that is missing, or stands there already, gets the position behind it: all elements are kept, and no other key
    changes for their sake.
    """
    first = f"array_position({owns}, own)"
    apart = f"case when {first} = place + 1 then own else concat(coalesce(own, ''), '#', place) end"
    numbered = f"transform({owns}, (own, place) -> {apart})"
    is_unique = f"size(array_distinct({owns})) = size({owns}) and not array_contains({owns}, cast(null as string))"
    return f"case when {is_unique} then {owns} else {numbered} end"


def version_key(entity: str, valid_from_micros: str) -> str:
    """Return the SQL of the key of a version: of the record of that key, as it was from a moment on."""
    return _digest(f"concat_ws('/', {entity}, {valid_from_micros})")


def _tagged(value: KeyValue) -> str:
    return f"concat('{_TAGS[value.kind]}:', {canonical(value)})"


def canonical(value: KeyValue) -> str:
    """Return the SQL of a text that does not depend on the type which the other records of the run called for."""
    plain = f"cast({value.sql} as string)"
    if value.kind != "number" or value.type == "bigint":
        return plain
    return f"regexp_replace({_written(value.sql, value.type)}, {_PADDING}, '$1$2$3')"


def _written(sql: str, type_: str) -> str:
    """Return the SQL of a number as text: as the first of some types writes it that holds it exactly."""
    tries = [(exactly(sql, type_, one), one) for one in ((_PLAIN, _SMALL) if type_ == TEXT else (_PLAIN,))]
    texts = [_as_text(tried, one) for tried, one in tries]
    if type_ == TEXT:  # what has an exponent is a double, where all others of a run let it be one
        texts.append(_written(exactly(sql, TEXT, "double"), "double"))
    return f"coalesce({', '.join([*texts, _as_text(sql, type_)])})"


def _as_text(number: str, type_: str) -> str:
    """Return the SQL of a number as text. A cast writes small decimals with an exponent only where ANSI is off."""
    if not decimal_digits(type_) or type_ == _PLAIN:
        return f"cast({number} as string)"
    return f"case when {number} is not null then format_string('%s', {number}) end"


def _digest(text: str) -> str:
    return f"substring(sha2({text}, 256), 1, 32)"
