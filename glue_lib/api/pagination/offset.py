"""The request carries how many records to pass over."""

from collections.abc import Sequence
from typing import Literal

from glue_lib.api.page import Page
from glue_lib.api.pagination.base import Pagination, whole_number
from glue_lib.api.place import RequestPlace
from glue_lib.api.request import Request
from glue_lib.errors import ApiError


class OffsetPages(Pagination):
    """The request carries at `write` how many records to pass over.

    The offset grows by the records that really came, so an API that cuts the asked page size loses nothing. The stream
    ends when it reaches `total`, where that is declared, else with an empty page. An empty page before `total` is an
    error: some APIs stop early at a limit of their own.

    The JSON:

        {"items": [{"id": 1}, {"id": 2}], "count": 3}                    # GET /things?limit=2&offset=0
        {"items": [{"id": 3}], "count": 3}                               # GET /things?limit=2&offset=2, the last

    The YAML:

        params: {limit: 2}
        pagination: {type: offset, write: query.offset, total: body.count}
    """

    type: Literal["offset"] = "offset"
    write: RequestPlace = "query.offset"

    def first_request(self, request: Request) -> Request:
        """Return `request` with offset 0, unless it has an offset already."""
        return request if request.get(self.write) is not None else request.put(self.write, 0)

    def next_request(self, page: Page) -> Request | None:
        """Return the same request with the grown offset, or None at the end."""
        reached = whole_number(str(page.request.get(self.write)), self.write) + len(page.records)
        total = self.expected(page)
        if total is not None and reached >= total:
            return None
        if page.records:
            return page.request.put(self.write, reached)
        if total is not None:
            raise ApiError(f"the page at offset {reached} is empty although `{self.total}` promises {total} records")
        return None

    def ahead(self, page: Page, most: int) -> Sequence[Request]:
        """Return the requests up to `total`, as if every page brought as many records as this one."""
        total, step = self.expected(page), len(page.records)
        if total is None or not step:
            return ()
        reached = whole_number(str(page.request.get(self.write)), self.write) + step
        return [page.request.put(self.write, each) for each in range(reached, min(reached + step * most, total), step)]
