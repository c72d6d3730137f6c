"""Giant answers: the elements of one array inside a JSON text that is too long to hold, as a stream.

What stands around the array is kept, with the array emptied: the envelope. The text is proven to be whole JSON once
its last byte was seen: every element is decoded, and the envelope afterwards.
"""

import re
from collections.abc import Callable, Iterator

import msgspec

from glue_lib.api import selection, spans
from glue_lib.api.body import Body
from glue_lib.api.bounds import LONGEST, MOST_AROUND
from glue_lib.api.place import keys
from glue_lib.errors import ApiError

_WINDOW = 2**20
_GUESSES = 12  # closing braces to try before each byte is looked at
_ELEMENTS = msgspec.json.Decoder(list[msgspec.Raw])
_SPACE = re.compile(rb"[ \t\r\n]*+")
_COMMA = re.compile(rb"[ \t\r\n]*+,")
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_SCALAR = re.compile(rb"[^\s,\]}]++(?=[\s,\]}])")

Sliced = Callable[[bytes], list[bytes]]
"""From the inside of an array or object, without its brackets and not blank, to what it holds."""


class GiantJson:
    """Iterate over it once: the elements of the array at `path`; after that `envelope` is there.

    Where no such array stands the envelope is the whole text, for whoever tells what is wrong. Spaces between
    tokens are left out of it.
    """

    def __init__(
        self, body: Body, path: str, *, opening: bytes = b"[", sliced: Sliced | None = None, window: int = _WINDOW
    ) -> None:
        self._path, self._opening, self._window = keys(path), opening, window
        self._sliced = sliced or _elements
        self._body = body  # its file ends with the last reference to it
        self._reader = body.open()
        self._text = b""
        self._at = 0
        self._around = bytearray()
        self.found = False

    @property
    def envelope(self) -> bytes:
        """The text around the array, which stands empty in it."""
        return bytes(self._around)

    def __iter__(self) -> Iterator[bytes]:
        with self._reader:
            first = self._next()
            if selection.sort(first) == "no JSON":
                selection.raw(self._text[self._at :], "")  # says what it is instead
            yield from self._value(self._path)
            if self._next(or_end=True):
                raise ApiError("the body is not valid JSON: something follows its end")
        selection.check(self.envelope)

    def _value(self, path: tuple[str, ...]) -> Iterator[bytes]:
        first = self._next()
        if not path and first == self._opening:
            self._take(1)
            yield from self._inside()
            self._take(1)
            self.found = True
        elif path and first == b"{":
            yield from self._members(path)
        elif not path and first in (b"{", b"["):
            self._take(1)
            if first == b"{" or self._next() != b"]":  # `[]` is how PHP writes an object without members
                raise ApiError(f"the records are {selection.sort(first)}, not {selection.sort(self._opening)}")
            self._take(1)
            self.found = True
        else:
            self._pass_by()

    def _members(self, path: tuple[str, ...]) -> Iterator[bytes]:
        self._take(1)
        met = False
        while self._next() != b"}":
            key = self._key()
            self._expect(b":")
            if key != path[0]:
                self._pass_by()
            elif met:
                raise ApiError(f"the body has the key `{key}` twice on the way to its records")
            else:
                met = True
                yield from self._value(path[1:])
            if self._next() != b"}":
                self._expect(b",")
        self._take(1)

    def _inside(self) -> Iterator[bytes]:
        """Yield what stands between two brackets, and stop in front of the closing one."""
        is_first = True
        while True:
            self._fill(self._window)
            found = self._guessed()
            if found is None:
                inside, ends = self._whole()
                if inside.strip(b" \t\r\n"):
                    found = self._sliced(inside)
                elif not (ends and is_first):
                    raise ApiError("the body is not valid JSON: a comma stands where a value should be")
            else:
                ends = False
            yield from found or ()
            if ends:
                return
            is_first = False

    def _guessed(self) -> list[bytes] | None:
        """Take as many elements as the window has, if the last is easily found; looking at each byte is slower."""
        place = len(self._text)
        for _ in range(_GUESSES if self._opening == b"[" else 0):
            place = self._text.rfind(b"}", self._at, place)
            if place < 0:
                return None
            comma = _COMMA.match(self._text, place + 1)
            if comma and (found := _decoded(b"[" + self._text[self._at : place + 1] + b"]")) is not None:
                self._at = comma.end()
                return found
        return None

    def _whole(self) -> tuple[bytes, bool]:
        """Take whole elements, and the comma behind them; return their text, and whether they are the last."""
        while True:
            border = spans.border(self._text, self._at)
            place = border.whole if border.end < 0 else border.end
            if place >= 0:
                inside = self._text[self._at : place]
                self._at = place + (border.end < 0)
                return inside, border.end >= 0
            self._grow()

    def _key(self) -> str:
        found = self._match(_STRING)
        if found is None:
            raise ApiError("the body is not valid JSON: a key is no text")
        return str(selection.text(found))

    def _pass_by(self) -> None:
        """Keep a whole value, whatever it is, as a part of the envelope."""
        first = self._next()
        if first not in (b"{", b"["):
            if self._match(_STRING if first == b'"' else _SCALAR) is None:
                raise ApiError("the body is not valid JSON: a value is missing")
            return
        self._take(1)
        while (border := spans.border(self._text, self._at)).end < 0:
            self._grow()
        self._take(border.end + 1 - self._at)

    def _match(self, pattern: re.Pattern[bytes]) -> bytes | None:
        """Keep what matches here and return it; None when nothing can, whatever follows."""
        while (match := pattern.match(self._text, self._at)) is None:
            if pattern is _STRING and self._text[self._at : self._at + 1] != b'"':
                return None
            if pattern is _SCALAR and self._text[self._at : self._at + 1] in b",]}:":
                return None
            if not self._grow(or_end=True):
                return self._last_scalar(pattern)
        self._take(match.end() - self._at)
        return match[0]

    def _last_scalar(self, pattern: re.Pattern[bytes]) -> bytes:
        if pattern is _STRING or self._around:
            raise _cut()
        rest = self._text[self._at :]  # a bare value is the whole text: nothing follows it
        self._take(len(rest))
        return rest

    def _expect(self, mark: bytes) -> None:
        if self._next() != mark:
            raise ApiError(f"the body is not valid JSON: `{mark.decode()}` is missing")
        self._take(1)

    def _next(self, *, or_end: bool = False) -> bytes:
        """Return the next byte that is no space; empty at the end, where that is allowed."""
        while True:
            space = _SPACE.match(self._text, self._at)
            self._at = space.end() if space else self._at
            if self._at < len(self._text):
                return self._text[self._at : self._at + 1]
            if not self._grow(or_end=or_end):
                return b""

    def _take(self, count: int) -> None:
        self._around += self._text[self._at : self._at + count]
        self._at += count
        if len(self._around) > MOST_AROUND:
            raise ApiError(f"more than {MOST_AROUND >> 20} MiB stand around the records of one answer")

    def _fill(self, size: int) -> None:
        """Have at least so many bytes in front, if there are as many; forget those behind."""
        if len(self._text) - self._at < size:
            self._text = self._text[self._at :] + self._reader.read(size)
            self._at = 0

    def _grow(self, *, or_end: bool = False) -> bool:
        """Have twice as many bytes in front; without any more return False, or say that the text is cut."""
        held = len(self._text) - self._at
        if held > LONGEST:
            raise ApiError(f"one value of the body is longer than {LONGEST >> 20} MiB")
        more = self._reader.read(max(held, self._window))
        if not more and not or_end:
            raise _cut()
        self._text, self._at = self._text[self._at :] + more, 0
        return bool(more)


def _decoded(array: bytes) -> list[bytes] | None:
    try:
        return [bytes(one) for one in _ELEMENTS.decode(array)]
    except (ValueError, RecursionError):
        return None


def _elements(inside: bytes) -> list[bytes]:
    return selection.elements(b"[" + inside + b"]")


def _cut() -> selection.Truncated:
    return selection.Truncated("the JSON of the body is cut off")
