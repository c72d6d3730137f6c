"""One page holds the whole stream."""

from typing import Literal

from glue_lib.api.page import Page
from glue_lib.api.pagination import signs
from glue_lib.api.pagination.base import Pagination
from glue_lib.api.request import Request
from glue_lib.errors import ApiError

_MANY = 1000  # records: many APIs send so many at most where nothing else is asked for
_REMEDY = "say with `pagination` how to get them, or name that place in `ignore_signs`"


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
        sign = self.sign_of_more(page)
        if sign == "header.Link":
            raise ApiError("the answer has a `Link` to a next page; say how to follow it: `pagination: link`")
        if sign or self.goes_on(page):
            raise ApiError(f"`{sign or self.more or self.last}` says that more pages follow; {_REMEDY}")
        if page.records and (token := signs.of_a_token(page, self.ignore_signs)):
            raise ApiError(f"`{token}` looks as if it led to another page; {_REMEDY}")
        return None

    def doubt(self, page: Page) -> str | None:
        """Return what in the answer speaks of more records than it has, or looks like a page that is full."""
        count = len(page.records)
        promised = signs.of_a_total(page, self.ignore_signs)
        if promised is not None and 0 < count < promised[1]:
            return f"`{promised[0]}` speaks of {promised[1]} records, and {count} came; {_REMEDY}"
        is_asked_for = str(count) in page.request.query.values()
        if promised is None and count > 1 and (is_asked_for or (count % _MANY == 0 and not page.is_export)):
            return f"{count} records came, which looks like a full page; say with `pagination` how to get the next"
        return None
