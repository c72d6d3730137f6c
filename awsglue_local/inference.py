"""JSON texts to records as Glue's parser reads them, their types, and how differing types fit one Spark schema.

It runs inside Spark's Python workers, which may not have this package: it needs nothing but Python's own library, and
what is sent along with it.
A type is described by plain tuples, so that the many records of one make count once: `("struct", (("id", "int"),))`.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from awsglue_local.json_path import Step, matches

INT, LONG, DECIMAL = 2**31, 2**63, 10**38
ATOMS: dict[type, str] = {type(None): "null", bool: "boolean", str: "string", float: "double", bytes: "binary"}
CANNOT_HOLD = "a record cannot hold"
BAD, ODD = "bad", "odd"  # no record at all; records that Spark's own reader would cut out of the text differently
NO_TEXT = "\ufffd"  # what stands for bytes that are no UTF-8, at which Spark's own reader would break off
MOST_LINES = 500  # of one record, where records are said to be one a line

Parsed = tuple[Any, str, int]
_BLANK = re.compile(r"[ \t\r\n\ufeff]*")  # and the mark that some programs begin a file with
_NAME = re.compile(r'\s*,?\s*("(?:[^"\\]|\\.)*")\s*:\s*')
_TEXT_OR_BARE_NAME = re.compile(r'("(?:[^"\\]|\\.)*"?)|(?<=[{,\s])([\w$@#*+-]+)(?=\s*:)')


def parsed(rows: Iterable[Sequence[Any]], folders: Sequence[str] = (), path: tuple[Step, ...] = ()) -> Iterator[Parsed]:
    """Yield (record, "", lines) for every record of the texts, and (fields so far, error, lines) for what is none.

    `lines` is 0 for records that share their line, other than in one array, or whose text is not whole.

    A row is (text, file, value of each folder); the path leads from a value to its records. Like Glue's, the parser
    goes on into the next line where a record does not end; when it breaks there, both lines are lost, and that is one
    error.
    """
    held, where, lines = "", None, 0
    for text, file, *named in rows:
        if held and file != where:
            yield _so_far(held), f"unexpected end of {where}", lines
            held, lines = "", 0
        where, lines = file, lines + 1
        found, values, held, broken, error = _values(f"{held}\n{text}" if held else text, path)
        told = 0 if values != 1 or NO_TEXT in text else lines
        for record in found:
            if isinstance(record, dict):
                yield {**record, **dict(zip(folders, named, strict=True))} if folders else record, "", told
            elif not error:
                yield {}, f"a record is a JSON object, this is `{str(record)[:50]}`", lines
        if error:
            yield _so_far(broken), error, lines
        if lines > MOST_LINES:
            raise ValueError(f"json source: {file}: a record has more than {MOST_LINES} lines; "
                             "pass format_options={'multiline': True}")  # fmt: skip
        lines = lines if held else 0
    if held.strip():
        yield _so_far(held), f"unexpected end of {where}", lines


def _values(text: str, path: tuple[Step, ...]) -> tuple[list[Any], int, str, str, str]:
    """Return the records of a text, in how many values, what runs on behind it, what broke in it, and how."""
    found: list[Any] = []
    count = 0
    decoder = json.JSONDecoder()
    position = _BLANK.match(text).end()  # type: ignore[union-attr]
    while position < len(text):
        try:
            value, position = decoder.raw_decode(text, position)
        except json.JSONDecodeError as error:
            quoted = text[:position] + _with_quotes(text[position:]) if "property name" in error.msg else text
            if quoted != text:
                text = quoted
                continue
            if not text[error.pos :].strip(" \t\r\n,"):
                return found, count, text[position:], "", ""
            return found, count, "", text[position:], str(error)
        except (ValueError, RecursionError) as error:  # more digits, or a deeper nesting, than Python reads
            return found, count, "", text[position:], str(error)
        count += 1
        for part in matches(value, path):
            found.extend(part if isinstance(part, list) else [part])
        position = _BLANK.match(text, position).end()  # type: ignore[union-attr]
    return found, count, "", "", ""


def _with_quotes(text: str) -> str:
    """Return the text with quotes around the names that lack them, which Glue's parser takes too."""
    return _TEXT_OR_BARE_NAME.sub(lambda found: found[1] or f'"{found[2]}"', text)


