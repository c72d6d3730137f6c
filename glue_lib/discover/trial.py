"""A way to the next page, tried: it is right when a second page comes that is another one."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from glue_lib.api.exchange import Response
from glue_lib.api.page import Page
from glue_lib.api.pagination.base import Pagination
from glue_lib.api.reading import Reading
from glue_lib.api.records import Records
from glue_lib.api.request import Request
from glue_lib.api.retry import Deferred
from glue_lib.discover.answer import Found
from glue_lib.discover.asking import Asking, Spent, decoded
from glue_lib.discover.endpoint import Endpoint
from glue_lib.discover.paging import Candidate
from glue_lib.errors import ApiError
from glue_lib.kind import members

_FAR = 9999  # a page that is behind most ends
_MOST_PAGES = 5  # of one stream; its end may be among them
_REFUSALS = range(400, 500)


class Trial:
    """One way to the next page, tried on an endpoint."""

    def __init__(self, asking: Asking, way: Candidate, found: Found, endpoint: Endpoint) -> None:
        self._asking, self._found, self._endpoint = asking, found, endpoint
        self.yaml = dict(way.pagination)
        self._where = Records(path=found.where) if isinstance(found.where, str) else Records(**found.where)
        self.records: list[Any] = []
        self.told: list[str] = []
        self.doubts: list[str] = []
        self.refuted = "the answer says that there is no next page"
        self.is_proven = False
        self._is_past_end: dict[str, Any] = {}

    def proves(self, first: Page, may_ask: Callable[[], bool]) -> bool:
        """Return whether this way leads to another page; tells how far it was followed."""
        pagination = self._pagination()
        page = self._as_read(first, pagination)
        following = pagination.next_request(page)
        if following is None:
            return self._is_whole(pagination, page)
        second = self._next(following, 2)
        if second is None or not len(second.records):
            return self._is_short(second, page, may_ask)
        if second.fingerprint() == page.fingerprint() or self._repeats(page, second):
            self.refuted = "its second page is the first one again"
            return False
        if not self._counts_from(page, may_ask):
            return False
        self._take(second)
        self.is_proven = True
        self.told.append("proven by probing: the second page has other records")
        self._follow(pagination, second, may_ask)
        return True

    def settled(self) -> dict[str, Any]:
        """Return the `pagination:` as it was proven."""
        settled = {**self.yaml, **self._is_past_end}
        if settled["type"] == "page" and settled.get("start") == 1:
            del settled["start"]
        return settled

    def _pagination(self) -> Pagination:
        kind = members("glue_lib.api.pagination", Pagination)[self.yaml["type"]]
        found = kind.model_validate(self.yaml)
        assert isinstance(found, Pagination)
        return found

    def _as_read(self, first: Page, pagination: Pagination) -> Page:
        response = Response(first.status, first.headers, first.body)
        read = Reading(records=self._where).decoded(response)
        asked = pagination.first_request(first.request)
        return replace(first, request=asked, records=read.records, body=read.envelope)

    def _next(self, request: Request, number: int) -> Page | None:
        """Return a page, or None where the API answers as it does behind its last page."""
        try:
            return self._asking.page(request, self._where, number)
        except (Spent, Deferred):
            raise
        except ApiError as error:
            if error.status in _REFUSALS and self.yaml["type"] in ("page", "offset") and error.status not in (401, 403):
                self._is_past_end = {"past_end": _past_end(error.status, self._asking.budget.last)}
                return None
            raise

    def _is_whole(self, pagination: Pagination, page: Page) -> bool:
        """All is on the first page, and the answer itself says so by a place that leads on elsewhere."""
        has_sign = pagination.more or pagination.last or pagination.total or getattr(pagination, "total_pages", None)
        if has_sign and self.yaml["type"] not in ("link", "next_url", "token"):
            self.doubts.append("all records are on one page, which says that it is the last: no second one was seen")
            return True
        return False

    def _is_short(self, second: Page | None, first: Page, may_ask: Callable[[], bool]) -> bool:
        """A second page without records: the parameter does something, and all records are on the first one."""
        self.refuted = "its second page is refused" if second is None else "its second page is empty"
        self._is_past_end = {}
        if second is None or self.yaml["type"] not in ("page", "offset") or not self._counts_from(first, may_ask):
            return False
        self.told.append("the second page is empty, so the first one has all records, and this ends the stream")
        self.doubts.append("all records are on one page: that pages differ was not seen")
        return True

    def _follow(self, pagination: Pagination, page: Page, may_ask: Callable[[], bool]) -> None:
        """Follow some further pages, towards the end."""
        number = 2
        try:
            while number < _MOST_PAGES and may_ask() and (following := pagination.next_request(page)):
                further = self._next(following, number + 1)
                if further is None:
                    self._end(number, "the API refuses the page behind it")
                    return
                page, number = further, number + 1
                self._take(page)
            if pagination.next_request(page) is None:
                self._end(number, "")
            else:
                self.told.append(f"the end was not reached within the budget: {number} pages were looked at")
                self._look_far(pagination, page)
        except Spent:
            self.told.append(f"the end was not reached within the budget: {number} pages were looked at")
        except ApiError as error:
            self._distrust(error, number)

    def _look_far(self, pagination: Pagination, page: Page) -> None:
        """See how the API answers far behind its end, where a stream would end with an empty page."""
        ends = ("total", "more", "last", "total_pages")
        if self.yaml["type"] != "page" or any(self.yaml.get(end) for end in ends):
            return
        far = self._next(page.request.put(self.yaml["write"], _FAR), 2)
        if far is None and "error" not in self._is_past_end.get("past_end", {}):
            self._is_past_end = {}  # without a code it could be any refusal
            self.doubts.append(f"page {_FAR} is refused; see `past_end:` if that is how the end looks")
        elif far is None:
            self.doubts.append(f"`past_end` is how page {_FAR} is refused: is that the end, or a limit?")

    def _distrust(self, error: ApiError, number: int) -> None:
        total = self.yaml.pop("total", None)
        if total:
            self.doubts.append(f"`{total}` is not the number of all records, as page {number} shows; it is left out")
        else:
            self.doubts.append(f"page {number + 1} failed: {short(error)}")

    def _end(self, number: int, how: str) -> None:
        self.told.append(f"the end was reached with page {number}{f': {how}' if how else ''}")

    def _counts_from(self, first: Page, may_ask: Callable[[], bool]) -> bool:
        """Return whether the first page comes by its number, too; finds out whether that is 1 or 0."""
        if self.yaml["type"] != "page":
            return True
        assumed = int(self.yaml.get("start", 1))
        for start in (assumed, 1 - assumed):
            if not may_ask():
                self.doubts.append(f"that the first page is number {assumed} was not seen")
                return True
            page = self._next(first.request.put(self.yaml["write"], start), 1)
            if page is not None and page.fingerprint() == first.fingerprint():
                self.yaml["start"] = start
                self._is_past_end = {} if start != assumed else self._is_past_end
                return True
        self.refuted = "neither page 0 nor page 1 is the first one"
        return False

    def _repeats(self, page: Page, second: Page) -> bool:
        before = set(page.records)
        again = sum(record in before for record in second.records)
        if again and again < len(second.records):
            self.doubts.append(f"page 2 repeats {again} of the records of page 1")
        return again == len(second.records)

    def _take(self, page: Page) -> None:
        self.records += [decoded(record) for record in page.records]


def _past_end(status: int | None, response: Response | None) -> dict[str, Any]:
    told: dict[str, Any] = {"statuses": [status]}
    words = list(_codes(decoded(response.body.start(2**16)))) if response else []
    return told | ({"error": words[0]} if words else {})


def _codes(body: Any) -> Iterator[str]:
    """Yield what looks like the code of an error."""
    if isinstance(body, Mapping):
        for key in ("error", "code", "error_code", "errorCode", "type"):
            value = body.get(key)
            if isinstance(value, str) and value and " " not in value and len(value) < 60:
                yield value
            elif isinstance(value, Mapping):
                yield from _codes(value)


def short(error: ApiError) -> str:
    """Return what is wrong, without where."""
    return str(error).rpartition(": ")[2][:120]
