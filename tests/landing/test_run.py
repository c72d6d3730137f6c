"""A run's folder: the plan counts from the first write, and only parts with progress count."""

import json
from typing import Any

import pytest

from glue_lib.errors import ConfigError, LoadError
from glue_lib.landing.plan import Plan, Slice
from glue_lib.landing.run import RunEnd, RunFolder
from glue_lib.landing.storage import FolderStorage, Storage


def plan_of(run_id: str = "r1", slices: int = 2, **changed: Any) -> Plan:
    return Plan(
        run_id=run_id,
        source="donorbox",
        stream="donations",
        mode="full",
        fingerprint="f1",
        slices=tuple(Slice(number, {"window": number}, f"slice {number}") for number in range(slices)),
        upper="2026-11-24",
        created_at="2026-11-24T08:30:00Z",
        **changed,
    )


def run_of(storage: Storage, run_id: str = "r1") -> RunFolder:
    return RunFolder(storage, "donorbox", "donations", run_id)


def land(run: RunFolder, work: Slice, *pages: list[str]) -> None:
    with run.slice_writer(work, part_bytes=1) as writer:
        for number, page in enumerate(pages):
            writer.add(
                [record.encode() for record in page],
                request={},
                next=None,
                request_fingerprint=f"r{number}",
                page_fingerprint=f"p{number}",
                state={},
            )
        writer.close({})


def test_the_plan_comes_back_as_it_was_written(storage: Storage):
    plan = plan_of(context={"position": {"value": "2026-01-01"}})

    assert run_of(storage).plan() is None
    assert run_of(storage).start(plan) == plan
    assert run_of(storage).plan() == plan


def test_an_earlier_plan_of_the_run_wins(storage: Storage):
    run_of(storage).start(plan_of(slices=2))

    assert run_of(storage).start(plan_of(slices=5)) == plan_of(slices=2)


def test_files_lie_where_the_design_says(folder: FolderStorage):
    run = run_of(folder)
    plan = run.start(plan_of(slices=1))
    land(run, plan.slices[0], ['{"id": 1}'])
    run.write_parents(["id"])
    run.finish("complete", {})

    assert folder.list("") == [
        f"raw/donorbox/donations/run=r1/{name}"
        for name in (
            "parents.jsonl.gz",
            "plan.json",
            "run.json",
            "slice=0/manifest.json",
            "slice=0/part-0.jsonl.gz",
            "slice=0/progress-0.json",
        )
    ]


def test_parts_come_in_the_order_of_slices_and_parts(storage: Storage):
    run = run_of(storage)
    plan = run.start(plan_of(slices=11))
    for number in (10, 2):
        land(run, plan.slices[number], *([f'{{"id": {page}}}'] for page in range(11)))
    parts = run.parts()

    assert [(part.slice, part.number) for part in parts] == [(n, k) for n in (2, 10) for k in range(11)]
    assert [list(run.records(part)) for part in parts[:2]] == [[b'{"id": 0}'], [b'{"id": 1}']]
    assert parts[0].uri.endswith("/raw/donorbox/donations/run=r1/slice=2/part-0.jsonl.gz")
    assert (parts[0].records, parts[0].raw_bytes) == (1, len('{"id": 0}\n'))
    assert run.whole_slices() == {2, 10}


def test_a_part_without_progress_does_not_count(folder: FolderStorage):
    run = run_of(folder)
    plan = run.start(plan_of())
    land(run, plan.slices[0], ["{}"])
    folder.write("raw/donorbox/donations/run=r1/slice=0/part-1.jsonl.gz", b"half")

    assert [part.number for part in run.parts()] == [0]


def test_notes_are_those_of_all_parts(folder: FolderStorage):
    run = run_of(folder)
    plan = run.start(plan_of())
    land(run, plan.slices[0], ['{"a": 1}'], ['{"a": "x"}'])
    land(run, plan.slices[1], ['{"a": 1.5}'])

    assert run.notes().fields["a"].kinds == {"integer": 1, "string": 1, "number": 1}
    assert run.notes(run.parts()[:1]).fields["a"].kinds == {"integer": 1}


def test_a_missing_part_is_named_when_its_records_are_read(folder: FolderStorage):
    run = run_of(folder)
    plan = run.start(plan_of())
    land(run, plan.slices[0], ["{}"])
    (part,) = run.parts()
    folder.delete([part.key])

    with pytest.raises(LoadError, match=r"slice=0/part-0.jsonl.gz: is missing; restore it, or read its slice again"):
        list(run.records(part))


