"""The payload: the text inside an answer, with gzip and zip around it undone, and in UTF-8.

What packs a text is told by its first bytes, never by its headers: these name what the door has undone already.
"""

import codecs
import gzip
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from glue_lib.api.body import Body, Room
from glue_lib.api.exchange import Response
from glue_lib.api.selection import Truncated
from glue_lib.errors import ApiError

_GZIP, _ZIP = b"\x1f\x8b\x08", (b"PK\x03\x04", b"PK\x05\x06")
_LAYERS = 3  # a `.csv.gz` in a zip has two; an archive within itself has no end
_AT_ONCE = 2**18
_MARKS = (  # the longer first: UTF-32's mark begins with that of UTF-16
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_AS_IT_IS = ("utf-8", "ascii")


def documents(response: Response, encoding: str = "") -> Iterator[Body]:
    """Yield the texts of an answer in UTF-8 without a byte order mark; a zip has one for each of its files.

    A byte order mark says the charset, else `encoding`, else `Content-Type`; what none of them says stays as it is.
    """
    for body in unpacked(response):
        yield in_utf8(body, encoding or response.charset)


def unpacked(response: Response) -> Iterator[Body]:
    """Yield the texts of an answer as they are, whatever their charset."""
    rooms = [Room(response.largest_bytes, " when it is unpacked") for _ in range(_LAYERS)]
    return _unpacked(response.body, rooms)


def in_utf8(body: Body, charset: str) -> Body:
    """Return the text in UTF-8; without a charset or a byte order mark it stays as it is."""
    start = body.start(4)
    mark, named = next(((mark, named) for mark, named in _MARKS if start.startswith(mark)), (b"", charset))
    codec = _codec(named or _guessed(start))
    if codec in _AS_IT_IS:
        return _without(mark, body) if mark else body
    return Body.of(_recoded(body, len(mark), codec))


def _guessed(start: bytes) -> str:
    """Return the charset of a text that nobody names; the first character of JSON, CSV and XML is ASCII."""
    if len(start) < 2 or (start[0] and start[1]):
        return "utf-8"
    return "utf-16-be" if not start[0] else "utf-16-le"


def _codec(charset: str) -> str:
    try:
        return codecs.lookup(charset).name
    except LookupError as error:
        raise ApiError(f"the body is in a charset that is not known, `{charset[:40]}`") from error


def _recoded(body: Body, skipped: int, codec: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(codec)()
    try:
        for chunk in _chunks(body.open(), skipped):
            yield decoder.decode(chunk).encode()
        yield decoder.decode(b"", final=True).encode()
    except UnicodeError as error:
        raise ApiError(f"the body is not in the charset that it is said to be in, `{codec}`") from error


def _without(mark: bytes, body: Body) -> Body:
    return Body.of(_chunks(body.open(), len(mark)))


def _chunks(reader: BinaryIO, skipped: int = 0) -> Iterator[bytes]:
    with reader:
        reader.read(skipped)
        while chunk := reader.read(_AT_ONCE):
            yield chunk


def _unpacked(body: Body, rooms: Sequence[Room]) -> Iterator[Body]:
    """Yield the texts in a body; each layer of packing has a room of its own."""
    start = body.start(4)
    if start.startswith((_GZIP, *_ZIP)) and not rooms:
        raise ApiError(f"the body is packed more than {_LAYERS} times over")
    if start.startswith(_GZIP):
        yield from _unpacked(_gunzipped(body, rooms[0]), rooms[1:])
    elif start.startswith(_ZIP):
        for member in _members(body, rooms[0]):
            yield from _unpacked(member, rooms[1:])
    else:
        yield body


def _gunzipped(body: Body, room: Room) -> Body:
    try:
        with gzip.GzipFile(fileobj=body.open()) as unpacking:
            return Body.of(room.filled(_chunks(unpacking)))  # type: ignore[arg-type]
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise Truncated("the gzip of the body is cut off or damaged") from error


def _members(body: Body, room: Room) -> Iterator[Body]:
    try:
        with zipfile.ZipFile(body.open()) as archive:
            for member in archive.infolist():
                if _is_content(member):
                    yield _member(archive, member, room)
    except (zipfile.BadZipFile, EOFError, zlib.error) as error:
        raise Truncated("the zip of the body is cut off or damaged") from error


def _is_content(member: zipfile.ZipInfo) -> bool:
    return not member.is_dir() and not member.filename.startswith("__MACOSX/")


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, room: Room) -> Body:
    if member.flag_bits & 1:
        raise ApiError(f"the zip of the body asks for a password (`{member.filename[:80]}`)")
    try:
        with archive.open(member) as unpacking:
            return Body.of(room.filled(_chunks(unpacking)))  # type: ignore[arg-type]
    except NotImplementedError as error:
        raise ApiError(
            f"`{member.filename[:80]}` in the zip of the body is packed in a way that is not known"
        ) from error
