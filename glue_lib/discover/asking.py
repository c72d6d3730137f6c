"""The one part of discovery that asks: by GET only, through the client that runs use, with its pace and its waits.

What is asked for is counted; when the budget is spent, it says so and stops.
"""

import json
from typing import Any

from glue_lib.api.client import Client
from glue_lib.api.decoding.base import Complaint, Decoded, Decoder
from glue_lib.api.exchange import Response, Send, SignedRequest
from glue_lib.api.page import Page
from glue_lib.api.reading import Reading
from glue_lib.api.records import Records
from glue_lib.api.request import Request
from glue_lib.errors import ApiError

_MOST_DIGITS = 30


class Spent(ApiError):
    """The budget of requests is spent."""


class Budget:
    """Counts what is sent, and keeps the last answer."""

    def __init__(self, send: Send, most: int) -> None:
        self._send = send
        self.left = self.most = most
        self.last: Response | None = None

    @property
    def made(self) -> int:
        """How many requests were made."""
        return self.most - self.left

    def __call__(self, request: SignedRequest, timeout_seconds: float) -> Response:
        """Send a request; raise `Spent` where none is left."""
        if self.left <= 0:
            raise Spent(f"the budget of {self.most} requests is spent")
        self.left -= 1
        self.last = self._send(request, timeout_seconds)
        return self.last


class WholeAnswer(Decoder):
    """Takes the answer as it is: where its records stand is yet to be found."""

    type: str = ""

    def decode(self, response: Response, records: Records, complaint: Complaint) -> Decoded:
        """Return the answer as what is around no records; one that says that it is an error is an `ApiError`."""
        text = response.json_text()
        if said := complaint(text):
            raise ApiError(f"answered with an error: {said}")
        return Decoded((), text)


class Asking:
    """Asks one API, within one budget."""

    def __init__(self, client: Client, budget: Budget) -> None:
        self._client, self.budget = client, budget

    def raw(self, request: Request) -> Page:
        """Return an answer as it came, its body around no records."""
        return self._client.get(request, Reading(format=WholeAnswer()))

    def page(self, request: Request, records: Records, number: int = 1) -> Page:
        """Return a page, as a run would read it."""
        return self._client.get(request, Reading(records=records), number=number)


def decoded(text: bytes) -> Any:
    """Return the JSON value of an answer, to be looked at and no more; None where it is none."""
    try:
        return json.loads(text, parse_int=_whole, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None


def _whole(digits: str) -> Any:
    return int(digits) if len(digits) < _MOST_DIGITS else digits
