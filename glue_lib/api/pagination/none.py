"""One page holds the whole stream."""

from typing import Literal

from glue_lib.api.page import Page
from glue_lib.api.pagination.base import Pagination, is_true
from glue_lib.api.pagination.link import next_link
from glue_lib.api.request import Request
from glue_lib.errors import ApiError

_MORE = ("body.has_more", "body.hasMore")


class NoPages(Pagination):
    """The stream is one answer; an answer that announces another page is an error, since it would be left out.

    The JSON:

        {"data": [{"id": 1}, {"id": 2}]}

    The YAML:

        pagination: none
    """

    type: Literal["none"] = "none"

    def next_request(self, page: Page) -> Request | None:
        """Return None, after making sure that the answer does not announce another page."""
        if next_link(page) is not None:
            raise ApiError("the answer has a `Link` to a next page; say how to follow it: `pagination: link`")
        if page.body.lstrip().startswith(b"{"):
            for where in _MORE:
                self._refuse_more(page, where)
        return None

    def _refuse_more(self, page: Page, where: str) -> None:
        if is_true(page.find(where)):
            raise ApiError(f"`{where}` says that more pages follow; say with `pagination` how to get them")
