"""The answer has several values that together lead to the next page, and the request carries all of them back."""

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from glue_lib.api.page import Page
from glue_lib.api.pagination.continuing import Continuing, is_empty
from glue_lib.api.place import AnswerPlace, PagePlace
from glue_lib.api.request import Request
from glue_lib.errors import ApiError


class ContinuationPages(Continuing):
    """The answer has several values that lead to the next page; the request carries them back, each at its place.

    The stream ends when all of them are absent, empty or null, or when `more` is false (`last` true). One that is
    absent while others are there is left out of the request.

    The JSON:

        {"results": [{"id": 1}], "page": {"last_id": 7, "last_date": "2024-05-01"}}
        {"results": [], "page": {"last_id": null, "last_date": null}}    # the last page

    The YAML, which says what goes where:

        pagination:
          type: continuation
          values: {body.last_id: body.page.last_id, body.last_date: body.page.last_date}

    An object whose keys may differ from page to page, each of them sent back under its own name:

        {"pages": [{"id": 1}], "continue": {"gapcontinue": "B", "continue": "gapcontinue||"}}
        {"pages": [{"id": 2}]}                                           # the last page

        pagination: {type: continuation, read: body.continue, write: query}
    """

    type: Literal["continuation"] = "continuation"
    values: dict[PagePlace, AnswerPlace] = Field(
        {}, description="What goes where: place in the request to place in the answer."
    )
    read: AnswerPlace | None = Field(
        None, description="Where an object stands whose values are all sent back, in place of `values`."
    )
    write: Literal["query", "body"] | None = Field(
        None, description="The part of the request that takes the object's values, each under its own name."
    )

    @model_validator(mode="after")
    def _values_or_object(self) -> Self:
        if bool(self.values) == bool(self.read) or bool(self.read) != bool(self.write):
            raise ValueError("`continuation` needs either `values`, or `read` and `write`")
        if wrong := [place for place in self.values if place == "url" or place.startswith(("path.", "cookie."))]:
            raise ValueError(f"`{wrong[0]}` cannot be left out of a request; use query, header or body")
        return self

    def next_request(self, page: Page) -> Request | None:
        """Return the same request with the answer's values in place of those before, or None at the end."""
        found = {place: value for place, value in self._found(page).items() if not is_empty(value)}
        if self.proven(page, found, " and ".join(f"{read}" for read in self.reads())) is None:
            return None
        request = page.request
        for place in self.values or page.request.carried.get("continued", ()):
            request = request.without(place)
        for place, value in found.items():
            request = request.put(place, value)
        return request if self.values else request.carry(continued=sorted(found))

    def reads(self) -> list[str]:
        """Return the places of the values."""
        return [self.read] if self.read else list(self.values.values())

    def _found(self, page: Page) -> dict[str, Any]:
        if not self.read:
            return {write: page.json_at(read) for write, read in self.values.items()}
        found = page.json_at(self.read) or {}
        if not isinstance(found, dict):
            raise ApiError(f"`{self.read}` is no object; for a single value use `type: token`")
        return {f"{self.write}.{_quoted(key, self.write)}": value for key, value in found.items()}


def _quoted(key: str, part: str | None) -> str:
    return f'"{key}"' if part == "body" and "." in key else key
