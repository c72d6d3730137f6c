"""Which of two records of one key is the newer: values compared as instants or numbers, never as text.

Every value becomes one number, microseconds for instants, so that a record that arrives can be held against a stored
row whose column has another type. What cannot be read as an instant or a number counts as older than all that can.
What is finer than a microsecond stays behind the point: of two records in one microsecond the older one never wins.
"""

from glue_lib.shape.sql import literal
from glue_lib.shape.strftime import java_pattern, texts
from glue_lib.shape.types import EPOCHS, MOMENTS

ORDER_TYPE = "decimal(38,12)"

_COUNTED = "decimal(32,18)"  # seconds or milliseconds, before they become microseconds
_MINUTE, _DAY = 60_000_000, 86_400_000_000

_NUMBER = literal(r"^[+-]?[0-9]+(\.[0-9]+)?\z")
_INSTANT = literal(r"^\s*[0-9]{4,6}-")  # what else Spark reads, such as `08:30`, would be a time of today
_FINER = literal(r"[.][0-9]{6}([0-9]{1,12})")
_LEAP = literal(r"^(.*[T ][0-9]{2}:[0-9]{2}):60")
_MIDNIGHT = literal(r"^(.*[T ])24:(00(:00([.]0*)?)?([^0-9.:].*)?)\z")
_PLAIN_LENGTH = len("2026-01-31T08:30:00.123456")


def rank(value: str, held: str, form: str = "") -> str:
    """Return the SQL of the number that an order value of the type `held` stands for.

    `form` is the cursor's format: `iso`, `epoch_s`, `epoch_ms`, `integer`, a strftime pattern, or empty where the
    field is no cursor; then text that reads as a number is one.
    """
    if held in MOMENTS:
        return _micros(f"cast({value} as timestamp)")
    if form in EPOCHS:
        return f"try_cast(try_cast({value} as {_COUNTED}) * {EPOCHS[form]} as {ORDER_TYPE})"
    number = f"try_cast({value} as {ORDER_TYPE})"
    if held != "string" or form == "integer":
        return number
    if "%" in form:
        instant = f"try_to_timestamp({value}, {literal(java_pattern(form))})"
        return f"case when {value} rlike {literal(texts(form))} then {_micros(instant)} end"
    instant = _instant(value)
    return instant if form == "iso" else f"case when {value} rlike {_NUMBER} then {number} else {instant} end"


def _instant(value: str) -> str:
    """Return the microseconds of an ISO text; a leap second and 24 o'clock are those of the next minute and day."""
    read = f"unix_micros(try_cast({value} as timestamp))"
    leap = f"try_add(unix_micros(try_cast(regexp_replace({value}, {_LEAP}, '$1:00') as timestamp)), {_MINUTE})"
    midnight = f"try_add(unix_micros(try_cast(regexp_replace({value}, {_MIDNIGHT}, '$100:$2') as timestamp)), {_DAY})"
    rare = f"case when {value} rlike {_LEAP} then {leap} when {value} rlike {_MIDNIGHT} then {midnight} end"
    finer = f"concat('0.', regexp_extract({value}, {_FINER}, 1))"
    behind = (
        f"case when length({value}) > {_PLAIN_LENGTH} then coalesce(try_cast({finer} as decimal(12,12)), 0) else 0 end"
    )
    return f"case when {value} rlike {_INSTANT} then cast(coalesce({read}, {rare}) + {behind} as {ORDER_TYPE}) end"


def _micros(instant: str) -> str:
    return f"cast(unix_micros({instant}) as {ORDER_TYPE})"