def test_parents_keep_the_wanted_fields_exactly_and_once(storage: Storage):
    run = run_of(storage)
    plan = run.start(plan_of(slices=1))
    land(run, plan.slices[0], ['{"id": 1.10, "x": 1}', '{"id": "c/é", "x": 2}'], ['{"id": 1.10, "x": 3}', '{"x": 4}'])
    run.write_parents(["id"])

    assert list(run_of(storage).parents()) == [{"id": "1.10"}, {"id": '"c/é"'}, {}]


def test_a_run_without_parents_has_none(folder: FolderStorage):
    assert list(run_of(folder).parents()) == []


def test_an_incomplete_run_ends_anew_when_it_is_complete(storage: Storage):
    run = run_of(storage)
    plan = run.start(plan_of(slices=1))
    assert run.outcome() is None

    run.finish("incomplete", {"resume_at": "tomorrow"})
    assert run.outcome() == RunEnd(
        "r1", "donorbox", "donations", "full", "incomplete", plan.created_at, {"resume_at": "tomorrow"}
    )

    land(run, plan.slices[0], ["{}"])
    run.finish("complete", {"rows": 1})
    assert run_of(storage).outcome() == RunEnd(
        "r1", "donorbox", "donations", "full", "complete", plan.created_at, {"rows": 1}
    )


def test_a_run_is_not_complete_while_a_slice_is_not_whole(folder: FolderStorage):
    run = run_of(folder)
    plan = run.start(plan_of(slices=3))
    land(run, plan.slices[1], ["{}"])

    with pytest.raises(LoadError, match=r"slices \[0, 2\] are not whole; the run is not complete"):
        run.finish("complete", {})
    assert run.outcome() is None


def test_a_run_that_was_never_started_cannot_end(folder: FolderStorage):
    with pytest.raises(LoadError, match="has no plan"):
        run_of(folder).finish("abandoned", {})


def test_a_damaged_document_is_named(folder: FolderStorage):
    folder.write("raw/donorbox/donations/run=r1/plan.json", b'{"run_id": ')

    with pytest.raises(LoadError, match=r"run=r1/plan.json: not a JSON document"):
        run_of(folder).plan()


def test_a_run_id_that_is_no_name_is_refused(folder: FolderStorage):
    with pytest.raises(ConfigError, match=r"run id: `../x` must start with"):
        run_of(folder, "../x")


def test_what_is_written_is_plain_json(folder: FolderStorage):
    run_of(folder).start(plan_of(slices=1))

    assert json.loads(folder.read("raw/donorbox/donations/run=r1/plan.json"))["slices"] == [
        {"number": 0, "work": {"window": 0}, "label": "slice 0"}
    ]


def test_counts_what_is_landed_in_slices_that_are_not_whole_too(folder: FolderStorage):
    run = run_of(folder)
    whole, open_ = run.start(plan_of(slices=2)).slices
    land(run, whole, ['{"id": 1}', '{"id": 2}'], ['{"id": 3}'])
    with run.slice_writer(open_) as writer:
        for number in range(2):
            writer.add(
                [b'{"id": 4}'], request={}, next=None, request_fingerprint=f"{number}", page_fingerprint="p", state={}
            )

    assert run.counts() == (4, 5)


def test_fields_that_nobody_had_asked_for_are_kept_once_somebody_does(folder: FolderStorage):
    run = run_of(folder)
    land(run, run.start(plan_of(slices=1)).slices[0], ['{"id": 1}', '{"id": 2, "owner": 7}'])
    run.write_parents(["id"])

    found = list(run.kept_parents(["owner", "id"]))

    assert found == list(run.parents()) == [{"id": "1"}, {"owner": "7", "id": "2"}]


def test_fields_that_were_looked_for_once_are_not_looked_for_again(folder: FolderStorage):
    run = run_of(folder)
    land(run, run.start(plan_of(slices=1)).slices[0], ['{"id": 1}'])
    run.write_parents(["owner", "id"])
    kept = list(run.parents())
    for part in run.parts():
        folder.delete([part.key])

    assert list(run.kept_parents(["owner"])) == list(run.parents(["owner"])) == kept == [{"id": "1"}]
