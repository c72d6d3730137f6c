"""What an execution leaves of its runs, however it ends."""

import json
import multiprocessing
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from glue_lib import pipeline
from glue_lib.api.exchange import Response, Send, SignedRequest
from glue_lib.errors import ConfigError
from glue_lib.execution import Execution, ExecutionFailed
from glue_lib.landing.run_record import RunRecord
from glue_lib.landing.storage import FolderStorage
from glue_lib.report import recorder
from glue_lib.runtime.execution import no_engine
from glue_lib.spec.loader import loads
from tests.e2e.small_api import PIPELINE, TOKEN, SmallApi, first_edition, serve


@pytest.fixture
def api() -> Iterator[SmallApi]:
    api = SmallApi(first_edition())
    server = serve(api)
    yield api
    server.shutdown()
    server.server_close()


def secrets(text: str) -> str:
    return text.replace("${secret:small#token}", TOKEN)


def execution(folder: Path, api: SmallApi, **given: Any) -> Execution:
    text = PIPELINE.format(base_url=api.base_url)
    return Execution(loads(text, "small.yaml"), FolderStorage(folder), no_engine, secrets, **given)


def left(folder: Path) -> list[RunRecord]:
    files = sorted(folder.glob("_headwater/runs/**/*.json"))
    return sorted((RunRecord.from_json(json.loads(file.read_text())) for file in files), key=lambda one: one.started_at)


def test_a_run_leaves_its_record_and_nothing_that_says_it_is_at_work(tmp_path: Path, api: SmallApi):
    (outcome,) = pipeline.ingest(execution(tmp_path, api, streams=("orders",)))

    (record,) = left(tmp_path)
    assert (record.source, record.stream, record.step, record.status) == ("small", "orders", "ingest", "complete")
    assert (record.run_id, record.pages, record.records) == (outcome.run_id, outcome.pages, outcome.records)
    assert record.requests == len(api.asked) and record.raw_bytes > 0 and record.wire_bytes > 0
    assert record.slices == record.whole_slices and record.mode == "full"
    assert record.headwater_version and record.python_version and record.spark_version is None
    assert not list(tmp_path.glob("_headwater/running/**/*.json"))


def test_a_failure_leaves_cause_and_remedy_and_no_credential(tmp_path: Path, api: SmallApi):
    api.before = lambda target, count: (403, {}, json.dumps({"error": f"no scope for {TOKEN}"}).encode())
    with pytest.raises(ExecutionFailed):
        pipeline.ingest(execution(tmp_path, api, streams=("orders",)))

    (record,) = left(tmp_path)
    assert record.status == "failed" and "403" in str(record.error) and record.remedy
    assert not [file for file in tmp_path.rglob("*") if file.is_file() and TOKEN.encode() in file.read_bytes()]


def test_an_execution_that_breaks_before_its_first_stream_leaves_records_of_all(tmp_path: Path, api: SmallApi):
    def none(text: str) -> str:
        raise ConfigError("${secret:small#token}: not found; set it")

    broken = replace(execution(tmp_path, api), secrets=none)
    with pytest.raises((ConfigError, ExecutionFailed)):
        pipeline.ingest(broken)

    assert {record.status for record in left(tmp_path)} == {"failed"}
    assert len(left(tmp_path)) == len(broken.in_order())
    assert left(tmp_path)[0].remedy


def test_what_nobody_foresaw_is_told_by_its_kind_and_ends_as_before(tmp_path: Path, api: SmallApi):
    asked = execution(tmp_path, api, streams=("orders",))
    with pytest.raises(ZeroDivisionError), recorder.recorded(asked, "ingest"):
        _ = 1 / 0

    (record,) = left(tmp_path)
    assert (record.status, record.error) == ("failed", "ZeroDivisionError")


def test_a_record_that_cannot_be_written_harms_no_run(tmp_path: Path, api: SmallApi):
    tried = []

    class Full(FolderStorage):
        def write(self, key: str, content: Any) -> None:
            if key.startswith("_headwater/run"):
                tried.append(key.split("/")[1])
                raise OSError("no space left on device")
            super().write(key, content)

    asked = replace(execution(tmp_path, api), storage=Full(tmp_path))

    outcomes = pipeline.ingest(asked)

    assert {outcome.status for outcome in outcomes} == {"complete"} and left(tmp_path) == []
    assert tried == ["running", "runs"]  # each of them once, however many streams there are


def test_a_killed_execution_is_told_by_the_next_one_with_what_is_landed_of_it(tmp_path: Path, api: SmallApi):
    killed = multiprocessing.get_context("fork").Process(target=_killed_half_way, args=(tmp_path, api))
    killed.start()
    killed.join()
    assert killed.exitcode == 9 and left(tmp_path) == []

    api.before = lambda target, count: None
    (outcome,) = pipeline.ingest(execution(tmp_path, api, streams=("orders",)))

    stopped, complete = left(tmp_path)
    assert (stopped.status, stopped.run_id, complete.status) == ("stopped", outcome.run_id, "complete")
    assert 0 < stopped.records < complete.records
    assert not list(tmp_path.glob("_headwater/running/**/*.json"))


def _killed_half_way(folder: Path, api: SmallApi) -> None:
    """Kill this process at its third request, when its beat has told of its run and a page is landed."""
    recorder.BEAT_SECONDS = 0.01
    asked = execution(folder, api, streams=("orders",), part_bytes=1)
    counted = asked.meter.counted

    def killing(send: Send) -> Send:
        inner = counted(send)

        def sent(request: SignedRequest, timeout_seconds: float) -> Response:
            while asked.meter.requests >= 2:  # pages are asked for ahead: the first may not be landed yet
                told = [asked.storage.read(key) or b"" for key in asked.storage.list("_headwater/running/")]
                landed = [key for key in asked.storage.list("raw/") if "/progress-" in key]
                if landed and any(b'"run_id":"2' in one for one in told):
                    os._exit(9)
            return inner(request, timeout_seconds)

        return sent

    asked.meter.counted = killing  # type: ignore[method-assign]
    pipeline.ingest(asked)
