"""Fan-outs over whole runs: which parents are asked, what their records carry, and what the evidence tells."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from glue_lib.api.client import Client
from glue_lib.api.exchange import Response, SignedRequest
from glue_lib.api.retry import Retry
from glue_lib.errors import ApiError, ConfigError
from glue_lib.execution import Execution, Outcome
from glue_lib.extract.ingest import ingest_stream
from glue_lib.landing.run import RunFolder
from glue_lib.landing.runs import Runs
from glue_lib.landing.storage import FolderStorage
from glue_lib.runtime.execution import no_engine
from glue_lib.spec.loader import loads

HEAD = """
source: small
base_url: https://api.example.org
limits: {requests_per_second: 1000}
defaults: {records: data, pagination: {type: token, read: body.next, write: query.after}}
streams:
"""
CAMPAIGNS = "  campaigns: {path: /campaigns, key: [id], write: upsert, cursor: {field: at, from: query.since}}\n"
COMMENTS = '  comments: {path: "/campaigns/{campaigns.id}/comments", key: [id], write: upsert%s}\n'


class Api:
    """Answers with what stands at a path, one record a page, or with what a test puts in its place."""

    def __init__(self) -> None:
        self.data: dict[str, list[dict[str, Any]]] = {}
        self.instead: Callable[[str], Response | Exception | None] = lambda target: None
        self.asked: list[str] = []

    def __call__(self, request: SignedRequest, timeout_seconds: float) -> Response:
        parts = urlsplit(request.url)
        target = unquote(request.url.removeprefix("https://api.example.org"))
        self.asked.append(target + (f" {request.content.decode()}" if request.content else ""))
        answer = self.instead(target)
        if isinstance(answer, Exception):
            raise answer
        return answer or self._page(unquote(parts.path), dict(parse_qsl(parts.query)))

    def _page(self, path: str, query: dict[str, str]) -> Response:
        if path not in self.data:
            return Response(404, {}, b'{"message": "unknown"}')
        found = [record for record in self.data[path] if str(record.get("at", "9")) >= query.get("since", "")]
        at = int(query.get("after", "0"))
        following = str(at + 1) if at + 1 < len(found) else None
        return Response(200, {}, json.dumps({"data": found[at : at + 1], "next": following}).encode())


class Source:
    """A source of which every stream is read, run after run, a day apart."""

    def __init__(self, api: Api, folder: Path) -> None:
        self.api, self.storage = api, FolderStorage(folder)
        self._days = count()

    def ingest(self, streams: str, *only: str, **given: Any) -> dict[str, Outcome]:
        pipeline = loads(HEAD + streams, "small.yaml")
        now = datetime(2024, 3, 1, tzinfo=UTC) + timedelta(days=next(self._days))
        execution = Execution(pipeline, self.storage, no_engine, str, now=lambda: now, **{"part_bytes": 1} | given)
        return {stream.name: self._ingest(execution, stream.name) for stream in pipeline.in_order(only)}

    def _ingest(self, execution: Execution, name: str) -> Outcome:
        client = Client(
            execution.pipeline.base_url,
            name=f"small.{name}",
            secrets=str,
            limits=execution.pipeline.limits,
            retry=Retry(tries=1),
            send=self.api,
            sleep=lambda seconds: None,
        )
        return ingest_stream(execution, execution.pipeline.stream(name), client)

    def landed(self, outcome: Outcome) -> list[bytes]:
        run = RunFolder(self.storage, "small", outcome.stream, str(outcome.run_id))
        return [record for part in run.parts() for record in run.records(part)]


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
def source(api: Api, tmp_path: Path) -> Source:
    return Source(api, tmp_path)


def with_campaigns(api: Api, *ids: int, at: str = "2024-01-01") -> None:
    api.data["/campaigns"] = [*api.data.get("/campaigns", []), *({"id": one, "at": at} for one in ids)]
    api.data |= {f"/campaigns/{one}/comments": [{"id": f"c{one}"}] for one in ids}


def asked(api: Api, word: str) -> list[str]:
    found = [target for target in api.asked if word in target]
    api.asked.clear()
    return found


def test_records_carry_the_values_of_all_that_stand_above(api: Api, source: Source):
    streams = """
  orgs: {path: /orgs, key: [id]}
  projects: {path: "/orgs/{orgs.id}/projects", key: [id], copy: [name]}
  tasks: {path: "/orgs/{orgs.id}/projects/{projects.id}/tasks", key: [id], copy: [orgs.name, projects.owner.id]}
