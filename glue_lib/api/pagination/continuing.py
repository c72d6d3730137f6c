"""What those kinds share whose answers say how to go on."""

from typing import Any

from glue_lib.api import selection
from glue_lib.api.page import Page
from glue_lib.api.pagination import signs
from glue_lib.api.pagination.base import Pagination
from glue_lib.api.place import AnswerPlace
from glue_lib.errors import ApiError


class Continuing(Pagination):
    """A kind whose answers hold what leads to the next page, and have none at the end."""

    def proven(self, page: Page, value: Any, read: str) -> Any:
        """Return a value read from the answer, or None at the proven end; a value that leads nowhere is an error."""
        goes_on = self.goes_on(page)
        if goes_on is False:
            return None
        if value is True:
            raise ApiError(f"`{read}` is `true`, which leads to no page")
        if not is_empty(value):
            return value
        if goes_on:
            raise ApiError(f"`{self.more or self.last}` says that more pages follow, but `{read}` leads to none")
        self._refuse_false_end(page, read)
        return None

    def doubt(self, page: Page) -> str | None:
        """Return the place that no answer had, where it cannot be told from a mistyped one."""
        reads = self.reads()
        if page.number > 1 or self.more or self.last or self.full_page:
            return None
        if signs.is_short(page) or not signs.looks_full(page):
            return None
        if any(has(page, read) for read in reads):
            return None
        places = " nor ".join(f"`{read}`" for read in reads)
        return f"the only answer has no {places}, and {len(page.records)} records look like a full page; check `read`"

    def reads(self) -> list[str]:
        """Return the places that lead to the next page."""
        raise NotImplementedError

    def _refuse_false_end(self, page: Page, read: str) -> None:
        if sign := self.sign_of_more(page):
            raise ApiError(f"`{sign}` says that more pages follow, but `{read}` leads to none; check `read`")
        if page.records and read.startswith("last_record."):
            raise ApiError(f"the last record has no `{read.removeprefix('last_record.')}`, which `read` names")
        is_unknown = page.number == 1 and page.records and not any(has(page, place) for place in self.reads())
        if is_unknown and (token := signs.of_a_token(page, self.ignore_signs)):
            raise ApiError(
                f"the answer has no `{read}`, but `{token}` looks as if it led to more; "
                "correct `read`, or name that place in `ignore_signs`"
            )


def is_empty(value: Any) -> bool:
    """Return whether a value leads to no page."""
    return value is None or value is False or value in ("", [], {}) or str(value).strip().lower() in ("", "null")


def has(page: Page, place: AnswerPlace) -> bool:
    """Return whether the answer has a place at all, even if nothing stands there."""
    part, _, path = place.partition(".")
    if part == "header":
        return page.find(place) is not None
    text = page.last_record if part == "last_record" else page.body
    return bool(text) and selection.raw(text or b"", path) is not None
