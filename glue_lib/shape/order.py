"""Which of two records of one key is the newer: values compared as instants or numbers, never as text.

Every value becomes one number, microseconds for instants, so that a record that arrives can be held against a stored
row whose column has another type. What cannot be read as an instant or a number counts as older than all that can.
"""

from glue_lib.shape.sql import literal
from glue_lib.shape.strftime import java_pattern, texts

ORDER_TYPE = "decimal(38,6)"

_NUMBER = literal(r"^[+-]?[0-9]+(\.[0-9]+)?\z")


def rank(value: str, held: str, form: str = "") -> str:
    """Return the SQL of the number that an order value of the type `held` stands for.

    `form` is the cursor's format: `iso`, `epoch_s`, `epoch_ms`, `integer`, a strftime pattern, or empty where the
    field is no cursor; then text that reads as a number is one.
    """
    if held in ("timestamp", "date"):
        return _micros(f"cast({value} as timestamp)")
    number = f"try_cast({value} as {ORDER_TYPE})"
    if held != "string" or form.startswith("epoch") or form == "integer":
        return number
    if "%" in form:
        instant = f"try_to_timestamp({value}, {literal(java_pattern(form))})"
        return f"case when {value} rlike {literal(texts(form))} then {_micros(instant)} end"
    instant = _micros(f"try_cast({value} as timestamp)")
    return instant if form == "iso" else f"case when {value} rlike {_NUMBER} then {number} else {instant} end"


def _micros(instant: str) -> str:
    return f"cast(unix_micros({instant}) as {ORDER_TYPE})"
