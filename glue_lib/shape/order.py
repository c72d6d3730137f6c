"""Which of two records of one key is the newer: values compared as instants or numbers, never as text.

Every value becomes one number, microseconds for instants, so that a record that arrives can be held against a stored
row whose column has another type. What cannot be read as an instant or a number counts as older than all that can.
"""

ORDER_TYPE = "decimal(38,6)"

_NUMERIC = r"^[+-]?[0-9]+(\\.[0-9]+)?$"
_JAVA = {
    "Y": "yyyy", "y": "yy", "m": "MM", "d": "dd", "H": "HH", "I": "hh", "M": "mm", "S": "ss", "f": "SSSSSS",
    "p": "a", "b": "MMM", "B": "MMMM", "j": "DDD", "z": "[XXX][XX][X]", "Z": "z", "%": "%",
}  # fmt: skip


def rank(value: str, held: str, form: str = "") -> str:
    """Return the SQL of the number that an order value of the type `held` stands for.

    `form` is the cursor's format: `iso`, `epoch_s`, `epoch_ms`, `integer`, a strftime pattern, or empty where the
    field is no cursor; then text that reads as a number is one.
    """
    if held in ("timestamp", "date"):
        return _micros(f"cast({value} as timestamp)")
    if held != "string":
        return f"try_cast({value} as {ORDER_TYPE})"
    if form.startswith("epoch") or form == "integer":
        return f"try_cast({value} as {ORDER_TYPE})"
    if "%" in form:
        return _micros(f"try_to_timestamp({value}, '{java_pattern(form)}')")
    instant = _micros(f"try_cast({value} as timestamp)")
    if form == "iso":
        return instant
    return f"case when {value} rlike '{_NUMERIC}' then try_cast({value} as {ORDER_TYPE}) else {instant} end"


def java_pattern(strftime: str) -> str:
    """Return a strftime pattern as Java writes it: `%Y-%m-%d %H:%M` → `yyyy-MM-dd HH:mm`."""
    pattern = ""
    steps = iter(strftime)
    for step in steps:
        if step == "%":
            pattern += _JAVA[next(steps)]
        else:
            pattern += f"''{step}''" if step.isalpha() else step
    return pattern


def _micros(instant: str) -> str:
    return f"cast(unix_micros({instant}) as {ORDER_TYPE})"
