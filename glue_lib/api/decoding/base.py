"""What every decoder can do."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import IO, AnyStr, ClassVar

from glue_lib.api import selection
from glue_lib.api.body import Body
from glue_lib.api.bounds import LONGEST
from glue_lib.api.exchange import Response
from glue_lib.api.records import Records
from glue_lib.errors import ApiError
from glue_lib.kind import Kind

_LONGEST_ERROR = 2**20

Complaint = Callable[[bytes], str | None]
"""Says what a JSON body tells that went wrong; None when it tells of nothing."""


@dataclass(frozen=True)
class Decoded:
    """The records of one answer, each a JSON object on one line, and the JSON around them.

    Many records lie in a file without a name, which ends with the last reference; they can be gone through any number
    of times. The envelope of so long an answer has an empty array in their place.
    """

    records: Collection[bytes] = field(repr=False, default=())
    envelope: bytes = field(repr=False, default=b"")
    doubt: str | None = None  # why these may not be all records


class ErrorAnswer(ApiError):
    """An answer of status 200 that says that it is an error."""

    def __init__(self, said: str) -> None:
        super().__init__(f"answered with an error in place of records: {said}; `error` tells what counts as one")


class Decoder(Kind):
    """How the bytes of an answer become records."""

    type: str
    accept: ClassVar[str] = "application/json"  # what the request says it wants
    may_be_empty: ClassVar[bool] = False  # behind the first page, an answer without a byte is one without records
    is_export: ClassVar[bool] = False  # an answer is mostly all there is, however many records that are
    heeds: ClassVar[tuple[str, ...]] = tuple(Records.model_fields)  # what `records` can say about this format

    def fault(self, records: Records) -> str | None:
        """Return what `records` says that this format cannot heed, or None."""
        said = records.model_dump(exclude_defaults=True)
        given = set(said) if isinstance(said, dict) else {"path"} if said else set()
        unheeded = sorted(given - set(self.heeds))
        allowed = ", ".join(f"`{name}`" for name in self.heeds)
        if not unheeded:
            return None
        return (
            f"`format: {self.type}` has no use for `records.{unheeded[0]}`; `records` can give {allowed}, and "
            "`records: null` takes away what `defaults` gave"
        )

    def decode(self, response: Response, records: Records, complaint: Complaint) -> Decoded:
        """Return the records of an answer that was no error by its status.

        An answer that is cut is `selection.Truncated`: asking again can help. One that says that it is an error, or
        that has no records where they should be, is an `ApiError`.
        """
        raise NotImplementedError


def refuse_json(body: Body, expected: str, complaint: Complaint) -> None:
    """Raise when a text is JSON: APIs put errors in it, whatever format was asked for."""
    if body.start(200).lstrip()[:1] not in (b"{", b"[") or body.size > _LONGEST_ERROR:
        return
    text = body.read()
    try:
        selection.check(text)
        said = complaint(text)
    except ApiError:
        return
    if said:
        raise ErrorAnswer(said)
    raise ApiError(f"the body is not {expected} but JSON")


def refuse_markup(body: Body, expected: str) -> None:
    """Raise when a text is HTML or XML: the page of a proxy or of a log-in."""
    start = body.start(200).lstrip()
    if start[:1] == b"<" and (start[1:2].isalpha() or start[1:2] in (b"!", b"?")):
        raise ApiError(f"the body is not {expected} but HTML or XML")


def lines_of(reader: IO[AnyStr]) -> Iterator[AnyStr]:
    """Yield the lines with their ends; one that is too long to hold is an error."""
    while line := reader.readline(LONGEST):
        if len(line) == LONGEST:
            raise ApiError(f"one line of the body is longer than {LONGEST >> 20} MiB")
        yield line
