"""Conversions that give null instead of an inexact value: what a column cannot hold goes on to its next target.

Spark's own casts round decimals, wrap integers and turn what they cannot read into null without a word; each
conversion here is a cast together with the proof that nothing was lost. They are SQL texts, since only SQL has
`try_cast` in Spark 3.5, which gives null on failure whatever the session says of ANSI.
"""

from glue_lib.shape.sql import literal
from glue_lib.shape.types import EPOCHS, FIRST_MICROS, LAST_MICROS, TEXT, UTC, column_type, decimal_digits, is_number

_SAFE_INTEGER = 2**53  # the largest integer below which a double holds every integer

# No older moments, as `types` says.
_DAY = r"(190[1-9]|19[1-9][0-9]|[2-9][0-9]{3})-[0-9]{2}-[0-9]{2}"

# As many digits after the point as there are microseconds in one.
_COUNTED = {"epoch_s": "decimal(24,6)", "epoch_ms": "decimal(24,3)"}

_PATTERNS = {
    "bigint": r"[+-]?[0-9]+",
    "boolean": r"(?i)(true|false)",
    "date": _DAY,
    # Spark keeps microseconds: a seventh digit would be lost.
    "timestamp": _DAY + r"([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6}0*)?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?",
    UTC: _DAY + r"T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|\+00:00)",
    # Every number of 15 significant digits survives a double; the zeros before them do not count.
    "double": r"[+-]?0*\.?0*[0-9]?(\.?[0-9]){0,14}([eE][+-]?[0-9]{1,2})?",
}


def exactly(value: str, held: str, wanted: str) -> str:
    """Return the SQL of a value of the type `held` as `wanted`, null where that type cannot hold it exactly."""
    if held == wanted:
        return value
    if wanted in EPOCHS:
        return _since_1970(value, held, wanted)
    cast = f"try_cast({value} as {column_type(wanted)})"
    if wanted == TEXT:
        return cast
    if held == TEXT:
        return f"case when {_is_held(value, cast, wanted)} then {cast} end"
    if held == "bigint" and wanted == "double":
        return f"case when {value} between -{_SAFE_INTEGER} and {_SAFE_INTEGER} then {cast} end"
    if is_number(held) and is_number(wanted):
        return f"case when try_cast({cast} as {held}) = {value} then {cast} end"
    return f"cast(null as {column_type(wanted)})"


def first_held(value: str, held: str, types: tuple[str, ...]) -> tuple[str, ...]:
    """Return, for columns of these types, the SQL of each: the value in the first that holds it, else null."""
    tries = [exactly(value, held, kind) for kind in types]
    chain = []
    for place, tried in enumerate(tries):
        before = " and ".join(f"({earlier}) is null" for earlier in tries[:place])
        chain.append(f"case when {before} then {tried} end" if before else tried)
    return tuple(chain)


def pattern(wanted: str) -> str:
    """Return the regular expression of the texts that `wanted` is sure to hold exactly, as far as it can read them."""
    digits = decimal_digits(wanted)
    if digits is None:
        return rf"^{_PATTERNS[wanted]}\z"  # `$` would let a line break pass
    precision, scale = digits
    return rf"^[+-]?0*[0-9]{{0,{precision - scale}}}(\.[0-9]{{0,{scale}}}0*)?\z"


def _is_held(value: str, cast: str, wanted: str) -> str:
    matches = f"{value} rlike {literal(pattern(wanted))}"
    if column_type(wanted) == "timestamp":  # an offset may lead out of the years that the text names
        return f"{matches} and unix_micros({cast}) between {FIRST_MICROS} and {LAST_MICROS}"
    # Languages write a double with up to 17 digits, as `0.30000000000000004`: those are exact if they come back.
    is_own = f"({value} rlike '^-?[0-9]' and cast({cast} as string) = {value})"
    return f"({matches} or {is_own})" if wanted == "double" else matches


def _since_1970(value: str, held: str, wanted: str) -> str:
    """Return the SQL of the moment that a count of seconds or milliseconds means, null where microseconds do not do."""
    if held != TEXT and not is_number(held):
        return "cast(null as timestamp)"
    number = exactly(value, held, _COUNTED[wanted])
    micros = f"try_cast({number} * {EPOCHS[wanted]} as bigint)"
    return f"case when {micros} between {FIRST_MICROS} and {LAST_MICROS} then timestamp_micros({micros}) end"
