"""JSON as the model reads it: numbers stay as they were written, and a type is chosen by what all of a run say."""

import json
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

EACH = None  # the step from an array into its elements
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
            return all(digits(number) <= 15 for number in self.numbers)
        precision, scale = decimal_of(type_)
        whole, after = max(map(whole_digits, self.numbers)), max(map(places, self.numbers))
        return whole <= precision - scale and after <= scale


def look(value: Any, seen: dict, path: tuple = ()) -> None:
    """Note what stands at each path."""
    here = seen.setdefault(path, Seen())
    here.kinds.add(kind(value))
    if kind(value) == "number":
        here.numbers.append(value)
    elif kind(value) == "object":
        here.keys |= set(value)
        for key, below in value.items():
            look(below, seen, (*path, key))
    elif kind(value) == "array":
        for element in value:
            look(element, seen, (*path, EACH))


def stored(value: Any, read_as: str, type_: str) -> Any:
    """Return the value as a column of this type gives it back, or None where that is not exactly the value."""
    if kind(value) != "number":
        return value
    if type_ == "string":
        return str(value)
    number = Decimal(value)
    if type_ == "bigint":
        is_plain = read_as != "string" or "." not in value
        return int(number) if is_plain and number == int(number) and -(2**63) <= number < 2**63 else None
    if type_ == "double":
        return float(number) if Decimal(repr(float(number))) == number and abs(number) < 10**15 else None
    precision, scale = decimal_of(type_)
    scaled = number * 10**scale
    return number if scaled == int(scaled) and abs(scaled) < 10**precision else None


def places(number: str) -> int:
    return len(number.partition(".")[2])


def whole_digits(number: str) -> int:
    return len(number.lstrip("-").partition(".")[0])


def digits(number: str) -> int:
    return len(re.sub(r"\D", "", number).lstrip("0")) or 1


def is_64_bits(number: str) -> bool:
    return "." not in number and -(2**63) <= int(number) < 2**63


def decimal_of(type_: str) -> tuple[int, int]:
    precision, scale = re.findall(r"\d+", type_)
    return int(precision), int(scale)
