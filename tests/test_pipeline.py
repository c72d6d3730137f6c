"""What becomes of an execution whose streams cannot all be read."""

from pathlib import Path
from typing import Any

import pytest

from glue_lib import pipeline
from glue_lib.execution import Execution, ExecutionFailed, Outcome
from glue_lib.job_here import WRONG, exit_code
from glue_lib.landing.storage import FolderStorage
from glue_lib.runtime.execution import no_engine
from glue_lib.spec.loader import loads

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
