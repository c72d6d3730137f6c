"""What becomes of an execution whose streams cannot all be read."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from glue_lib import pipeline
from glue_lib.command import ending
from glue_lib.command.job_here import WRONG, exit_code
from glue_lib.execution import Execution, ExecutionFailed, Outcome
from glue_lib.landing.runs import Runs
from glue_lib.landing.storage import FolderStorage
from glue_lib.runtime.execution import no_engine
from glue_lib.spec.loader import loads
from tests.e2e.small_api import PIPELINE as SMALL
from tests.e2e.small_api import TOKEN, SmallApi, first_edition, serve

# Nobody answers at this address, and nobody is to be asked.
TEXT = """
source: small
base_url: http://127.0.0.1:9
retry: {tries: 1}
streams:
  plain: {path: /plain}
  dated: {path: /dated, key: [id], write: upsert, cursor: {field: at, from: query.since}}
"""


def failed(folder: Path, **given: Any) -> list[Outcome]:
    execution = Execution(loads(TEXT, "small.yaml"), FolderStorage(folder), no_engine, str, **given)
    with pytest.raises(ExecutionFailed) as raised:
        pipeline.ingest(execution)
    return raised.value.outcomes


def test_a_span_for_a_stream_without_a_cursor_is_a_mistake_and_nothing_is_asked_for(tmp_path: Path):
    (outcome,) = failed(tmp_path, start="2026-01-01", streams=("plain",))

    assert outcome.error == (
        "small.plain: has no `cursor`, so `--from` and `--to` say nothing of it; name the streams to read with "
        "`--stream` (those with a cursor: dated), or run without a span"
    )
    assert outcome.is_mistake
    assert not list(tmp_path.glob("raw/**/plan.json"))


def test_an_api_that_does_not_answer_is_no_mistake(tmp_path: Path):
    (outcome,) = failed(tmp_path, streams=("plain",))

    assert not outcome.is_mistake


def test_a_mistake_decides_the_exit_code_since_running_again_would_not_help(tmp_path: Path):
    outcomes = failed(tmp_path, start="2026-01-01")

    assert [outcome.is_mistake for outcome in outcomes] == [True, False]
    assert exit_code(outcomes) == WRONG


def test_a_single_slice_that_fails_half_way_tells_its_run_and_what_is_landed(tmp_path: Path):
    api = SmallApi(first_edition())
    api.before = lambda target, count: (400, {}, b"{}") if target.endswith("after=4") else None
    server = serve(api)

    def secrets(text: str) -> str:
        return text.replace("${secret:small#token}", TOKEN)

    text = SMALL.format(base_url=api.base_url)
    execution = Execution(loads(text, "small.yaml"), FolderStorage(tmp_path), no_engine, secrets)
    try:
        with pytest.raises(ExecutionFailed) as raised:
            pipeline.ingest(replace(execution, streams=("orders",)))
    finally:
        server.shutdown()
        server.server_close()

    (outcome,) = raised.value.outcomes
    (run,) = Runs(execution.storage, "small", "orders").all()
    assert (outcome.run_id, outcome.pages, outcome.records) == (run.run_id, 2, 4)
    assert [line.text for line in ending.lines([outcome])][1:] == ["  2 pages with 4 records are landed and stay"]
