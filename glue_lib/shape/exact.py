"""Conversions that give null instead of an inexact value: what a column cannot hold goes on to its next target.

Spark's own casts round decimals, wrap integers and turn what they cannot read into null without a word; each
conversion here is a cast together with the proof that nothing was lost. They are SQL texts, since only SQL has
`try_cast` in Spark 3.5, which gives null on failure whatever the session says of ANSI.
"""

from glue_lib.shape.types import TEXT, decimal_digits, is_number

_SAFE_INTEGER = 2**53  # the largest integer below which a double holds every integer

_PATTERNS = {
    "bigint": r"^[+-]?[0-9]+$",
    "boolean": r"^(?i)(true|false)$",
    "date": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    # Spark keeps microseconds: a seventh digit would be lost.
    "timestamp": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,6}0*)?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?$",
    # A double keeps 17 significant digits apart; the zeros before them do not count.
    "double": r"^[+-]?0*\\.?0*[0-9]?(\\.?[0-9]){0,16}([eE][+-]?[0-9]{1,2})?$",
}


def exactly(value: str, held: str, wanted: str) -> str:
    """Return the SQL of a value of the type `held` as `wanted`, null where that type cannot hold it exactly."""
    if held == wanted:
        return value
    cast = f"try_cast({value} as {wanted})"
    if wanted == TEXT:
        return cast
    if held == TEXT:
        return f"case when {value} rlike '{pattern(wanted)}' then {cast} end"
    if held == "bigint" and wanted == "double":
        return f"case when {value} between -{_SAFE_INTEGER} and {_SAFE_INTEGER} then {cast} end"
    if is_number(held) and is_number(wanted):
        return f"case when try_cast({cast} as {held}) = {value} then {cast} end"
    return f"cast(null as {wanted})"


def first_held(value: str, held: str, types: tuple[str, ...]) -> tuple[str, ...]:
    """Return, for a chain of columns with these types, the SQL of each: the value in the first that holds it, else null."""
    tries = [exactly(value, held, kind) for kind in types]
    chain = []
    for place, tried in enumerate(tries):
        before = " and ".join(f"({earlier}) is null" for earlier in tries[:place])
        chain.append(f"case when {before} then {tried} end" if before else tried)
    return tuple(chain)


def pattern(wanted: str) -> str:
    """Return the regular expression, as an SQL literal's text, of the texts that `wanted` holds exactly."""
    digits = decimal_digits(wanted)
    if digits is None:
        return _PATTERNS[wanted]
    precision, scale = digits
    return rf"^[+-]?0*[0-9]{{0,{precision - scale}}}(\\.[0-9]{{0,{scale}}}0*)?$"
