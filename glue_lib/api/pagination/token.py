"""The answer names the next page, and the request carries the name back."""

from typing import Literal

from glue_lib.api.page import Page
from glue_lib.api.pagination.base import Continuation
from glue_lib.api.place import RequestPlace
from glue_lib.api.request import Request


class TokenPages(Continuation):
    """The answer holds the token of the next page at `read`; the request carries it at `write`.

    The stream ends when the token is absent, empty or `null`, or when `more` is false (`last` true).

    The JSON:

        {"data": [{"id": "a"}, {"id": "b"}], "meta": {"next": "b"}}      # the next page: GET /things?cursor=b
        {"data": [{"id": "c"}], "meta": {"next": null}}                  # the last page

    The YAML:

        pagination: {type: token, read: body.meta.next, write: query.cursor}

    The last record's id as the token, and a flag that says whether more follows:

        {"data": [{"id": "a"}, {"id": "b"}], "has_more": true}           # the next page: GET /things?starting_after=b

        pagination: {type: token, read: last_record.id, write: query.starting_after, more: body.has_more}
    """

    type: Literal["token"] = "token"
    write: RequestPlace

    def next_request(self, page: Page) -> Request | None:
        """Return the same request with the answer's token, or None at the end."""
        token = self.next_value(page)
        if token is None:
            return None
        return page.request.put(self.write, page.resolve(token) if self.write == "url" else token)
