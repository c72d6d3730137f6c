"""The Lambda function lands what the job `ingest` lands, and its answer is JSON."""

import json
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


def test_a_wait_too_long_is_an_incomplete_outcome_and_the_next_call_goes_on(event: dict[str, Any], api: SmallApi):
    api.before = lambda target, count: (429, {"Retry-After": "3600"}, b"{}") if count == 3 else None
    (first,) = handler(event | {"streams": "orders"}, None)

    (second,) = handler(event | {"streams": "orders"}, None)

    assert (first["status"], first["pages"]) == ("incomplete", 2)
    assert first["resume_at"]
    assert (second["status"], second["run_id"], second["records"]) == ("complete", first["run_id"], 7)


def test_a_failed_stream_fails_the_call_after_the_others_are_landed(event: dict[str, Any], api: SmallApi):
    api.before = lambda target, count: (403, {}, b"{}") if target.startswith("/orders") else None

    with pytest.raises(ExecutionFailed, match=r"small\.orders: GET /orders.* answered 403") as error:
        handler(event, None)

    assert [outcome.status for outcome in error.value.outcomes] == ["failed", "complete", "complete"]


def test_a_wrong_event_is_told(event: dict[str, Any]):
    with pytest.raises(ConfigError, match="did you mean `streams`"):
        handler(event | {"stream": "orders"}, None)
