"""The request carries how many records to pass over."""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from glue_lib.api.page import Page
from glue_lib.api.pagination import overlap
from glue_lib.api.pagination.counted import Counted
from glue_lib.api.place import PagePlace
from glue_lib.api.request import Request


class OffsetPages(Counted):
    """The request carries at `write` how many records to pass over.

    The offset grows by the records that really came, so an API that cuts the asked page size loses nothing. The stream
    ends when it reaches `total`, where that is declared, or where `more` is false (`last` true), else with an empty
    page. An empty page before `total` is an error: some APIs stop early at a limit of their own.

    Records that come or go while a stream is read move the others, so that some are passed over. A falling `total`
    shows it, and is an error. With `overlap: 10` every page asks again for the last 10 records of the one before:
    when they have moved, the walk goes on right behind them, and when none of them is found, that is an error.

    The JSON:

        {"items": [{"id": 1}, {"id": 2}], "count": 3}                    # GET /things?limit=2&offset=0
        {"items": [{"id": 3}], "count": 3}                               # GET /things?limit=2&offset=2, the last

    The YAML:

        params: {limit: 2}
        pagination: {type: offset, write: query.offset, total: body.count}

    Offsets that count from 1, and records that may move:

        pagination: {type: offset, write: query.startIndex, start: 1, total: body.totalResults, overlap: 10}
    """

    type: Literal["offset"] = "offset"
    write: PagePlace = Field(
        "query.offset", description="Where the number of records to pass over goes in the request."
    )
    overlap: int = Field(
        0,
        ge=0,
        le=1000,
        description="So many of the last records are asked for again with the next page, to see whether they moved.",
    )

    def next_request(self, page: Page) -> Request | None:
        """Return the same request with the grown offset, or None at the end."""
        total, reached = self.expected(page), self._reached(page)
        if self.ends(self.without_repeats(page), reached, total, unit="records"):
            return None
        again = min(self.overlap, len(page.records) - 1)
        return self.followed(
            page.request,
            reached + self.start - again,
            total=total,
            proving=self.proving(page, reached, total),
            size=None if total is None else page.request.carried.get("size", len(page.records)),
            tail=overlap.tail(page.records, again),
        )

    def ahead(self, page: Page, most: int) -> Sequence[Request]:
        """Return the requests up to `total`, as if every page brought as many records as this one."""
        total, step = self.expected(page), len(page.records)
        if total is None or not step or self.overlap:
            return ()
        reached = self._reached(page)
        offsets = range(reached, min(reached + step * most, total), step)
        return [self.followed(page.request, offset + self.start) for offset in offsets]

    def without_repeats(self, page: Page) -> Page:
        """Return the page without the records that `overlap` asked for again."""
        tail = page.request.carried.get("tail")
        return overlap.without(page, tail) if tail else page

    def notices_moved_rows(self) -> bool:
        """Return whether a falling total loses nothing, since the overlap shows which records have moved."""
        return self.rows_may_move or self.overlap > 0

    def _reached(self, page: Page) -> int:
        return self.number(page.request) - self.start + len(page.records)
