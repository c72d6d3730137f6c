"""The answer's body holds the URL of the next page."""

from typing import Literal

from glue_lib.api.page import Page
from glue_lib.api.pagination.base import Continuation
from glue_lib.api.request import Request


class NextUrlPages(Continuation):
    """The answer holds the URL of the next page, whole or relative; it must stay on the host of `base_url`.

    The stream ends when the URL is absent, empty or null, or when `more` is false (`last` true).

    The JSON:

        {"items": [{"id": 1}], "next": "https://api.example.org/v1/things?page=2"}
        {"items": [{"id": 2}], "next": null}                             # the last page

    The YAML:

        pagination: {type: next_url, read: body.next}

    An API that gives a URL on every page and says where to stop:

        {"tickets": [{"id": 1}], "after_url": "/v2/tickets?cursor=x", "end_of_stream": false}

        pagination: {type: next_url, read: body.after_url, last: body.end_of_stream}
    """

    type: Literal["next_url"] = "next_url"

    def next_request(self, page: Page) -> Request | None:
        """Return the request for the answer's URL, or None at the end."""
        url = self.next_value(page)
        return None if url is None else page.request.put("url", page.resolve(url))
