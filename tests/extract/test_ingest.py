"""Going on where an earlier execution was stopped, and beginning a slice anew where the API has forgotten the place."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from glue_lib.api.client import Client
from glue_lib.api.exchange import Cut, Response, SignedRequest
from glue_lib.api.retry import Retry
from glue_lib.errors import ApiError
from glue_lib.execution import Execution, Outcome
from glue_lib.extract.ingest import ingest_stream
from glue_lib.landing.positions import Positions
from glue_lib.landing.run import RunFolder
from glue_lib.landing.storage import FolderStorage
from glue_lib.runtime.execution import no_engine
from glue_lib.spec.loader import loads

Answer = Response | Exception

PIPELINE = """
source: small
base_url: https://api.example.org
streams:
  things:
    path: /things
    records: data
    pagination: {type: token, read: body.next, write: query.after}
"""
PAGES = {"": ([1, 2], "a"), "a": ([3, 4], "b"), "b": ([5], None)}


def page(after: str) -> Response:
    ids, following = PAGES[after]
    return Response(200, {}, json.dumps({"data": [{"id": one} for one in ids], "next": following}).encode())


class Api:
    """Answers with PAGES by their token, but for those that a test puts another answer in the place of."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.urls: list[str] = []
        self.instead: Callable[[str], Answer | None] = lambda after: None

    def __call__(self, request: SignedRequest, timeout_seconds: float) -> Response:
        self.urls.append(request.url)
        after = request.url.partition("after=")[2]
        self.asked.append(after)
        answer = self.instead(after) or page(after)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
def ingest(api: Api, tmp_path: Path) -> Callable[..., Outcome]:
    def once(text: str = PIPELINE, **given: Any) -> Outcome:
        pipeline = loads(text, "small.yaml")
        execution = Execution(pipeline, FolderStorage(tmp_path), no_engine, str, **{"part_bytes": 1} | given)
        client = Client(
            pipeline.base_url,
            name="small.things",
            secrets=str,
            retry=Retry(tries=2),
            send=api,
            sleep=lambda seconds: None,
        )
        return ingest_stream(execution, pipeline.stream("things"), client)

    return once


def landed(folder: Path, run_id: str | None) -> list[int]:
    run = RunFolder(FolderStorage(folder), "small", "things", str(run_id))
    return [json.loads(record)["id"] for part in run.parts() for record in run.records(part)]


def stopped_at(api: Api, ingest: Callable[..., Outcome], after: str, **given: Any) -> None:
    """Run until the page after this token, which brings the execution to its end."""
    api.instead = lambda asked: ZeroDivisionError() if asked == after else None
    with pytest.raises(ZeroDivisionError):
        ingest(**given)
    api.instead = lambda asked: None
    api.asked.clear()


def test_a_stopped_slice_goes_on_with_the_page_that_is_missing(api: Api, ingest: Any, tmp_path: Path):
    stopped_at(api, ingest, "b")

    outcome = ingest()

    assert api.asked == ["b"]
    assert landed(tmp_path, outcome.run_id) == [1, 2, 3, 4, 5]
    assert (outcome.records, outcome.pages) == (5, 3)


@pytest.mark.parametrize(
    "refusal",
    [
        Response(400, {}, b'{"error": "unknown token"}'),
        Response(410, {}, b""),
        Response(200, {}, b'{"error": "unknown token"}'),
        Response(200, {}, b'{"other": []}'),
    ],
)
def test_a_slice_whose_place_the_api_has_forgotten_begins_anew(
    refusal: Response, api: Api, ingest: Any, tmp_path: Path
):
    stopped_at(api, ingest, "b")
    answers = iter([refusal])
    api.instead = lambda after: next(answers, None) if after == "b" else None

    outcome = ingest()

    assert api.asked == ["b", "", "a", "b"]
    assert landed(tmp_path, outcome.run_id) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("refusal", "told"),
    [
        (Response(401, {}, b""), "answered 401"),
        (Cut("the line is down"), "the line is down"),
        (Response(503, {}, b""), "answered 503"),
    ],
)
def test_what_is_no_matter_of_the_place_keeps_what_is_landed(
    refusal: Answer, told: str, api: Api, ingest: Any, tmp_path: Path
):
    stopped_at(api, ingest, "b")
    api.instead = lambda after: refusal

    with pytest.raises(ApiError, match=told):
        ingest()

    api.instead = lambda after: None
    api.asked.clear()
    assert landed(tmp_path, ingest().run_id) == [1, 2, 3, 4, 5]
    assert api.asked == ["b"]