"""
    api.data = {
        "/orgs": [{"id": 98765432109876543210, "name": "é"}, {"id": 2, "name": None}],
        "/orgs/98765432109876543210/projects": [{"id": "p/1", "owner": {"id": 7}}],
        "/orgs/2/projects": [{"id": "p2"}],
        "/orgs/98765432109876543210/projects/p/1/tasks": [{"id": 1}, {}],
        "/orgs/2/projects/p2/tasks": [{"id": 1}],
    }

    found = source.ingest(streams)

    assert source.landed(found["tasks"]) == [
        b'{"_orgs_id": 98765432109876543210, "_orgs_name": "\\u00e9", "_projects_id": "p/1", "_projects_owner_id": 7, '
        b'"id": 1}',
        b'{"_orgs_id": 98765432109876543210, "_orgs_name": "\\u00e9", "_projects_id": "p/1", "_projects_owner_id": 7}',
        b'{"_orgs_id": 2, "_orgs_name": null, "_projects_id": "p2", "id": 1}',
    ]
    assert found["tasks"].evidence["parents"] == 2


def test_a_batch_is_asked_for_at_once_and_its_records_carry_nothing(api: Api, source: Source):
    streams = '  users: {path: /users}\n  mails: {path: /mails, params: {"of[]": "{users.id}"}, batch: 2}\n'
    api.data = {"/users": [{"id": number} for number in range(5)], "/mails": [{"m": 1}]}

    found = source.ingest(streams)

    assert sorted(asked(api, "/mails")) == [
        "/mails?of[]=0&of[]=1",
        "/mails?of[]=2&of[]=3",
        "/mails?of[]=4",
    ]
    assert source.landed(found["mails"]) == [b'{"m": 1}'] * 3


def test_a_batch_that_the_api_does_not_know_is_an_error(api: Api, source: Source):
    streams = "  users: {path: /users}\n  mails: {path: /mails, params: {of: '{users.id}'}, batch: 2}\n"
    api.data = {"/users": [{"id": 1}, {"id": 2}]}

    with pytest.raises(ApiError, match="answered 404"):
        source.ingest(streams)


def test_values_stand_in_a_body_too(api: Api, source: Source):
    streams = """
  users: {path: /users}
  regions: {path: /regions}
  sales: {path: /sales, method: POST, body: {where: {user: "{users.id}", region: "{regions.code}"}}}
