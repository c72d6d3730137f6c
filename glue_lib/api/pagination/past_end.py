"""The answer that some APIs give to a request for what is behind the last page, in place of an empty page."""

import json
from collections.abc import Iterator
from typing import Any, Self

from pydantic import Field, model_validator

from glue_lib.api.exchange import Response
from glue_lib.kind import Kind

_LONGEST = 2**20  # bytes; a longer answer is a page


class PastEnd(Kind):
    """How an API says that a page is behind the last one; the first page is never behind it.

    The answer to `GET /events?page=9`, where page 8 was the last:

        HTTP/1.1 400 Bad Request

        {"error": "BAD_PAGE", "error_description": "Page 9 does not exist."}

    The YAML, where both must fit when both are given:

        pagination: {type: page, past_end: {statuses: [400], error: BAD_PAGE}}

    An API that answers 200 without a byte there:

        pagination: {type: page, past_end: {empty_body: true}}
    """

    statuses: list[int] = Field([], description="HTTP statuses of such an answer; empty for any.")
    error: str | None = Field(None, min_length=1, description="A text that is one of the values of such an answer.")

    empty_body: bool = Field(False, description="Whether such an answer has no body; its status is 2xx or named.")

    @model_validator(mode="after")
    def _some_sign(self) -> Self:
        if not self.statuses and self.error is None and not self.empty_body:
            raise ValueError("`past_end` needs `statuses`, `error`, `empty_body` or several of them")
        return self

    def fits(self, response: Response) -> bool:
        """Return whether this is the answer to a request for what is behind the last page."""
        if self.statuses and response.status not in self.statuses:
            return False
        if self.empty_body and not (response.is_empty and (self.statuses or 200 <= response.status < 300)):
            return False
        return self.error is None or (response.body.size <= _LONGEST and self._says_so(response, self.error))

    def _says_so(self, response: Response, error: str) -> bool:
        try:
            return error in _texts(json.loads(response.json_text()))
        except (ValueError, LookupError, RecursionError):
            return False


def _texts(value: Any) -> Iterator[str]:
    """Yield the texts of an error: those in arrays count under `errors` only, so that no record is taken for one."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            for each in inner if isinstance(inner, list) and key.lower() == "errors" else [inner]:
                yield from _texts(each)