def _so_far(text: str) -> dict[str, Any]:
    """Return the fields of an object that stand before the place where it breaks."""
    fields: dict[str, Any] = {}
    position = text.find("{") + 1
    while name := _NAME.match(text, position):
        try:
            fields[json.loads(name[1])], position = json.JSONDecoder().raw_decode(text, name.end())
        except (ValueError, RecursionError):
            break
    return fields


def shapes(found: Iterable[Parsed]) -> Iterator[Any]:
    """Yield each shape of record once, in the order in which it was first seen; BAD and ODD where there are such."""
    seen: dict[Any, None] = {}
    for record, error, lines in found:
        seen[BAD if error else shape(record)] = None
        if lines != 1:
            seen[ODD] = None
    return iter(seen)


def shape(value: Any) -> Any:
    if isinstance(value, dict):
        return "struct", tuple((str(name), shape(member)) for name, member in value.items())
    if isinstance(value, list | tuple):
        return "array", tuple(dict.fromkeys(shape(element) for element in value))
    return _decimal(value) if isinstance(value, Decimal) else atom(value)


def _decimal(value: Decimal) -> Any:
    """Return a decimal's digits before and behind the point."""
    _, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        raise TypeError(f"{CANNOT_HOLD} the decimal {value}")
    return "decimal", max(len(digits) + exponent, 0), max(-exponent, 0)


def atom(value: Any) -> str:
    """Return the type of a value that has no parts, by Glue's rule: an integer is as short as it can be."""
    known = ATOMS.get(type(value))
    if known:
        return known
    if isinstance(value, datetime):
        return "timestamp"
    if isinstance(value, date):
        return "date"
    if isinstance(value, bytearray):
        return "binary"
    if isinstance(value, Decimal):
        return "decimal"
    if not isinstance(value, int):
        raise TypeError(f"{CANNOT_HOLD} a {type(value).__name__}")
    if -INT <= value < INT:
        return "int"
    if -LONG <= value < LONG:
        return "long"
    return "decimal" if -DECIMAL < value < DECIMAL else "double"


def wrap(value: Any, plan: Any) -> Any:
    """Return the value with those of open choices inside an object that says their type.

    The plan says where: None leaves a value; `{"choice": …}`, `{"struct": …}`, `{"array": …}`, `{"map": …}`.
    """
    if plan is None or value is None:
        return value
    if "struct" in plan:
        return {name: wrap(member, plan["struct"].get(name)) for name, member in value.items()}
    if "map" in plan:
        return {name: wrap(member, plan["map"]) for name, member in value.items()}
    if "array" in plan:
        return [wrap(element, plan["array"]) for element in value]
    kind = _name(value)
    kind = "long" if kind == "int" and kind not in plan["choice"] else kind
    return {kind: wrap(value, plan["choice"][kind])}


def unwrap(value: Any, plan: Any) -> Any:
    """Return a value of Spark's as Python's: rows are dicts, and an open choice is the value that it holds."""
    if value is None:
        return None
    if plan and "choice" in plan:
        held = [name for name in plan["choice"] if value[name] is not None]
        return unwrap(value[held[0]], plan["choice"][held[0]]) if held else None
    if isinstance(value, tuple):
        return {name: unwrap(value[name], plan and plan["struct"].get(name)) for name in value.__fields__}  # type: ignore[attr-defined]
    if isinstance(value, list):
        return [unwrap(element, plan and plan["array"]) for element in value]
    if isinstance(value, dict):
        return {name: unwrap(element, plan and plan["map"]) for name, element in value.items()}
    return value


def _name(value: Any) -> str:
    return "struct" if isinstance(value, dict) else "array" if isinstance(value, list | tuple) else atom(value)