"""
    api.data = {"/users": [{"id": 1}, {"id": 2}], "/regions": [{"code": "n"}], "/sales": [{"s": 1}]}

    found = source.ingest(streams)

    assert sorted(asked(api, "/sales")) == [
        '/sales {"where": {"user": 1, "region": "n"}}',
        '/sales {"where": {"user": 2, "region": "n"}}',
    ]
    assert source.landed(found["sales"])[1] == b'{"_users_id": 2, "_regions_code": "n", "s": 1}'


@pytest.mark.parametrize("status", [404, 410])
def test_a_parent_that_is_gone_is_set_aside_and_told(api: Api, source: Source, status: int):
    with_campaigns(api, 1, 2, 3)
    api.instead = lambda target: Response(status, {}, b"") if target.startswith("/campaigns/2/") else None

    outcome = source.ingest(CAMPAIGNS + COMMENTS % "")["comments"]

    assert (outcome.status, outcome.records) == ("complete", 2)
    assert outcome.evidence["missing_parents"] == 1
    assert outcome.evidence["first_missing"] == ["GET /campaigns/2/comments"]
    assert outcome.evidence["parents"] == 3


def test_a_parent_that_comes_back_is_read_from_where_it_was_left(api: Api, source: Source):
    cursor = ", cursor: {field: at, from: query.since, until: query.to, start: 2020-01-01}"
    streams = CAMPAIGNS + COMMENTS % cursor
    with_campaigns(api, 1, 2)
    api.instead = lambda target: Response(404, {}, b"") if target.startswith("/campaigns/2/") else None
    source.ingest(streams)
    api.instead = lambda target: None
    asked(api, "")

    source.ingest(streams)

    assert sorted(target.partition("&to")[0] for target in asked(api, "/comments")) == [
        "/campaigns/1/comments?since=2024-03-01T00:00:00Z",
        "/campaigns/2/comments?since=2020-01-01T00:00:00Z",
    ]


@pytest.mark.parametrize(("status", "option"), [(404, ", missing_parent: error"), (403, ""), (200, "")])
def test_what_is_no_missing_parent_is_an_error(api: Api, source: Source, status: int, option: str):
    with_campaigns(api, 1, 2)
    api.instead = lambda target: Response(status, {}, b"{}") if target.startswith("/campaigns/2/") else None

    outcome = source.ingest(CAMPAIGNS + COMMENTS % option)["comments"]

    assert outcome.status == "failed" and "/campaigns/2/comments" in str(outcome.error)


def test_a_parent_that_is_closed_is_set_aside_where_the_file_says_how_the_api_puts_it(api: Api, source: Source):
    with_campaigns(api, 1, 2)
    closed = Response(200, {}, b'{"ok": false, "error": "not_in_channel"}')
    api.instead = lambda target: closed if target.startswith("/campaigns/2/") else None

    outcome = source.ingest(CAMPAIGNS + COMMENTS % ", missing_parent: {errors: [not_in_channel]}")["comments"]

    assert (outcome.status, outcome.records, outcome.evidence["missing_parents"]) == ("complete", 1, 1)


def test_a_page_that_is_gone_is_no_missing_parent(api: Api, source: Source):
    with_campaigns(api, 1, 2)
    api.data["/campaigns/2/comments"] *= 2
    api.instead = lambda target: Response(404, {}, b"") if target.startswith("/campaigns/2/comments?after") else None

    assert source.ingest(CAMPAIGNS + COMMENTS % "")["comments"].status == "failed"


def test_a_stream_without_parents_has_none_to_miss(api: Api, source: Source):
    with pytest.raises(ApiError, match="answered 404"):
        source.ingest("  campaigns: {path: /campaigns}")


@pytest.mark.parametrize("ids", [(1,), (1, 2, 3)])
def test_when_all_parents_are_gone_the_path_is_wrong_and_the_next_run_begins_anew(
    api: Api, source: Source, ids: tuple[int, ...]
):
    with_campaigns(api, *ids)
    api.instead = lambda target: Response(404, {}, b"") if "/comments" in target else None
    with pytest.raises(ApiError, match=rf"knows none of {len(ids)} parents \(the first: GET /campaigns/1/comments\)"):
        source.ingest(CAMPAIGNS + COMMENTS % "")

    api.instead = lambda target: None

    assert source.ingest(CAMPAIGNS + COMMENTS % "")["comments"].records == len(ids)


def test_where_404_means_no_records_all_parents_may_say_so(api: Api, source: Source):
    with_campaigns(api, 1, 2)
    api.instead = lambda target: Response(404, {}, b"") if "/comments" in target else None

    outcome = source.ingest(CAMPAIGNS + COMMENTS % ", missing_parent: empty")["comments"]

    assert (outcome.status, outcome.records) == ("complete", 0)
    assert "missing_parents" not in outcome.evidence


def test_the_last_parent_of_a_stream_that_was_read_before_may_be_gone(api: Api, source: Source):
    with_campaigns(api, 1)
    changed = COMMENTS % ", only_changed: true"
    source.ingest(CAMPAIGNS + changed)
    with_campaigns(api, 2, at="2024-02-01")
    del api.data["/campaigns/2/comments"]

    assert source.ingest(CAMPAIGNS + changed)["comments"].evidence["missing_parents"] == 1


def test_a_parents_field_may_have_dots_and_spaces_in_its_name(api: Api, source: Source):
    api.data = {"/things": [{"id": 1, "odd.name": "a b", "x y": 7}], "/below": [{"id": "c1"}]}
    below = """  below: {path: /below, params: {a: '{things."odd.name"}', b: '{things."x y"}'}}\n"""

    source.ingest("  things: {path: /things, key: [id]}\n" + below)

    assert asked(api, "/below") == ["/below?a=a b&b=7"]


def test_a_stream_below_one_that_was_never_read_is_an_error_and_not_an_empty_table(api: Api, source: Source):
    with_campaigns(api, 1)

    with pytest.raises(
        ConfigError, match=r"small\.comments: needs the records of `campaigns`, .* `--stream campaigns`"
    ):
        source.ingest(CAMPAIGNS + COMMENTS % "", "comments")

    outcomes = source.ingest(CAMPAIGNS + COMMENTS % "")
    assert outcomes["comments"].records == 1


def test_only_changed_parents_are_asked_also_when_an_execution_was_missed(api: Api, source: Source):
    streams = CAMPAIGNS + COMMENTS % ", only_changed: true"
    with_campaigns(api, 1, 2)
    source.ingest(streams)
    assert len(asked(api, "/comments")) == 2

    with_campaigns(api, 3, at="2024-02-01")
    source.ingest(streams, "campaigns")  # the comments are not read that day
    with_campaigns(api, 4, at="2024-02-02")
    source.ingest(streams)
    assert sorted(asked(api, "/comments")) == ["/campaigns/3/comments", "/campaigns/4/comments"]

    with_campaigns(api, 5, at="2024-02-03")
    api.instead = lambda target: Response(400, {}, b"") if "/5/comments" in target else None
    with pytest.raises(ApiError, match="answered 400"):
        source.ingest(streams)
    api.instead = lambda target: None
    with_campaigns(api, 6, at="2024-02-04")
    source.ingest(streams)  # goes on with the run that was stopped
    source.ingest(streams)
    assert {target for target in asked(api, "/comments") if "/5/" in target or "/6/" in target} == {
        "/campaigns/5/comments",
        "/campaigns/6/comments",
    }


def test_a_full_refresh_asks_all_parents(api: Api, source: Source):
    streams = CAMPAIGNS + COMMENTS % ", only_changed: true"
    with_campaigns(api, 1, 2)
    source.ingest(streams)
    asked(api, "")

    source.ingest(streams, full_refresh=True)

    assert len(asked(api, "/comments")) == 2


def test_those_below_changed_parents_keep_the_others(api: Api, source: Source):
    likes = '  likes: {path: "/comments/{comments.id}/likes", key: [id], write: upsert}\n'
    streams = CAMPAIGNS + COMMENTS % ", only_changed: true" + likes
    with_campaigns(api, 1)
    api.data |= {"/comments/c1/likes": [], "/comments/c2/likes": []}
    source.ingest(streams)
    with_campaigns(api, 2, at="2024-02-01")
    asked(api, "")

    source.ingest(streams)

    assert sorted(asked(api, "/likes")) == ["/comments/c1/likes", "/comments/c2/likes"]


def test_the_mode_of_a_reading_of_changed_parents_is_told(api: Api, source: Source):
    streams = CAMPAIGNS + COMMENTS % ", only_changed: true"
    with_campaigns(api, 1)

    source.ingest(streams)
    source.ingest(streams)

    assert [run.mode for run in Runs(source.storage, "small", "comments").all()] == ["full", "incremental"]


def test_parents_without_the_value_are_passed_over_and_counted(api: Api, source: Source):
    streams = '  tickets: {path: /tickets}\n  people: {path: "/people/{tickets.assignee}"}\n'
    tickets = [{"assignee": 1}, {"assignee": None}, {"assignee": None}, {}]
    api.data = {"/tickets": [{"id": at} | each for at, each in enumerate(tickets)], "/people/1": [{"name": "x"}]}

    outcome = source.ingest(streams)["people"]

    assert asked(api, "/people") == ["/people/1"]
    assert outcome.evidence["parents_without_value"] == {"tickets": 2}  # each lack counts once


def test_one_record_with_an_odd_id_does_not_stop_a_fan_out_for_ever(api: Api, source: Source):
    streams = '  tickets: {path: /tickets}\n  people: {path: "/people/{tickets.assignee}"}\n'
    tickets = [{"id": 1, "assignee": "a"}, {"id": 2, "assignee": ".."}, {"id": 3, "assignee": True}]
    api.data = {"/tickets": tickets, "/people/a": [{"name": "x"}]}

    outcome = source.ingest(streams)["people"]

    assert asked(api, "/people") == ["/people/a"]
    assert outcome.evidence["parents_with_unusable_value"] == {"tickets.assignee": 2}
    assert outcome.evidence["first_unusable"] == {"tickets.assignee": ['".."', "true"]}


def test_a_field_that_is_misspelt_is_an_error_and_nothing_is_asked(api: Api, source: Source):
    with_campaigns(api, 1)
    streams = CAMPAIGNS + (COMMENTS % "").replace("campaigns.id", "campaigns.idd")

    with pytest.raises(ConfigError, match="no record of `campaigns` has `idd`"):
        source.ingest(streams)


@pytest.mark.parametrize("request_number", (1, 9, 17, 25, 33))
def test_a_run_stopped_anywhere_lands_each_record_once_and_asks_for_no_page_twice(
    api: Api, source: Source, request_number: int
):
    with_campaigns(api, *range(20))
    for number in range(20):
        api.data[f"/campaigns/{number}/comments"] = [{"id": f"{number}-{page}"} for page in range(number % 4)]
    del api.data["/campaigns/5/comments"]
    source.ingest(CAMPAIGNS)
    asked(api, "")
    api.instead = lambda target: ZeroDivisionError() if len(api.asked) == request_number else None
    with pytest.raises(ZeroDivisionError):
        source.ingest(CAMPAIGNS + COMMENTS % "", "comments")
    api.instead = lambda target: None

    outcome = source.ingest(CAMPAIGNS + COMMENTS % "", "comments")["comments"]

    landed = [json.loads(record) for record in source.landed(outcome)]
    assert sorted((one["_campaigns_id"], one["id"]) for one in landed) == sorted(
        (number, f"{number}-{page}") for number in range(20) if number != 5 for page in range(number % 4)
    )
    assert outcome.evidence["first_missing"] == ["GET /campaigns/5/comments"]
    # The one that failed is asked for again, and what the other threads had under way.
    assert len(api.asked) - len(set(api.asked)) <= 5


COMPLETE = """
  campaigns: {path: /campaigns, key: [id]}
  orders:
    path: "/campaigns/{campaigns.id}/orders"
    key: [id]
    complete: [{list: lines, more: cut, path: "/campaigns/{_campaigns_id}/orders/{id}/lines", records: data}]
    pagination: none
