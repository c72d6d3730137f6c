"""The answer's body holds the URL of the next page."""

from typing import Any, Literal

from pydantic import Field

from glue_lib.api.number import NumberText
from glue_lib.api.page import Page
from glue_lib.api.pagination.continuing import Continuing
from glue_lib.api.pagination.links import followed
from glue_lib.api.place import AnswerPlace
from glue_lib.api.request import Request
from glue_lib.errors import ApiError


class NextUrlPages(Continuing):
    """The answer holds the URL of the next page, whole or relative; it must stay on the host of `base_url`.

    The stream ends when the URL is absent, empty or null, or when `more` is false (`last` true). The URL replaces the
    query parameters of the request before; `keep` names those that the API needs and leaves out of its URLs.

    The JSON:

        {"items": [{"id": 1}], "next": "https://api.example.org/v1/things?page=2"}
        {"items": [{"id": 2}], "next": null}                             # the last page

    The YAML:

        pagination: {type: next_url, read: body.next}

    An API that gives a URL on every page and says where to stop:

        {"tickets": [{"id": 1}], "after_url": "/v2/tickets?cursor=x", "end_of_stream": false}

        pagination: {type: next_url, read: body.after_url, last: body.end_of_stream}

    OData, HAL, and JSON:API, whose link may also be an object with an `href`:

        pagination: {type: next_url, read: body."@odata.nextLink", total: body."@odata.count"}

        pagination: {type: next_url, read: body._links.next.href}

        pagination: {type: next_url, read: body.links.next}

    A list of links of which one has the relation `next`, as FHIR and others write it:

        {"entry": [{"id": 1}], "link": [{"relation": "self", "url": "/x"}, {"relation": "next", "url": "/x?page=2"}]}

        pagination: {type: next_url, read: body.link}
    """

    type: Literal["next_url"] = "next_url"
    read: AnswerPlace = Field(description="Where the URL of the next page stands in the answer.")
    keep: tuple[str, ...] = Field((), description="Query parameters that the API needs and leaves out of its URLs.")

    def next_request(self, page: Page) -> Request | None:
        """Return the request for the answer's URL, or None at the end."""
        url = self.proven(page, _address(page.json_at(self.read)), self.read)
        if url is None:
            return None
        if not isinstance(url, str) or isinstance(url, NumberText):
            raise ApiError(f"`{self.read}` is no URL")
        return followed(page, url, self.keep)

    def reads(self) -> list[str]:
        """Return the place of the URL."""
        return [self.read]


def _address(value: Any) -> Any:
    """Return the URL that a value is, that it has as a link object, or that the next link in a list of them has."""
    if isinstance(value, list):
        return next((_address(link) for link in value if _relation(link) == "next"), None)
    return next((value[key] for key in ("href", "url") if key in value), value) if isinstance(value, dict) else value


def _relation(link: Any) -> str:
    return str(link.get("rel") or link.get("relation") or "").lower() if isinstance(link, dict) else ""
