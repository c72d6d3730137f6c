"""The records of runs: what Athena reads, and what `headwater runs` finds."""

import json
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime, timedelta

import pytest

from glue_lib.landing.holders import this_process
from glue_lib.landing.run_record import RunRecord, SchemaChange, TableChange, columns, read, written
from glue_lib.landing.run_records import AtWork, RunRecords, taken
from glue_lib.landing.storage import FolderStorage

NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
RECORD = RunRecord("shop", "orders", "20261124T083000Z-aaaaaa", "sync", "complete", written(NOW), run_id="r1")


@pytest.fixture
def records(tmp_path) -> RunRecords:
    return RunRecords(FolderStorage(tmp_path))


def numbered(number: int, **changes: str) -> RunRecord:
    began = NOW + timedelta(minutes=number)
    named = replace(RECORD, execution=f"{began:%Y%m%dT%H%M%SZ}-aaaaaa", started_at=written(began))
    return replace(named, **changes)  # type: ignore[arg-type]


def at_work(record: RunRecord, *, holder: str = "elsewhere:1:abc", beat_at: datetime = NOW) -> AtWork:
    return AtWork(record.source, record.execution, holder, written(beat_at), (replace(record, status="running"),))


def test_a_record_is_one_line_of_json_whose_moments_have_no_zone():
    line = replace(RECORD, error="two\nlines", tables=(TableChange("orders", 3),)).line()
    document = json.loads(line)

    assert line.count(b"\n") == 1 and line.endswith(b"\n")
    assert document["started_at"] == "2026-11-24 08:30:00.000"
    assert document["tables"][0]["inserted"] == 3
    assert read(document["started_at"]) == NOW


def test_a_record_is_what_was_written_also_with_fields_of_another_version():
    record = replace(RECORD, tables=(TableChange("a", 1),), schema_changes=(SchemaChange("a", "table created"),))
    document = json.loads(record.line())

    assert RunRecord.from_json(document | {"new_field": 1}) == record
    assert RunRecord.from_json({name: document[name] for name in document if name != "waits"}) == record


def test_columns_are_the_fields_of_the_object_in_hives_words():
    found = columns()

    assert {"source", *found} == {one.name for one in fields(RunRecord)}
    assert (found["started_at"], found["pages"], found["cost_usd"], found["is_mistake"]) == (
        *("timestamp", "bigint", "double", "boolean"),
    )
    assert found["schema_changes"] == "array<struct<name:string,change:string,column_name:string>>"
    assert found["parents"] == "array<string>"
    assert all(name == name.lower() for name in found)


def test_the_key_tells_source_and_month():
    assert RECORD.key == "_headwater/runs/shop/month=2026-11/20261124T083000Z-aaaaaa.orders.json"


def test_records_come_newest_first_of_the_source_and_stream_asked_for(records: RunRecords):
    for number in range(70):  # more than are read at once
        records.write(numbered(number))
    records.write(numbered(100, stream="items"))
    records.write(numbered(101, source="bank"))

    found = list(records.newest(NOW))

    assert [record.stream for record in found[:3]] == ["orders", "items", "orders"]
    assert len(found) == 72 and found == sorted(found, key=lambda record: record.started_at, reverse=True)
    assert [record.source for record in records.newest(NOW, "bank")] == ["bank"]
    assert [record.stream for record in records.newest(NOW, "shop", "items")] == ["items"]
    assert records.sources() == ["bank", "shop"]


def test_no_more_records_are_taken_than_asked_for(records: RunRecords):
    for number in range(5):
        records.write(numbered(number, status="failed" if number < 2 else "complete"))

    assert len(taken(records.newest(NOW), 3)) == 3
    assert [record.status for record in taken(records.newest(NOW), 3, "failed")] == ["failed", "failed"]


def test_an_execution_that_lives_is_running_and_one_that_beats_no_more_was_stopped(records: RunRecords):
    records.beat(at_work(numbered(0)))

    assert [record.status for record in records.newest(NOW + timedelta(minutes=1))] == ["running"]
    (stopped,) = records.newest(NOW + timedelta(minutes=5))
    assert (stopped.status, stopped.ended_at) == ("stopped", written(NOW))
    assert str(stopped.remedy).startswith("run again")


def test_a_process_of_this_machine_that_is_gone_was_stopped_whenever_it_beat(records: RunRecords):
    host, _, machine = this_process().split(":")
    records.beat(at_work(numbered(0), holder=f"{host}:999999999:{machine}"))

    assert [record.status for record in records.newest(NOW)] == ["stopped"]


def test_settling_leaves_the_records_of_stopped_executions_and_leaves_others_at_work(records: RunRecords):
    records.beat(at_work(numbered(0)))
    records.beat(at_work(numbered(9, stream="items"), beat_at=NOW + timedelta(minutes=9)))

    settled = records.settle("shop", NOW + timedelta(minutes=10))

    assert [record.stream for record in settled] == ["orders"]
    assert records.settle("shop", NOW + timedelta(minutes=10)) == []
    assert [record.status for record in records.newest(NOW + timedelta(minutes=10))] == ["running", "stopped"]


def test_settling_does_not_write_over_a_record_that_is_there(records: RunRecords):
    records.write(numbered(0))
    records.beat(at_work(numbered(0)))

    records.settle("shop", NOW + timedelta(hours=1))

    assert [record.status for record in records.newest(NOW + timedelta(hours=1))] == ["complete"]


def test_the_stamp_changes_with_a_record_and_with_a_beat(records: RunRecords):
    stamps = [records.stamp()]
    for change in (
        lambda: records.write(RECORD),
        lambda: records.beat(at_work(numbered(0))),
        lambda: records.beat(at_work(numbered(0), beat_at=NOW + timedelta(seconds=20))),
    ):
        change()
        stamps.append(records.stamp())

    assert len(set(stamps)) == 4


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'{"source":"shop","stre',
        b"[]",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"source":"shop"}',
        RECORD.line().replace(b'"complete"', b'"hu"'),
        RECORD.line().replace(b"2026-11-24 08", b"yesterday"),
        RECORD.line().replace(b'"pages":0', b'"pages":"many"'),
        RECORD.line().replace(b'"tables":[]', b'"tables":[3]'),
        RECORD.line().replace(b'"duration_seconds":0.0', b'"duration_seconds":null'),
    ],
    ids=("empty", "torn", "list", "bytes", "deep", "lacking", "status", "moment", "count", "tables", "null"),
)
@pytest.mark.parametrize("folder", ["_headwater/runs/shop/month=2026-11", "_headwater/running/shop"])
def test_one_torn_object_among_the_records_hides_none_of_the_others(tmp_path, content: bytes, folder: str):
    storage, told = FolderStorage(tmp_path), []
    records = RunRecords(storage, told.append)
    records.write(RECORD)
    storage.write(f"{folder}/20261124T090000Z-torn.orders.json", content)

    assert list(records.newest(NOW)) == [RECORD] == list(records.newest(NOW))
    assert records.settle("shop", NOW) == [] and records.stamp()
    assert told == [f"{folder}/20261124T090000Z-torn.orders.json"]  # once


def test_an_execution_at_work_is_read_also_with_fields_of_another_version(records: RunRecords, tmp_path):
    one = at_work(RECORD)
    FolderStorage(tmp_path).write(one.key, json.dumps(asdict(one) | {"new_field": 1}).encode())

    assert [record.status for record in records.newest(NOW)] == ["running"]
