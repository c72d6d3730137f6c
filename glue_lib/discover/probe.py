"""Probing: asks an endpoint for a few pages, to see what its records are and whether a way to the next page is right.

The one part of discovery that asks: by GET only, through the client that runs use, with its pace, its waits and its
hold to one host. What it asks for is counted; when the budget is spent, it says so and stops.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from glue_lib.api.client import Client
from glue_lib.api.decoding.base import Complaint, Decoded, Decoder
from glue_lib.api.exchange import Response, Send, SignedRequest
from glue_lib.api.page import Page
from glue_lib.api.pagination.base import Pagination
from glue_lib.api.reading import Reading
from glue_lib.api.records import Records
from glue_lib.api.request import Request
from glue_lib.api.retry import Deferred
from glue_lib.discover.answer import Found, records_of
from glue_lib.discover.endpoint import Endpoint
from glue_lib.discover.paging import Candidate, candidates
from glue_lib.discover.specification import is_specification
from glue_lib.errors import ApiError
from glue_lib.kind import members

_MOST_CANDIDATES = 7
_FAR = 9999  # a page that is behind most ends
_MOST_PAGES = 5  # of one stream; its end may be among them
_MOST_DIGITS = 30
_REFUSALS = range(400, 500)


class Spent(ApiError):
    """The budget of requests is spent."""


class Budget:
    """Counts what is sent, and keeps the last answer."""

    def __init__(self, send: Send, most: int) -> None:
        self._send = send
        self.left = self.most = most
        self.last: Response | None = None

    @property
    def made(self) -> int:
        """How many requests were made."""
        return self.most - self.left

    def __call__(self, request: SignedRequest, timeout_seconds: float) -> Response:
        """Send a request; raise `Spent` where none is left."""
        if self.left <= 0:
            raise Spent(f"the budget of {self.most} requests is spent")
        self.left -= 1
        self.last = self._send(request, timeout_seconds)
        return self.last


class WholeAnswer(Decoder):
    """Takes the answer as it is: where its records stand is yet to be found."""

    type: str = ""

    def decode(self, response: Response, records: Records, complaint: Complaint) -> Decoded:
        """Return the answer as what is around no records; one that says that it is an error is an `ApiError`."""
        text = response.json_text()
        if said := complaint(text):
            raise ApiError(f"answered with an error: {said}")
        return Decoded((), text)


@dataclass
class Probed:
    """What probing an endpoint came to."""

    endpoint: Endpoint
    body: Any = None
    found: Found | None = None
    records: list[Any] = field(default_factory=list)  # of all pages that were looked at
    pagination: dict[str, Any] | None = None
    why: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    is_probed: bool = True
    is_proven: bool = False  # a second page was seen that is another one
    cursor_proof: str = ""


class Prober:
    """Probes the endpoints of one API, within one budget."""

    def __init__(self, client: Client, budget: Budget) -> None:
        self._client, self.budget = client, budget

    def raw(self, request: Request) -> Page:
        """Return an answer as it came, its body around no records."""
        return self._client.get(request, Reading(format=WholeAnswer()))

    def probed(self, endpoint: Endpoint, path: str, share: int) -> Probed:
        """Return what a few pages of an endpoint show; `path` is its path with its holes filled."""
        outcome = Probed(endpoint)
        floor = max(0, self.budget.left - share)
        try:
            self._look(outcome, Request(path, query=dict(endpoint.params)), lambda: self.budget.left > floor)
        except (Spent, Deferred) as stop:
            outcome.doubts.append(f"probing ended early: {stop}")
        except ApiError as error:
            outcome.doubts.append(f"could not be probed: {error}")
            outcome.is_probed = outcome.body is not None
        return outcome

    def filtered(self, endpoint: Endpoint, path: str, records: Records, name: str, value: str) -> list[Any] | None:
        """Return the records that a filter gives; None where it is refused, or nothing is left to ask with."""
        try:
            page = self._page(Request(path, query={**endpoint.params, name: value}), records)
        except ApiError:
            return None
        return [decoded(record) for record in page.records]

    def _look(self, outcome: Probed, request: Request, may_ask: Callable[[], bool]) -> None:
        endpoint = outcome.endpoint
        first = self.raw(request)
        outcome.body = decoded(first.body)
        if outcome.body is None and first.body.strip() != b"null":
            raise ApiError(f"the body is not JSON{' but HTML or XML' if first.body.lstrip()[:1] == b'<' else ''}")
        if is_specification(outcome.body):
            outcome.doubts.append("the answer is a specification; give its address alone")
            return
        outcome.found = records_of(outcome.body, endpoint.words, is_one_record=endpoint.is_one_record)
        if outcome.found is None:
            outcome.doubts.append("the answer has no array of records")
            return
        outcome.records = [*outcome.found.records]
        if outcome.found.where == "[@]":
            return
        if self._walked(outcome, first, may_ask):
            return
        size = endpoint.size
        count = len(outcome.found.records)
        if size and count > 1 and may_ask():
            # All may be on one page: asked for fewer, the API shows how it goes on.
            smaller = request.put(f"query.{size.name}", str(max(1, count // 2)))
            page = self.raw(smaller)
            found = records_of(decoded(page.body), endpoint.words)
            if found and 0 < len(found.records) < count:
                self._walked(replace_found(outcome, found), page, may_ask)

    def _walked(self, outcome: Probed, first: Page, may_ask: Callable[[], bool]) -> bool:
        """Try the ways to a next page until one is proven; say whether one was."""
        found = outcome.found
        assert found is not None
        body = decoded(first.body)
        ways = candidates(outcome.endpoint, body, first.headers, found)[:_MOST_CANDIDATES]
        tried: list[str] = []
        for way in ways:
            if not may_ask():
                break
            trial = Trial(self, way, found, outcome.endpoint)
            try:
                if trial.proves(first, may_ask):
                    outcome.pagination, outcome.is_proven = trial.settled(), trial.is_proven
                    outcome.why = [way.why, *trial.told]
                    outcome.doubts += trial.doubts
                    outcome.records += trial.records
                    return True
            except (Spent, Deferred):
                raise
            except ApiError as error:
                tried.append(f"{_named(way)} ({_short(error)})")
                continue
            tried.append(f"{_named(way)} ({trial.refuted})")
        self._unproven(outcome, ways, tried)
        return False

    def _unproven(self, outcome: Probed, ways: list[Candidate], tried: list[str]) -> None:
        likely = next((way for way in ways if not way.is_guess), None)
        if likely and outcome.pagination is None and not tried:
            outcome.pagination, outcome.why = dict(likely.pagination), [likely.why]
            outcome.doubts.append("not proven: the requests of this stream were spent")
        elif tried:
            outcome.doubts.append(f"tried, and no second page came of it: {'; '.join(tried[:_MOST_CANDIDATES])}")

    def _page(self, request: Request, records: Records) -> Page:
        return self._client.get(request, Reading(records=records))

    def next_page(self, request: Request, records: Records, number: int) -> Page:
        """Return a further page, as a run would read it."""
        return self._client.get(request, Reading(records=records), number=number)


class Trial:
    """One way to the next page, tried on an endpoint."""

    def __init__(self, prober: Prober, way: Candidate, found: Found, endpoint: Endpoint) -> None:
        self._prober, self._found, self._endpoint = prober, found, endpoint
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
            return self._prober.next_page(request, self._where, number)
        except (Spent, Deferred):
            raise
        except ApiError as error:
            if error.status in _REFUSALS and self.yaml["type"] in ("page", "offset") and error.status not in (401, 403):
                self._is_past_end = {"past_end": _past_end(error.status, self._prober.budget.last)}
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
            self.doubts.append(f"page {number + 1} failed: {_short(error)}")

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


def replace_found(outcome: Probed, found: Found) -> Probed:
    """Let an outcome have other records found, and forget what was doubted of the first ones."""
    outcome.found, outcome.records = found, [*found.records]
    outcome.doubts = [doubt for doubt in outcome.doubts if not doubt.startswith("tried,")]
    return outcome


def decoded(text: bytes) -> Any:
    """Return the JSON value of an answer, to be looked at and no more; None where it is none."""
    try:
        return json.loads(text, parse_int=_whole, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None


def _whole(digits: str) -> Any:
    return int(digits) if len(digits) < _MOST_DIGITS else digits


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


def _named(way: Candidate) -> str:
    place = way.pagination.get("write") or way.pagination.get("read") or ""
    return f"{way.pagination['type']} {place}".strip()


def _short(error: ApiError) -> str:
    return str(error).rpartition(": ")[2][:120]
