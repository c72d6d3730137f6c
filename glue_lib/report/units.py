"""Figures as people read them: the same on a terminal and on the page."""

from glue_lib.landing.run_record import RunRecord

_BYTES = ("B", "kB", "MB", "GB", "TB")


def seconds(value: float) -> str:
    """Return a time in its largest unit or two: `0.4 s`, `42 s`, `12 min 5 s`, `3 h 20 min`."""
    if value < 10:
        return f"{value:.1f} s"
    whole = round(value)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours:,} h {minutes} min" if minutes else f"{hours:,} h"


def axis_seconds(value: float) -> str:
    """Return a time as an axis has room for: `2.5 min`."""
    for unit, one in (("h", 3600), ("min", 60)):
        if value >= 2 * one:
            return f"{value / one:.1f}".removesuffix(".0") + f" {unit}"
    return f"{value:g} s"


def size(value: float) -> str:
    """Return a number of bytes in its largest unit: `512 B`, `1.5 MB`."""
    for unit in _BYTES:
        if value < 1000 or unit == _BYTES[-1]:
            break
        value /= 1000
    return f"{value:.0f} {unit}" if unit == "B" or value >= 100 else f"{value:.1f} {unit}"


def count(value: float) -> str:
    """Return a whole number with its thousands apart."""
    return f"{value:,.0f}"


def short(value: float) -> str:
    """Return a number in at most four characters or so, as an axis has room for: `950`, `1.5k`, `20M`."""
    for unit, one in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if value >= one:
            return f"{value / one:.1f}".removesuffix(".0") + unit
    return f"{value:g}" if value >= 10 or value == int(value) else f"{value:.2g}"


def money(value: float) -> str:
    """Return dollars, with as many places as it takes to be more than nothing."""
    return f"${value:,.2f}" if value >= 0.1 or value == 0 else f"${value:.4f}"


def rows(record: RunRecord) -> str:
    """Return what became of rows: `+13 ~2 −1`."""
    parts = (("+", record.rows_inserted), ("~", record.rows_updated), ("−", record.rows_deleted))
    return " ".join(f"{sign}{count(number)}" for sign, number in parts if number) or "0"
