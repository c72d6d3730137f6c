"""The answer names the next page, and the request carries the name back."""

from functools import reduce
from typing import Any, Literal

from pydantic import Field, field_validator

from glue_lib.api.number import exact_json
from glue_lib.api.page import Page
from glue_lib.api.pagination.continuing import Continuing
from glue_lib.api.pagination.links import followed
from glue_lib.api.place import AnswerPlace, PagePlace
from glue_lib.api.request import Request


class TokenPages(Continuing):
    """The answer holds the token of the next page at `read`; the request carries it at `write`.

    The stream ends when the token is absent, empty or `null`, or one of `end`, or when `more` is false (`last` true),
    or with an empty page whose token is the one that asked for it. A token may be an array or an object: a JSON body
    gets it as it is, every other place as its JSON text.

    The JSON:

        {"data": [{"id": "a"}, {"id": "b"}], "meta": {"next": "b"}}      # the next page: GET /things?cursor=b
        {"data": [{"id": "c"}], "meta": {"next": null}}                  # the last page

    The YAML:

        pagination: {type: token, read: body.meta.next, write: query.cursor}

    The last record's id as the token, and a flag that says whether more follows:

        {"data": [{"id": "a"}, {"id": "b"}], "has_more": true}           # the next page: GET /things?starting_after=b

        pagination: {type: token, read: last_record.id, write: query.starting_after, more: body.has_more}

    A token that says by its value that it leads nowhere:

        {"ids": [{"id": 1}], "next_cursor": 0}

        pagination: {type: token, read: body.next_cursor, write: query.cursor, end: ["0"]}

    An API that refuses a token beside the filter that it stands for:

        params: {since: 2024-01-01}
        pagination: {type: token, read: body.meta.next, write: query.cursor, drop: [query.since]}
    """

    type: Literal["token"] = "token"
    read: AnswerPlace = Field(description="Where the token of the next page stands in the answer.")
    write: PagePlace = Field(description="Where the token goes in the request.")
    end: tuple[str, ...] = Field((), description="Tokens that lead to no page, besides the empty ones.")
    drop: tuple[PagePlace, ...] = Field(
        (),
        description="Places of the request that only the first page's has, where the API refuses them beside a token.",
    )

    @field_validator("drop")
    @classmethod
    def _can_be_dropped(cls, places: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [place for place in places if not place.startswith(("query.", "header.", "body."))]:
            raise ValueError(f"`{wrong[0]}` cannot be left out of a request; allowed are query, header and body")
        return places

    def next_request(self, page: Page) -> Request | None:
        """Return the same request with the answer's token, or None at the end."""
        token = self.proven(page, self._token(page), self.read)
        if token is None:
            return None
        request = reduce(Request.without, self.drop, page.request)
        return followed(page, str(token)) if self.write == "url" else request.put(self.write, token)

    def reads(self) -> list[str]:
        """Return the place of the token."""
        return [self.read]

    def _token(self, page: Page) -> Any:
        token = page.json_at(self.read)
        is_own = not page.records and exact_json(token) == exact_json(page.request.get(self.write))
        return None if is_own or (self.end and exact_json(token) in self.end) else token
