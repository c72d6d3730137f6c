"""Which Spark type holds the values of a path exactly, told from the type notes alone.

Integers are `bigint`, beyond 64 bits `decimal(38,0)`, beyond that their text. Numbers with a fraction are `double`
when every one of them survives it (at most 15 significant digits), else `decimal(38,s)`, else their text.
"""

import re

from glue_lib.landing.notes import Notes

TEXT = "string"
"""The type that holds anything: numbers that no number type holds are kept as they were written."""

DOUBLE_DIGITS = 15  # every decimal number of up to 15 significant digits survives IEEE 754 binary64 and back
DOUBLE_RANGE = 290  # decimal places on either side of the point that stay clear of overflow and of denormals
MOST_DIGITS = 38

EPOCHS = {"epoch_s": 1_000_000, "epoch_ms": 1_000}
"""What may be demanded of numbers that count from 1970: they become a `timestamp`; by each, its microseconds."""

UTC = "utc"
"""What undeclared texts must be to become a `timestamp`: by UTC, so that no offset is lost and no zone guessed."""

MOMENTS = ("timestamp", "date")
FIRST_MICROS, LAST_MICROS = -2_177_452_800_000_000, 253_402_300_799_999_999
"""From 1901 to 9999: Parquet takes older ones only after a choice between two calendars, and few readers take later."""

_DECIMAL = re.compile(r"decimal\((\d+),(\d+)\)\Z")


def natural(notes: Notes) -> str:
    """Return the type that a path's numbers get when nobody says otherwise."""
    for kind in ("bigint", f"decimal({MOST_DIGITS},0)", "double", f"decimal({MOST_DIGITS},{notes.fraction_digits})"):
        if holds(kind, notes):
            return kind
    return TEXT


def holds(kind: str, notes: Notes) -> bool:
    """Say whether the notes prove that `kind` holds every number of the path exactly."""
    whole = notes.fraction_digits == 0 and not notes.exponent
    if kind == "bigint":
        return whole and not notes.over_64_bits
    if kind == "double":
        return (
            notes.significant_digits <= DOUBLE_DIGITS
            and notes.int_digits <= DOUBLE_RANGE
            and notes.fraction_digits <= DOUBLE_RANGE
        )
    digits = decimal_digits(kind)
    if digits is None or notes.exponent:
        return False
    precision, scale = digits
    return precision <= MOST_DIGITS and notes.int_digits <= precision - scale and notes.fraction_digits <= scale


def decimal_digits(kind: str) -> tuple[int, int] | None:
    """Return precision and scale of `decimal(p,s)`, or None for another type."""
    match = _DECIMAL.match(kind)
    return (int(match[1]), int(match[2])) if match else None


def is_number(kind: str) -> bool:
    """Say whether a column of this type holds numbers."""
    return kind in ("bigint", "double") or decimal_digits(kind) is not None


def column_type(wanted: str) -> str:
    """Return the type of a column of which this is demanded."""
    return "timestamp" if wanted == UTC or wanted in EPOCHS else wanted


def family(kind: str) -> str:
    """Return the word that names a variant column of this type: `decimal` for `decimal(38,4)`."""
    return kind.partition("(")[0]
