"""The request's `Range` header says which records, and the answer's `Content-Range` which of how many came."""

import re
from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from glue_lib.api.exchange import Response
from glue_lib.api.page import Page
from glue_lib.api.pagination.base import Pagination, RowsMoved
from glue_lib.api.pagination.counted import CAPS
from glue_lib.api.request import Request
from glue_lib.errors import ApiError

_CONTENT_RANGE = re.compile(r"(?:[\w-]+\s+)?(?:(\d+)\s*-\s*(\d+)|\*)\s*/\s*(\d+|\*)")
_NOT_SATISFIABLE = 416


class RangePages(Pagination):
    """Header `Range` asks for `size` records from the first on; `Content-Range` says which came, and of how many.

    The next range starts behind the last record that really came. The stream ends with the last record of all, where
    the answer says how many there are, else with an empty page or status 416. An answer that has no `Content-Range`
    ignored the header: it is the whole.

    The answer:

        HTTP/1.1 206 Partial Content                   # to GET /things with Range: items=0-99
        Content-Range: items 0-99/250

        [{"id": 1}, {"id": 2}]

    The YAML:

        pagination: {type: range, unit: items, size: 100}

    Ranges without a unit, `Range: 0-99`:

        pagination: {type: range, unit: "", size: 100}
    """

    type: Literal["range"] = "range"
    unit: str = Field("items", description="What the header `Range` counts; empty for a bare `0-99`.")
    size: int = Field(100, gt=0, description="Records asked for at a time.")
    rows_may_move: bool = Field(
        False, description="Take it that records that go away while the stream is read may hide others."
    )

    def first_request(self, request: Request) -> Request:
        """Return `request` with the first range, unless it has a range already."""
        return request if request.get("header.Range") else self._from(request, 0)

    def next_request(self, page: Page) -> Request | None:
        """Return the request for the range behind the one that came, or None at the end."""
        start = self._start(page.request)
        came = page.find("header.Content-Range")
        if not isinstance(came, str):
            self._refuse_part(page, start)
            return None
        reached, total = self._came(page, start, came)
        before = page.request.carried.get("total")
        if total is not None and before is not None and total < before and not self.rows_may_move:
            raise RowsMoved(
                f"`Content-Range` spoke of {before} records before and of {total} now: records went away while they "
                "were read, so that others may have been passed over; accept it with `rows_may_move: true`"
            )
        goes_on = self.goes_on(page)
        if goes_on is False or (goes_on is None and self._is_last(page, reached, total)):
            return None
        following = self._from(page.request, reached)
        return following if total is None else following.carry(total=total)

    def ahead(self, page: Page, most: int) -> Sequence[Request]:
        """Return the requests for the ranges up to the total, as if every page brought as many records as this one."""
        total, step = self.expected(page), len(page.records)
        if total is None or not step:
            return ()
        reached = self._start(page.request) + step
        return [self._from(page.request, start) for start in range(reached, min(reached + step * most, total), step)]

    def is_past_end(self, response: Response, request: Request | None = None) -> bool:
        """Return whether the API says that there is nothing in the range, or as `past_end` says."""
        return response.status == _NOT_SATISFIABLE or super().is_past_end(response, request)

    def expected(self, page: Page) -> int | None:
        """Return the total of `Content-Range`, unless `total` names another place."""
        if self.total:
            return super().expected(page)
        found = _CONTENT_RANGE.fullmatch(str(page.find("header.Content-Range") or "").strip())
        return int(found[3]) if found and found[3] != "*" else None

    def _came(self, page: Page, start: int, came: str) -> tuple[int, int | None]:
        """Return the place behind what came, and the total, where they fit what was asked and what is there."""
        found = _CONTENT_RANGE.fullmatch(came.strip())
        if not found:
            raise ApiError(f"`Content-Range` is `{came}`; it should be like `items 0-99/250`")
        count = int(found[2]) - int(found[1]) + 1 if found[1] else 0
        if (found[1] and int(found[1]) != start) or count != len(page.records):
            raise ApiError(f"`Content-Range` is `{came}`, but {len(page.records)} records from {start} on came")
        return start + count, self.expected(page)

    def _is_last(self, page: Page, reached: int, total: int | None) -> bool:
        if total is not None and not page.records and reached < total:
            raise ApiError(f"the range from {reached} on is empty although `Content-Range` promises {total} records")
        # What is behind a round total is asked for: an API may have stopped counting there.
        return not page.records or (reached == total and total % CAPS != 0)

    def _refuse_part(self, page: Page, start: int) -> None:
        if start and page.records:
            raise ApiError("the answer has no `Content-Range`, so it is not the range that was asked for")
        if sign := self.sign_of_more(page):
            raise ApiError(f"the answer has no `Content-Range`, and `{sign}` says that more pages follow")

    def _from(self, request: Request, start: int) -> Request:
        unit = f"{self.unit}=" if self.unit else ""
        return request.put("header.Range", f"{unit}{start}-{start + self.size - 1}")

    def _start(self, request: Request) -> int:
        return int(str(request.get("header.Range")).rpartition("=")[2].partition("-")[0])
