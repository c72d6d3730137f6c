"""What every decoder can do."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import ClassVar

from glue_lib.api.exchange import Response
from glue_lib.api.records import Records
from glue_lib.errors import ApiError
from glue_lib.kind import Kind

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


class ErrorAnswer(ApiError):
    """An answer of status 200 that says that it is an error."""

    def __init__(self, said: str) -> None:
        super().__init__(f"answered with an error in place of records: {said}")


class Decoder(Kind):
    """How the bytes of an answer become records."""

    accept: ClassVar[str] = "application/json"  # what the request says it wants

    def decode(self, response: Response, records: Records, complaint: Complaint) -> Decoded:
        """Return the records of an answer that was no error by its status.

        An answer that is cut is `selection.Truncated`: asking again can help. One that says that it is an error, or
        that has no records where they should be, is an `ApiError`.
        """
        raise NotImplementedError
