"""NDJSON: one JSON value a line."""

from collections.abc import Iterator
from itertools import chain
from typing import ClassVar, Literal

import msgspec

from glue_lib.api import payload, selection, shapes
from glue_lib.api.body import Body
from glue_lib.api.decoding.base import Complaint, Decoded, Decoder, ErrorAnswer, lines_of
from glue_lib.api.exchange import Response
from glue_lib.api.gathering import gathered
from glue_lib.api.records import Records
from glue_lib.errors import ApiError

_SPACE = b" \t\r\n"
_ONE = msgspec.json.Decoder(msgspec.Raw)


class NdjsonAnswers(Decoder):
    r"""Every line of the answer is a record; also called JSON Lines.

    The answer:

        {"id": 1}
        {"id": 2}

    The YAML:

        format: ndjson

    A first or last line that says that something went wrong, and shares no field with its neighbour, is an error of
    the API and no record.
    """

    type: Literal["ndjson"] = "ndjson"
    is_export: ClassVar[bool] = True
    accept: ClassVar[str] = "application/x-ndjson, application/jsonl, application/json;q=0.5"
    heeds: ClassVar[tuple[str, ...]] = ("value_as", "columns", "joined_by", "missing")

    def decode(self, response: Response, records: Records, complaint: Complaint) -> Decoded:
        """Return the lines as they were sent."""
        lines = chain.from_iterable(_lines(body) for body in payload.documents(response))
        found = _without_errors(lines, complaint)
        return Decoded(gathered(shapes.shaped(records, _objects(found) if records.are_objects else found, b"")))


def _lines(body: Body) -> Iterator[bytes]:
    with body.open() as reader:
        for number, line in enumerate(lines_of(reader), 1):
            text = line.strip(_SPACE)
            if text:
                _check(text, number, is_whole=line.endswith(b"\n"))
                yield text


def _check(text: bytes, number: int, *, is_whole: bool) -> None:
    try:
        _ONE.decode(text)
    except (ValueError, RecursionError):
        _check_slowly(text, number, is_whole=is_whole)


def _check_slowly(text: bytes, number: int, *, is_whole: bool) -> None:
    """Raise unless the line is JSON after all: one with broken Unicode is."""
    try:
        if len(selection.elements(b"[" + text + b"]")) == 1:
            return
    except ApiError as error:
        if not is_whole and text[:1] in b"{[":
            raise selection.Truncated(f"line {number} of the body is cut off") from error
        wrong = str(error).removeprefix("the body is ")
        raise ApiError(f"line {number} of the body is no record: {wrong}{_instead(text)}") from error
    raise ApiError(f"line {number} of the body is not one JSON value")


def _instead(text: bytes) -> str:
    return "; it is HTML or XML" if text.startswith(b"<") else ""


def _objects(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the lines; one that is no object may be what a server says in the middle of an export, before it stops."""
    for number, line in enumerate(lines, 1):
        if not line.startswith(b"{"):
            raise ApiError(f"record {number} of the body is {selection.sort(line)}; every line must be an object")
        yield line


def _without_errors(lines: Iterator[bytes], complaint: Complaint) -> Iterator[bytes]:
    before: bytes | None = None
    is_first = True
    for line in lines:
        if before is not None:
            if is_first:
                _hear(before, line, complaint)
            is_first = False
            yield before
        before, other = line, before
    if before is not None:
        _hear(before, other if not is_first else None, complaint)
        yield before


def _hear(line: bytes, neighbour: bytes | None, complaint: Complaint) -> None:
    """Raise when a line tells of an error and is no record like its neighbour."""
    said = complaint(line)
    if said and (neighbour is None or not _keys(line) & _keys(neighbour)):
        raise ErrorAnswer(said)


def _keys(line: bytes) -> set[str]:
    return set(selection.members(line)) if line.startswith(b"{") else set()
