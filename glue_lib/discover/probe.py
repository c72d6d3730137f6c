"""Probing: asks an endpoint for a few pages, to see what its records are and which way to the next page is right."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from glue_lib.api.page import Page
from glue_lib.api.records import Records
from glue_lib.api.request import Request
from glue_lib.api.retry import Deferred
from glue_lib.discover.answer import Found, records_of
from glue_lib.discover.asking import Asking, Spent, decoded
from glue_lib.discover.endpoint import Endpoint
from glue_lib.discover.paging import Candidate, candidates
from glue_lib.discover.specification import is_specification
from glue_lib.discover.trial import Trial, short
from glue_lib.errors import ApiError

_MOST_CANDIDATES = 7


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

    def __init__(self, asking: Asking) -> None:
        self._asking, self.budget = asking, asking.budget

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
            page = self._asking.page(Request(path, query={**endpoint.params, name: value}), records)
        except ApiError:
            return None
        return [decoded(record) for record in page.records]

    def _look(self, outcome: Probed, request: Request, may_ask: Callable[[], bool]) -> None:
        endpoint = outcome.endpoint
        first = self._asking.raw(request)
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
            page = self._asking.raw(smaller)
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
            trial = Trial(self._asking, way, found, outcome.endpoint)
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
                tried.append(f"{_named(way)} ({short(error)})")
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


def replace_found(outcome: Probed, found: Found) -> Probed:
    """Let an outcome have other records found, and forget what was doubted of the first ones."""
    outcome.found, outcome.records = found, [*found.records]
    outcome.doubts = [doubt for doubt in outcome.doubts if not doubt.startswith("tried,")]
    return outcome


def _named(way: Candidate) -> str:
    place = way.pagination.get("write") or way.pagination.get("read") or ""
    return f"{way.pagination['type']} {place}".strip()
