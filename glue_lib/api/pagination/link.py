"""The answer's `Link` header holds the URL of the next page."""

import re
from typing import Literal

from glue_lib.api.page import Page
from glue_lib.api.pagination.base import Pagination
from glue_lib.api.request import Request

_QUOTED = r'"(?:[^"\\]|\\.)*"'
_PARAMETER = rf'\s*;\s*([^\s;,="]+)\s*(?:=\s*({_QUOTED}|[^\s;,"]*))?'
_LINK = re.compile(rf"<([^>]*)>((?:{_PARAMETER})*)")


class LinkPages(Pagination):
    """The `Link` header names the next page with `rel="next"`; it must stay on the host of `base_url`.

    The stream ends with an answer that has no such link.

    The answer:

        Link: <https://api.example.org/things?page=2>; rel="next", <https://api.example.org/things?page=9>; rel="last"

        [{"id": 1}, {"id": 2}]

    The YAML:

        pagination: link
    """

    type: Literal["link"] = "link"

    def next_request(self, page: Page) -> Request | None:
        """Return the request for the link to the next page, or None where there is none."""
        url = next_link(page)
        return None if url is None else page.request.put("url", page.resolve(url))


def next_link(page: Page) -> str | None:
    """Return the URL that the `Link` header calls next."""
    header = page.find("header.Link")
    links = _LINK.finditer(header) if isinstance(header, str) else []
    return next((link[1] for link in links if "next" in _relations(link[2])), None)


def _relations(parameters: str) -> list[str]:
    values: dict[str, str] = {name.lower(): value for name, value in re.findall(_PARAMETER, parameters)}
    return values.get("rel", "").strip('"').lower().split()
