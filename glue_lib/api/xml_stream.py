"""XML as a stream: the elements at a path as JSON, one after the other, and what is around them.

No text of ours is ever looked up elsewhere: a document that declares entities is refused, since these can make a
thousand bytes into gigabytes, or into a file of this machine.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from glue_lib.api.body import Body
from glue_lib.api.bounds import EACH, LONGEST, MOST_AROUND
from glue_lib.api.selection import Truncated
from glue_lib.errors import ApiError

_AT_ONCE = 2**16
_DEEPEST = 200
_NIL = ("true", "1")

Steps = tuple[str, ...]
"""Names of elements, from the outermost to one inside it."""


@dataclass(slots=True)
class _Element:
    name: str
    attributes: dict[str, str]
    text: list[str] = field(default_factory=list)
    children: list[tuple[str, str]] = field(default_factory=list)  # names, and values as JSON


class XmlStream:
    """Iterate over it once: the elements at `path` as JSON; after that `envelope` and `is_missing` are there.

    An empty path stands for whatever is inside the outermost element. `lists` are the elements below a record that are
    arrays even where one stands alone.
    """

    def __init__(self, body: Body, path: Steps, *, lists: set[Steps], as_objects: bool, charset: str = "") -> None:
        self._body, self._path, self._lists, self._as_objects = body, path, lists, as_objects
        self._names: list[str] = []
        self._open: list[_Element] = [_Element("", {})]
        self._found: list[str] = []
        self._around = 0
        self._held = 0
        self.is_missing = True
        self._parser = expat.ParserCreate(charset or None)
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.EntityDeclHandler = self._refuse_entity
        self._parser.SkippedEntityHandler = self._refuse_entity

    @property
    def envelope(self) -> bytes:
        """The document around the records as JSON."""
        return _value(self._open[0], set(), (), as_object=True).encode()

    def __iter__(self) -> Iterator[bytes]:
        with self._body.open() as reader:
            while chunk := reader.read(_AT_ONCE):
                self._parse(chunk, is_last=False)
                yield from self._taken()
        self._parse(b"", is_last=True)
        yield from self._taken()

    def _taken(self) -> Iterator[bytes]:
        found, self._found = self._found, []
        for record in found:
            yield record.encode("utf-8", "surrogatepass")

    def _parse(self, chunk: bytes, *, is_last: bool) -> None:
        try:
            self._parser.Parse(chunk, is_last)
        except expat.ExpatError as error:
            if is_last:
                raise Truncated("the XML of the body is cut off") from error
            told = f"the body is not valid XML: line {error.lineno}, {expat.ErrorString(error.code)}"
            raise ApiError(told) from error

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._names.append(name)
        if len(self._names) > _DEEPEST:
            raise ApiError(f"the body is nested deeper than {_DEEPEST} elements")
        if self._is_around_records():
            self.is_missing = False
        self._hold(EACH + sum(map(len, attributes.values())))
        own = {key: value for key, value in attributes.items() if key != "xmlns" and not key.startswith("xmlns:")}
        self._open.append(_Element(name, own))

    def _text(self, text: str) -> None:
        self._hold(len(text))
        self._open[-1].text.append(text)

    def _hold(self, size: int) -> None:
        self._held += size
        if self._held > LONGEST:
            raise ApiError(f"one record of the body is longer than {LONGEST >> 20} MiB")

    def _end(self, name: str) -> None:
        element = self._open.pop()
        inside = self._inside()
        self._names.pop()
        if inside == ():
            self._held = 0
            self._found.append(_value(element, self._lists, (), as_object=self._as_objects))
        elif inside is not None:
            self._open[-1].children.append((name, _value(element, self._lists, inside)))
        else:
            value = _value(element, self._lists, ())
            self._around += len(value)
            if self._around > MOST_AROUND:
                raise ApiError(f"more than {MOST_AROUND >> 20} MiB stand around the records of one answer")
            self._open[-1].children.append((name, value))

    def _inside(self) -> Steps | None:
        """Return the names from the record to the open element, none for the record itself; None outside of records."""
        depth = len(self._path) or 2
        if len(self._names) < depth or (self._path and tuple(self._names[:depth]) != self._path):
            return None
        return tuple(self._names[depth:])

    def _is_around_records(self) -> bool:
        depth = max(1, (len(self._path) or 2) - 1)
        return len(self._names) == depth and (not self._path or tuple(self._names) == self._path[:depth])

    def _refuse_entity(self, name: str, *_: Any) -> None:
        raise ApiError(f"the body declares or uses the entity `{name[:40]}`, which is refused")


def _value(element: _Element, lists: set[Steps], inside: Steps, *, as_object: bool = False) -> str:
    """Return an element as JSON: a text, or an object where it has attributes or elements."""
    text = "".join(element.text)
    if not as_object and any(key.endswith(":nil") and said in _NIL for key, said in element.attributes.items()):
        return "null"
    if not (element.attributes or element.children or as_object):
        return _quoted(text)
    values: dict[str, list[str]] = {}
    for name, value in element.children:
        values.setdefault(name, []).append(value)
    parts = [f"{_quoted('@' + key)}:{_quoted(value)}" for key, value in element.attributes.items()]
    parts += [f"{_quoted(name)}:{_joined(some, (*inside, name) in lists)}" for name, some in values.items()]
    parts += [f'"#text":{_quoted(text)}'] if text.strip() else []
    return "{" + ",".join(parts) + "}"


def _joined(values: list[str], is_list: bool) -> str:
    return values[0] if len(values) == 1 and not is_list else "[" + ",".join(values) + "]"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
