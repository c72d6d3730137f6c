"""JSON as the model reads it: numbers stay as they were written, and a type is chosen by what all of a run say."""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any


class Inside(Enum):
    """A step of a path that is no key."""

    EACH = "[]"  # from an array into its elements
    ENTRY = "{}"  # from a map to the values of its entries
    KEY = "~"  # behind `ENTRY`: the key of an entry


EACH, ENTRY, ENTRY_KEY = Inside.EACH, Inside.ENTRY, Inside.KEY
ROWS = (EACH, ENTRY)  # the steps into another table
SCALARS = ("string", "number", "boolean")


class Written(str):
    """A number as it stands in the text."""


def read(line: str) -> Any:
    return json.loads(line, parse_int=Written, parse_float=Written)


def kind(value: Any) -> str:
    names = {Written: "number", str: "string", bool: "boolean", dict: "object", list: "array"}
    return names.get(type(value), "null")


@dataclass
class Seen:
    """What stood at one path in any record of a run, bad ones and losers too."""

    kinds: set[str] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)
    numbers: list[Written] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def moment(self) -> str:
        """The type of moment that all texts are beyond doubt."""
        for type_, read in (("timestamp", utc), ("date", day)):
            if self.texts and all(read(text) is not None for text in self.texts):
                return type_
        return ""

    @property
    def natural(self) -> str:
        """The type of a column that only these numbers go to."""
        return next((one for one in self._types() if self.all_fit(one)), "string")

    def _types(self) -> list[str]:
        return ["bigint", "decimal(38,0)", "double", f"decimal(38,{max(map(places, self.numbers))})"]

    def all_fit(self, type_: str) -> bool:
        """Whether it is certain, by the digits alone, that the type holds each of them."""
        if type_ == "string":
            return True
        if type_ == "bigint":
            return all(is_64_bits(number) for number in self.numbers)
        if type_ == "double":
            return all(digits(number) <= 15 and _is_ordinary(number) for number in self.numbers)
        if any("e" in number.lower() for number in self.numbers):
            return False
        precision, scale = decimal_of(type_)
        whole, after = max(map(whole_digits, self.numbers)), max(map(places, self.numbers))
        return whole <= precision - scale and after <= scale


def look(value: Any, seen: dict, path: tuple = (), maps: Collection[tuple] = ()) -> None:
    """Note what stands at each path."""
    here = seen.setdefault(path, Seen())
    here.kinds.add("map" if path in maps and kind(value) == "object" else kind(value))
    if kind(value) == "number":
        here.numbers.append(value)
    elif kind(value) == "string":
        here.texts.append(value)
    elif kind(value) == "object":
        for key, below in value.items():
            if path in maps:
                look(key, seen, (*path, ENTRY, ENTRY_KEY), maps)
                look(below, seen, (*path, ENTRY), maps)
            else:
                here.keys.add(key)
                look(below, seen, (*path, key), maps)
    elif kind(value) == "array":
        for element in value:
            look(element, seen, (*path, EACH), maps)


def stored(value: Any, read_as: str, type_: str, rule: str = "") -> Any:
    """Return the value as a column of this type gives it back, or None where that is not exactly the value.

    `rule` says of a column of moments what it takes: counts of seconds, or texts by UTC.
    """
    if type_ == "timestamp" and rule == "epoch_s":
        return _since_1970(value)
    if type_ in ("timestamp", "date"):
        return (utc if type_ == "timestamp" else day)(value) if kind(value) == "string" else None
    if kind(value) != "number":
        return value
    if type_ == "string":
        return str(value)
    has_exponent, number = "e" in value.lower(), Decimal(value)
    if type_ == "bigint":
        is_plain = read_as != "string" or not ("." in value or has_exponent)
        return int(number) if is_plain and number == int(number) and -(2**63) <= number < 2**63 else None
    if type_ == "double":
        is_large = abs(number) >= 10**15 and not has_exponent
        is_held = digits(value) <= 15 if has_exponent else Decimal(repr(float(number))) == number
        return float(number) if is_held and not is_large and _is_ordinary(value) else None
    if read_as == "string" and has_exponent:
        return None
    precision, scale = decimal_of(type_)
    scaled = number.scaleb(scale)
    return number if scaled == scaled.to_integral_value() and abs(scaled) < 10**precision else None


def _since_1970(value: Any) -> int | None:
    if not (kind(value) == "number" or (kind(value) == "string" and re.fullmatch(r"[+-]?\d*(\.\d*)?", value))):
        return None
    try:
        micros = Decimal(value).scaleb(6)
    except ArithmeticError:
        return None
    is_whole = abs(micros) < 10**24 and micros == micros.to_integral_value()
    return int(micros) if is_whole and -2_177_452_800_000_000 <= micros <= 253_402_300_799_999_999 else None


def utc(text: str) -> int | None:
    """Return the microseconds of a text that is a moment by UTC beyond doubt."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|\+00:00)", text):
        return None
    try:
        return round(datetime.fromisoformat(text).astimezone(UTC).timestamp() * 1_000_000)
    except ValueError:
        return None


def day(text: str) -> date | None:
    """Return the date that a text is."""
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        return None


def _parts(number: str) -> tuple[str, str, int]:
    """Return the digits before and after the point, and the exponent."""
    mantissa, _, exponent = number.lower().lstrip("-").partition("e")
    whole, _, fraction = mantissa.partition(".")
    return whole, fraction, int(exponent or 0)


def places(number: str) -> int:
    _, fraction, exponent = _parts(number)
    return max(len(fraction) - exponent, 0)


def whole_digits(number: str) -> int:
    whole, fraction, exponent = _parts(number)
    return max(len((whole + fraction).lstrip("0")) - len(fraction) + exponent, 1)


def digits(number: str) -> int:
    whole, fraction, _ = _parts(number)
    return len((whole + fraction).lstrip("0")) or 1


def _is_ordinary(number: str) -> bool:
    """Whether a double is far from its limits."""
    return whole_digits(number) <= 290 and places(number) <= 290


def is_64_bits(number: str) -> bool:
    return not {".", "e"} & set(number.lower()) and -(2**63) <= int(number) < 2**63


def decimal_of(type_: str) -> tuple[int, int]:
    precision, scale = re.findall(r"\d+", type_)
    return int(precision), int(scale)
