"""Shapes: elements of an answer that are no objects become records, spliced together from the bytes that were sent."""

from collections.abc import Iterable, Iterator, Sequence

from glue_lib.api import selection
from glue_lib.api.records import Records
from glue_lib.errors import ApiError

_LINE_BREAKS = bytes.maketrans(b"\r\n", b"  ")


def shaped(records: Records, elements: Iterable[bytes], envelope: bytes) -> Iterator[bytes]:
    """Yield each element as one JSON object on one line; `envelope` may hold the names of columns."""
    lines = map(on_one_line, elements)
    if records.columns:
        return _positional(lines, records, envelope)
    if records.value_as:
        name = _key(records.value_as)
        return (b"{" + name + line + b"}" for line in lines)
    return _objects(lines, records.named)


def keyed(pairs: Iterable[tuple[str, bytes]], records: Records) -> Iterator[bytes]:
    """Yield each value of an object as a record that has its key too."""
    found = [(key, on_one_line(value)) for key, value in pairs]
    if found and not records.value_as and not any(value.startswith(b"{") for _, value in found):
        key, value = found[0]
        told = f"record `{key[:80]}` of {records.named} is {selection.sort(value)}, and no other is an object"
        raise ApiError(f"{told}; {_remedy(value)}")
    for key, value in found:
        yield _with_key(records, key, value)


def _objects(lines: Iterable[bytes], named: str) -> Iterator[bytes]:
    """Yield the elements; where none of them is an object, it is the file that is wrong, and not a record."""
    odd: bytes | None = None
    is_any = False
    for line in lines:
        if not is_any and line.startswith(b"{"):
            is_any = True
        elif odd is None and not is_any:
            odd = line
        yield line
    if odd is not None and not is_any:
        raise ApiError(f"record 1 of {named} is {selection.sort(odd)}, and no other is an object; {_remedy(odd)}")


def _remedy(line: bytes) -> str:
    told = "`columns`" if line.startswith(b"[") else "`value_as`"
    return f"records must be objects, unless `records` gives {told}"


def _positional(lines: Iterable[bytes], records: Records, envelope: bytes) -> Iterator[bytes]:
    rows = iter(lines)
    if records.columns == "first_row":
        first = next(rows, None)
        columns = [] if first is None else _names(_row(first, 1, records.named), "the first row")
    else:
        columns = _columns(records, envelope)
    for number, line in enumerate(rows, 2 if records.columns == "first_row" else 1):
        values = _row(line, number, records.named)
        if len(values) != len(columns):
            raise ApiError(f"row {number} of {records.named} has {len(values)} values for {len(columns)} columns")
        yield b"{" + b",".join(name + value for name, value in zip(columns, values, strict=True)) + b"}"


def _row(line: bytes, number: int, named: str) -> list[bytes]:
    if not line.startswith(b"["):
        raise ApiError(f"row {number} of {named} is {selection.sort(line)}; with `columns` every row must be an array")
    return selection.elements(line)


def _columns(records: Records, envelope: bytes) -> list[bytes]:
    if not isinstance(records.columns, str):
        return [_key(name) for name in records.columns or ()]
    place, _, inner = records.columns.removeprefix("body.").partition("[].")
    found = selection.raw(envelope, place) if envelope else None
    if found is None or selection.sort(found) != "an array":
        raise ApiError(f"`{records.columns}` is {_sort(found)}; the names of the columns must stand there as an array")
    names = selection.elements(found)
    return _names([selection.raw(name, inner) or b"null" for name in names] if inner else names, records.columns)


def _names(values: Sequence[bytes], where: str) -> list[bytes]:
    odd = next((value for value in values if selection.sort(value) not in ("a text", "a number")), None)
    if odd is not None:
        raise ApiError(f"the name of a column in `{where}` is {selection.sort(odd)}; it must be a text")
    return [value + b":" if value.startswith(b'"') else b'"' + value + b'":' for value in values]


def _with_key(records: Records, key: str, value: bytes) -> bytes:
    name = records.keyed_as or ""
    first = _key(name) + selection.quoted(key)
    if records.value_as:
        return b"{" + first + b"," + _key(records.value_as) + value + b"}"
    if not value.startswith(b"{"):  # no record: it is set aside later on, and its key with it
        return b"[" + selection.quoted(key) + b"," + value + b"]"
    inside = value[1:]
    if own := selection.members(value).get(name):
        if (selection.text(own) if own.startswith(b'"') else own.decode(errors="replace")) != key:
            raise ApiError(
                f"record `{key[:80]}` has another `{name}` of its own; name the keys otherwise in `keyed_as`"
            )
        return value
    return b"{" + first + (b"}" if inside.strip() == b"}" else b"," + inside)


def _key(name: str) -> bytes:
    return selection.quoted(name) + b":"


def _sort(found: bytes | None) -> str:
    return "absent" if found is None else selection.sort(found)


def on_one_line(element: bytes) -> bytes:
    """Return a JSON value without the line breaks that may stand between its tokens."""
    return element.translate(_LINE_BREAKS) if b"\n" in element or b"\r" in element else element
