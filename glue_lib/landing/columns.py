"""Notes whole columns, all values of one path in many records, so that most of the work is done by C code.

Values come from `exact.py` (objects as pairs, numbers as written) or from `quick.py` (objects as dicts, integers as
Python's, which are exact too): the same notes come of both.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain
from re import compile as pattern
from typing import TYPE_CHECKING, Any

from glue_lib.landing.exact import Integer, Number, is_broken
from glue_lib.landing.moments import moment_of

if TYPE_CHECKING:
    from glue_lib.landing.notes import Notes

_KINDS: dict[type, str] = {
    str: "string",
    Integer: "integer",
    int: "integer",
    Number: "number",
    tuple: "object",
    dict: "object",
    list: "array",
    bool: "boolean",
    type(None): "null",
}
_NUMBER = pattern(r"-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?")
_ONES = bytes.maketrans(b"23456789", b"11111111")
_LARGEST_EXPONENT = 10**9  # beyond it every column type has long given up; the cap keeps the notes small


def see(notes: "Notes", column: Sequence[Any], *, careful: bool) -> None:
    """Note the values of one path; unless `careful`, the text in them is known to be Unicode."""
    types = set(map(type, column))
    if str in types:
        _see_texts(notes, column if len(types) == 1 else [value for value in column if type(value) is str])
    for type_ in sorted(types, key=_KINDS.__getitem__):
        same: Sequence[Any] = column if len(types) == 1 else [value for value in column if type(value) is type_]
        notes.kinds[_KINDS[type_]] = notes.kinds.get(_KINDS[type_], 0) + len(same)
        if type_ is dict:
            _see_objects(notes, list(map(tuple, same)), map(dict.values, same), careful=careful)
        elif type_ is tuple:
            names = [tuple(name for name, _ in pairs) for pairs in same]
            _see_objects(notes, names, ([value for _, value in pairs] for pairs in same), careful=careful)
        elif type_ is list:
            _see_elements(notes, list(chain.from_iterable(same)), careful=careful)
        elif type_ is int:
            _see_integers(notes, [str(min(same)), str(max(same))])
        elif type_ is Integer:
            _see_integers(notes, same)
        elif type_ is Number:
            _see_numbers(notes, same)
        elif type_ is str and careful:
            notes.broken_text = notes.broken_text or any(map(is_broken, same))


def _see_objects(
    notes: "Notes", names: list[tuple[str, ...]], values: Iterable[Iterable[Any]], *, careful: bool
) -> None:
    """Note objects, of each its names and its values."""
    alike: dict[tuple[str, ...], list[Iterable[Any]]] = {}
    if names.count(names[0]) == len(names):
        alike[names[0]] = list(values)
    else:
        for its_names, its_values in zip(names, values, strict=True):
            alike.setdefault(its_names, []).append(its_values)
    columns: dict[str, list[Any]] = {}
    for its_names, rows in alike.items():
        notes.duplicate_keys = notes.duplicate_keys or len(set(its_names)) < len(its_names)
        for name, column in zip(its_names, zip(*rows, strict=True), strict=bool(its_names)):
            columns.setdefault(name, []).extend(column)
    for name, all_values in columns.items():
        notes.broken_text = notes.broken_text or is_broken(name)
        see(notes.field_named(name), all_values, careful=careful)


def _see_elements(notes: "Notes", elements: list[Any], *, careful: bool) -> None:
    if elements:
        see(notes.elements(), elements, careful=careful)


def _see_texts(notes: "Notes", texts: Sequence[str]) -> None:
    """Note which moment all texts are; those before these are counted already."""
    if notes.moment or "string" not in notes.kinds:
        moment = moment_of(texts)
        notes.moment = moment if notes.moment in ("", moment) else ""


def _see_integers(notes: "Notes", texts: Iterable[str]) -> None:
    for text in set(texts):
        digits = len(text) - text.startswith("-")
        _see_digits(notes, digits, 0, digits)
        if digits >= 19 and (digits > 19 or not -(2**63) <= int(text) < 2**63):
            notes.over_64_bits = True


def _see_numbers(notes: "Notes", texts: Iterable[str]) -> None:
    for text in _forms(texts):
        before_point, after_point, significant, exponent = _measured(text)
        _see_digits(notes, before_point, after_point, significant)
        notes.exponent = notes.exponent or exponent


def _forms(texts: Iterable[str]) -> Iterable[str]:
    """Return numbers that measure as these do, but fewer: which digit stands where matters only if it is a zero."""
    joined = "\n".join(texts)
    if "e" in joined or "E" in joined:  # an exponent's digits are a number of their own
        return set(joined.split("\n"))
    return set(joined.encode().translate(_ONES).decode().split("\n"))


def _see_digits(notes: "Notes", before_point: int, after_point: int, significant: int) -> None:
    if before_point > notes.int_digits:
        notes.int_digits = before_point
    if after_point > notes.fraction_digits:
        notes.fraction_digits = after_point
    if significant > notes.significant_digits:
        notes.significant_digits = significant


@lru_cache(maxsize=4096)  # prices and rates repeat
def _measured(text: str) -> tuple[int, int, int, bool]:
    """Return digits before the point, after it, significant digits, and whether there is an exponent."""
    whole, fraction, exponent = _NUMBER.fullmatch(text).groups(default="")  # type: ignore[union-attr]
    significant = (whole + fraction).lstrip("0")
    if not significant:  # zero stays zero, whatever its exponent
        return 1, len(fraction), 1, bool(exponent)
    shift = _bounded(exponent)
    before_point = len(significant) - len(fraction) + shift
    return max(before_point, 1), max(len(fraction) - shift, 0), len(significant), bool(exponent)


def _bounded(exponent: str) -> int:
    """Return the exponent as an integer, capped: its digits may be as many as an API likes."""
    digits = exponent.lstrip("+-").lstrip("0")
    size = min(int(digits or "0"), _LARGEST_EXPONENT) if len(digits) < 12 else _LARGEST_EXPONENT
    return -size if exponent.startswith("-") else size
