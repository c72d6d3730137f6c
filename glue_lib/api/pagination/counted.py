"""What those kinds share that count: pages, or the records before a page."""

from dataclasses import replace
from typing import Any

from pydantic import Field, field_validator

from glue_lib.api.exchange import Response
from glue_lib.api.page import Page
from glue_lib.api.pagination.base import Pagination, RowsMoved, whole_number
from glue_lib.api.pagination.signs import looks_full
from glue_lib.api.place import PagePlace
from glue_lib.api.request import Request
from glue_lib.errors import ApiError

CAPS = 1000  # totals that are multiples of this are often where an API stops counting
_WINDOW = 10_000  # where many APIs go no further, and some of them say that there is no more
_NO_SUCH_PAGE = (404, 416)
_BAD_REQUEST = (400, 422)


class Counted(Pagination):
    """A kind whose requests say by a number where to go on, and whose end is `total`, a sign, or an empty page.

    A total that cannot be right is not believed: one that is less than what came, and, until the page behind it proves
    empty, one that an API may have stopped counting at: it is round, or the page that reaches it is a full one. Nor is
    a sign believed that says after 10,000 records, or 20,000, that there are no more.
    """

    write: PagePlace = Field(description="Where the number goes in the request.")
    start: int = Field(0, description="The number of the first page.")
    rows_may_move: bool = Field(
        False, description="Take it that records that go away while the stream is read may hide others."
    )

    @field_validator("write")
    @classmethod
    def _no_url(cls, place: str) -> str:
        if place == "url":
            raise ValueError("`url` is no place for a number; `path.page` fills `{page}` in the path")
        return place

    def first_request(self, request: Request) -> Request:
        """Return `request` with the number of the first page, unless it has a number already."""
        return request if request.get(self.write) is not None else request.put(self.write, self.start)

    def is_past_end(self, response: Response, request: Request | None = None) -> bool:
        """Return whether there is nothing at a request that was sent to prove the end, or as `past_end` says."""
        if super().is_past_end(response, request):
            return True
        total = request.carried.get("proving") if request else None
        if total is None:
            return False
        # What refuses a place behind a round number of records may be a limit of the API, and no end.
        return response.status in (_NO_SUCH_PAGE if total and total % CAPS == 0 else _NO_SUCH_PAGE + _BAD_REQUEST)

    def number(self, request: Request) -> int:
        """Return the number that a request has."""
        return whole_number(str(request.get(self.write)), self.write)

    def ends(self, page: Page, reached: int, total: int | None, *, unit: str) -> bool:
        """Return whether `page`, with which `reached` of `total` came, is proven to be the last."""
        self.refuse_moved_rows(page, total, unit)
        goes_on = self.goes_on(page)
        if goes_on is not None:
            return not goes_on and not (unit == "records" and self._is_at_a_window(page, reached))
        promised = total is not None and reached < total
        if not page.records:
            self._refuse_false_end(page, total if promised else None, unit)
            return True
        if total is None or promised or reached > total or self.sign_of_more(page):
            return False
        return unit != "records" or not _may_be_cut(page, total)

    def followed(self, request: Request, number: int, **carried: Any) -> Request:
        """Return a request with another number, and what it carries; None stands for nothing."""
        old = {name: value for name, value in request.carried.items() if name not in carried and name != "proving"}
        new = {name: value for name, value in carried.items() if value is not None}
        return replace(request, carried=old | new).put(self.write, number)

    def proving(self, page: Page, reached: int, total: int | None) -> int | None:
        """Return the number of records that the next request is to prove to be all, or None when it goes on before."""
        if self._is_at_a_window(page, reached):
            return reached
        return total if total is not None and reached >= total else None

    def _is_at_a_window(self, page: Page, reached: int) -> bool:
        """Return whether an answer may say that nothing follows only since its API goes no further."""
        if not (self.more or self.last) or not page.records or self.goes_on(page) is not False:
            return False
        before = page.request.carried.get("proving")
        if before and before % _WINDOW == 0:
            raise ApiError(
                f"`{self.more or self.last}` said that {before:,} records were all, but others follow: the API does "
                "not say where it ends; leave it out, or look for another way to page through more than that"
            )
        return reached % _WINDOW == 0

    def _refuse_false_end(self, page: Page, promised: int | None, unit: str) -> None:
        if promised is not None:
            raise ApiError(
                f"the page at {self.write} {self.number(page.request)} is empty although `{self.total}` promises "
                f"{promised} {unit}; where the API counts what it does not show, leave `{self.total}` out"
            )
        if sign := self.sign_of_more(page):
            raise ApiError(
                f"the page is empty although `{sign}` says that more follow; "
                f"declare `more: {sign}` (or `last`), or name that place in `ignore_signs`"
            )

    def notices_moved_rows(self) -> bool:
        """Return whether a falling total loses nothing, since moved records are noticed in another way."""
        return self.rows_may_move

    def refuse_moved_rows(self, page: Page, total: int | None, unit: str) -> None:
        """Raise `RowsMoved` where the total has fallen since the page before."""
        carried = page.request.carried
        before = None if "proving" in carried else carried.get("total")  # a total in doubt says nothing
        if total is not None and before is not None and total < before and not self.notices_moved_rows():
            raise RowsMoved(
                f"the API promised {before} {unit} on the page before and {total} now: records went away while they "
                "were read, so that others may have been passed over; sort by a field that does not change, use "
                "`overlap` with `type: offset`, or accept it with `rows_may_move: true`"
            )


def _may_be_cut(page: Page, total: int) -> bool:
    size = page.request.carried.get("size")
    is_full = looks_full(page) if size is None else len(page.records) == size
    return is_full or (total > 0 and total % CAPS == 0)