def test_a_page_that_is_refused_later_on_does_not_begin_the_slice_anew(api: Api, ingest: Any):
    stopped_at(api, ingest, "a")
    api.instead = lambda after: Response(404, {}, b"") if after == "b" else None

    with pytest.raises(ApiError, match="answered 404"):
        ingest()

    assert api.asked == ["a", "b"]


def test_a_slice_that_was_never_stopped_is_not_begun_anew(api: Api, ingest: Any):
    api.instead = lambda after: Response(400, {}, b"") if after == "b" else None

    with pytest.raises(ApiError, match="answered 400"):
        ingest()

    assert api.asked == ["", "a", "b"]


def test_a_cursor_that_counts_moves_to_the_highest_number_even_where_the_api_takes_an_end(
    api: Api, ingest: Any, tmp_path: Path
):
    cursor = "cursor: {field: id, from: query.from, until: query.to, format: integer}"

    ingest(PIPELINE + f"    write: append\n    {cursor}\n")

    position = Positions(FolderStorage(tmp_path), "small", "things").landed()
    assert position and position.value == "5"


def test_bounds_in_the_middle_of_a_query_are_filled_once_for_each_window(api: Api, ingest: Any):
    cursor = (
        "cursor: {field: at, from: text.since, until: text.until, start: 2020-01-01, slice: 500y}\n    write: append"
    )

    ingest(PIPELINE + f'    params: {{q: "at >= {{since}} and at < {{until}}"}}\n    {cursor}\n')

    (bounds,) = {url.partition("q=")[2].partition("&")[0] for url in api.urls}
    assert bounds.startswith("at%20%3E%3D%202020-01-01T00%3A00%3A00Z%20and%20at%20%3C%202")
    assert "%7B" not in bounds


BY_OFFSET = PIPELINE.replace(
    "{type: token, read: body.next, write: query.after}", "{type: offset, total: body.total, write: query.after}"
)


def losing(api: Api, requests: int) -> Callable[[str], Response]:
    """A row goes away from the front with every other request, up to so many requests."""

    def rows(after: str) -> Response:
        gone = min(len(api.asked), requests) // 2
        found = range(gone, 9)[int(after or 0) :][:3]
        return Response(200, {}, json.dumps({"data": [{"id": one} for one in found], "total": 9 - gone}).encode())

    return rows


def test_a_slice_whose_rows_moved_while_they_were_read_is_read_again(api: Api, ingest: Any):
    api.instead = losing(api, 2)

    outcome = ingest(BY_OFFSET)

    assert (outcome.status, outcome.records) == ("complete", 8)
    assert len(api.asked) == 2 + 3


def test_rows_that_keep_moving_are_an_error(api: Api, ingest: Any):
    api.instead = losing(api, 99)

    with pytest.raises(ApiError, match=r"records went away while they were read.*rows_may_move"):
        ingest(BY_OFFSET)


SPREAD = {
    "": ([{"id": 1, "l": [1]}, {"id": 2, "l": [1]}], "a"),
    "a": ([{"id": 2, "l": [2]}], "b"),
    "b": ([{"id": 2, "l": ["é"]}, {"id": 3, "l": []}], None),
}


@pytest.mark.parametrize("stop", ["a", "b", None])
def test_a_record_spread_over_pages_is_landed_as_one_also_after_a_stop(
    stop: str | None, api: Api, ingest: Any, tmp_path: Path
):
    text = PIPELINE.replace("records: data", "records: {path: data, joined_by: id}")

    def answer(after: str) -> Answer:
        rows, following = SPREAD[after]
        return Response(200, {}, json.dumps({"data": rows, "next": following}).encode())

    if stop is not None:
        api.instead = lambda after: ZeroDivisionError() if after == stop else answer(after)
        with pytest.raises(ZeroDivisionError):
            ingest(text)
        api.asked.clear()
    api.instead = answer

    outcome = ingest(text)

    run = RunFolder(FolderStorage(tmp_path), "small", "things", str(outcome.run_id))
    records = [json.loads(record) for part in run.parts() for record in run.records(part)]
    assert records == [{"id": 1, "l": [1]}, {"id": 2, "l": [1, 2, "é"]}, {"id": 3, "l": []}]
    assert api.asked == {"a": ["a", "b"], "b": ["b"], None: ["", "a", "b"]}[stop]
