"""The answer's `Link` header holds the URL of the next page."""

from typing import Literal

from pydantic import Field

from glue_lib.api.page import Page
from glue_lib.api.pagination.continuing import Continuing
from glue_lib.api.pagination.links import followed
from glue_lib.api.pagination.signs import has_unread_next, next_link
from glue_lib.api.request import Request
from glue_lib.errors import ApiError


class LinkPages(Continuing):
    """The `Link` header names the next page with `rel="next"`; it must stay on the host of `base_url`.

    The stream ends with an answer that has no such link, or where `more` is false (`last` true); a header that speaks
    of a next page in a way that nobody can read is an error. `keep` names query
    parameters that the API needs and leaves out of its links.

    The answer:

        Link: <https://api.example.org/things?page=2>; rel="next", <https://api.example.org/things?page=9>; rel="last"

        [{"id": 1}, {"id": 2}]

    The YAML:

        pagination: link

    The same for an API whose links lack a parameter of the first request:

        pagination: {type: link, keep: [api_version]}
    """

    type: Literal["link"] = "link"
    keep: tuple[str, ...] = Field((), description="Query parameters that the API needs and leaves out of its links.")

    def next_request(self, page: Page) -> Request | None:
        """Return the request for the link to the next page, or None where there is none."""
        url = self.proven(page, next_link(page), "header.Link")
        if url is None and self.goes_on(page) is not False and has_unread_next(page):
            raise ApiError(
                'the `Link` header speaks of a next page, but not as `<URL>; rel="next"`, so nobody can tell its URL'
            )
        return None if url is None else followed(page, url, self.keep)

    def reads(self) -> list[str]:
        """Return the header of the links."""
        return ["header.Link"]