"""


def test_cut_lists_are_completed_before_they_land_and_a_stopped_slice_asks_for_none_twice(api: Api, source: Source):
    api.data = {"/campaigns": [{"id": 7}]}
    orders = [{"id": number, "lines": [{"l": 0}], "cut": number > 1} for number in (1, 2, 3)]
    api.data |= {f"/campaigns/7/orders/{number}/lines": [{"l": 0}] for number in (2, 3)}
    lines = {"data": [{"l": 0}, {"l": 1.50}]}
    broken = {"/campaigns/7/orders/3/lines"}

    def instead(target: str) -> Response | Exception | None:
        if target in broken:
            return Response(400, {}, b"")
        if target == "/campaigns/7/orders":
            return Response(200, {}, json.dumps({"data": orders}).encode())
        return Response(200, {}, json.dumps(lines).encode()) if target.endswith("/lines") else None

    api.instead = instead
    with pytest.raises(ApiError, match=r"GET /campaigns/7/orders/3/lines"):
        source.ingest(COMPLETE)
    broken.clear()

    outcome = source.ingest(COMPLETE)["orders"]

    assert source.landed(outcome) == [
        b'{"_campaigns_id": 7, "id": 1, "lines": [{"l": 0}], "cut": false}',
        b'{"_campaigns_id": 7, "id": 2, "lines": [{"l": 0}, {"l": 1.5}], "cut": true}',
        b'{"_campaigns_id": 7, "id": 3, "lines": [{"l": 0}, {"l": 1.5}], "cut": true}',
    ]
