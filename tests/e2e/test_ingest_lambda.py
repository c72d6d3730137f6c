"""The Lambda function lands what the job `ingest` lands, and its answer is JSON."""

import json
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from glue_lib.errors import ConfigError
from glue_lib.execution import ExecutionFailed
from glue_lib.landing.outcomes import read_outcome
from glue_lib.landing.run import RunFolder
from glue_lib.landing.storage import open_storage
from glue_lib.runtime.secrets import variable_of
from jobs.ingest_lambda import handler
from tests.e2e.small_api import PIPELINE, TOKEN, SmallApi


@pytest.fixture
def event(tmp_path: Path, api: SmallApi, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setenv(variable_of("small", "token"), TOKEN)
    file = tmp_path / "small.yaml"
    file.write_text(PIPELINE.format(base_url=api.base_url))
    return {"pipeline": str(file), "lake": str(tmp_path / "lake")}


def test_all_streams_are_landed_and_told_in_json(event: dict[str, Any], api: SmallApi):
    outcomes = json.loads(json.dumps(handler(event, None)))

    assert [(told["stream"], told["status"], told["records"]) for told in outcomes] == [
        ("orders", "complete", 7),
        ("shops", "complete", len(api.records["/shops"])),
        ("reviews", "complete", 9),
    ]
    storage = open_storage(event["lake"])
    parts = RunFolder(storage, "small", "orders", outcomes[0]["run_id"]).parts()
    assert sum(part.records for part in parts) == 7


def test_the_arguments_are_those_of_the_job(event: dict[str, Any], api: SmallApi):
    (outcome,) = handler(
        event | {"streams": ["orders"], "run_id": "night-1", "set": {"streams.orders.params": {"x": 1}}}, None
    )

    assert (outcome["stream"], outcome["run_id"]) == ("orders", "night-1")
    assert all("x=1" in target for target in api.asked)
    left = read_outcome(open_storage(event["lake"]), "night-1", "orders")
    assert left and left.status == "complete"


def test_a_wait_too_long_is_an_incomplete_outcome_and_the_next_call_goes_on(
    event: dict[str, Any], api: SmallApi, caplog: pytest.LogCaptureFixture
):
    api.before = lambda target, count: (429, {"Retry-After": "3600"}, b"{}") if count == 3 else None
    (first,) = handler(event | {"streams": "orders"}, None)

    (second,) = handler(event | {"streams": "orders"}, None)

    assert (first["status"], first["pages"]) == ("incomplete", 2)
    assert first["resume_at"]
    assert "run incomplete" in caplog.text
    assert "slice failed" not in caplog.text  # a wait is no failure
    assert (second["status"], second["run_id"], second["records"]) == ("complete", first["run_id"], 7)


class Context:
    """What Lambda hands over: it knows how much time is left of a call."""

    def __init__(self, seconds: float) -> None:
        self._ends_at = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        return int((self._ends_at - time.monotonic()) * 1000)


def calls_until_complete(event: dict[str, Any], seconds: float) -> list[list[dict[str, Any]]]:
    answers: list[list[dict[str, Any]]] = []
    while not answers or any(told["status"] == "incomplete" for told in answers[-1]):
        assert len(answers) < 30, "the calls come to no end"
        answers.append(handler(event, Context(seconds)))
    return answers


@pytest.mark.parametrize("run_id", [None, "night-1"])
def test_calls_that_stop_before_their_time_is_over_land_all_and_ask_for_nothing_twice(
    event: dict[str, Any], api: SmallApi, run_id: str | None
):
    api.before = lambda target, count: time.sleep(0.25)
    event |= {"margin_seconds": 0.1, "set": {"limits.concurrency": 1}} | ({"run_id": run_id} if run_id else {})

    answers = calls_until_complete(event, 1.5)

    assert len(answers) >= 2  # some 13 requests of a quarter of a second
    asked = Counter(api.asked)
    cut = {target for target, count in asked.items() if count > 1}
    assert len(api.asked) - len(asked) <= len(answers) - 1, "a call asks again at most for what was cut at its end"
    assert all(asked[target] == 2 for target in cut)
    assert [(told["stream"], told["status"], told["records"]) for told in answers[-1]] == [
        ("orders", "complete", 7),
        ("shops", "complete", 4),
        ("reviews", "complete", 9),
    ]
    assert len({told["run_id"] for answer in answers for told in answer if told["run_id"]}) == 1


def test_a_call_that_stops_leaves_the_outcome_and_when_to_go_on(event: dict[str, Any], api: SmallApi):
    api.before = lambda target, count: time.sleep(0.7)
    event |= {"margin_seconds": 0.1, "run_id": "night-1"}

    orders, shops, reviews = handler(event, Context(1.9))

    left = read_outcome(open_storage(event["lake"]), "night-1", "orders")
    assert (orders["status"], shops["status"], reviews["status"]) == ("incomplete",) * 3
    assert left and (left.status, left.resume_at) == ("incomplete", orders["resume_at"])
    assert left.counts["pages"] in (1, 2)
    assert reviews["evidence"]["reason"] == "small.reviews: was not read, since its parent `shops` is not complete"
    assert shops["pages"] == 0


def test_after_a_call_that_came_to_its_end_the_same_event_begins_anew(event: dict[str, Any], api: SmallApi):
    first = handler(event, Context(60))
    api.asked.clear()

    second = handler(event, Context(60))

    assert first[1]["run_id"] != second[1]["run_id"]
    assert "/shops" in {target.partition("?")[0] for target in api.asked}


def test_after_the_pipeline_file_was_changed_a_call_does_not_go_on_with_the_old_one(
    event: dict[str, Any], api: SmallApi
):
    api.before = lambda target, count: time.sleep(0.15)
    event |= {"streams": "orders", "margin_seconds": 0.1}
    (first,) = handler(event, Context(0.5))
    file = Path(event["pipeline"])
    file.write_text(file.read_text().replace("path: /orders", "path: /orders\n    params: {x: 1}"))

    (second,) = handler(event, Context(60))

    assert (first["status"], second["status"]) == ("incomplete", "complete")
    assert first["run_id"] != second["run_id"]


def test_a_margin_that_leaves_no_time_is_a_mistake(event: dict[str, Any], api: SmallApi):
    with pytest.raises(ConfigError, match=r"--margin_seconds: `60` leaves nothing of the 0\.\d+ seconds"):
        handler(event | {"margin_seconds": 60}, Context(0.5))

    assert api.asked == []


def test_a_stalled_answer_does_not_outlast_the_call(event: dict[str, Any], api: SmallApi):
    came = threading.Event()
    api.before = lambda target, count: came.wait(60) if count == 2 else None

    (orders,) = handler(event | {"streams": "orders", "margin_seconds": 0.1}, Context(1.5))

    assert not came.is_set()  # the answer was still to come when the call was over
    came.set()
    assert (orders["status"], orders["pages"]) == ("incomplete", 1)


def test_a_failed_stream_fails_the_call_after_the_others_are_landed(event: dict[str, Any], api: SmallApi):
    api.before = lambda target, count: (403, {}, b"{}") if target.startswith("/orders") else None

    with pytest.raises(ExecutionFailed, match=r"small\.orders: GET /orders.* answered 403") as error:
        handler(event, None)

    assert [outcome.status for outcome in error.value.outcomes] == ["failed", "complete", "complete"]


def test_a_wrong_event_is_told(event: dict[str, Any]):
    with pytest.raises(ConfigError, match="did you mean `streams`"):
        handler(event | {"stream": "orders"}, None)
