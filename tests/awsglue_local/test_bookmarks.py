"""Job bookmarks: which files a run reads."""

import os

import pytest
from awsglue.job import Job

from awsglue_local import bookmarks
from awsglue_local.bookmarks import Bookmarks
from awsglue_local.files import File

ENABLE, PAUSE = {"job_bookmark_option": "job-bookmark-enable"}, {"job_bookmark_option": "job-bookmark-pause"}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("AWSGLUE_LOCAL_BOOKMARKS", str(tmp_path / "bookmarks"))


def run(files, args=ENABLE, *, run_id="", commit=True, ctx="in"):
    """Return the names that a run reads of files like `{"a": 1}`, where the number is when a file was changed."""
    marks = Bookmarks("nightly job", {**args, "JOB_RUN_ID": run_id})
    found = marks.new(ctx, [File(name, changed) for name, changed in files.items()])
    if commit:
        marks.commit()
    return [file.path for file in found]


def test_a_run_reads_what_is_new_or_changed_since_the_last_that_was_committed():
    assert run({"a": 1}, commit=False) == ["a"]
    assert run({"a": 1, "b": 1}) == ["a", "b"]
    assert run({"a": 1, "b": 2, "c": 1}) == ["b", "c"]
    assert run({"a": 1, "b": 2, "c": 1}) == []
    assert run({"a": 1}, ctx="other") == ["a"]


def test_a_pause_reads_what_is_new_and_keeps_nothing():
    run({"a": 1})

    assert [run({"a": 1, "b": 1}, PAUSE) for _ in range(2)] == [["b"], ["b"]]


def test_a_pause_with_from_and_to_reads_again_what_those_runs_have_read():
    for number, files in enumerate([{"a": 1}, {"a": 1, "b": 1}, {"c": 1}]):
        run(files, run_id=f"jr_{number}")
    every = {"a": 1, "b": 1, "c": 1, "d": 1}

    assert run(every, PAUSE | {"job_bookmark_from": "jr_0", "job_bookmark_to": "jr_1"}) == ["b"]
    assert run(every, PAUSE | {"job_bookmark_from": "jr_0"}) == ["b", "c"]
    assert run(every, PAUSE | {"job_bookmark_to": "jr_1"}) == ["a", "b"]
    with pytest.raises(ValueError, match=r"no run `jr_9`; there are jr_0, jr_1, jr_2"):
        run(every, PAUSE | {"job_bookmark_from": "jr_9"})


def test_a_job_is_reset_and_rewound():
    for number, files in enumerate([{"a": 1}, {"b": 1}, {"c": 1}]):
        run(files, run_id=f"jr_{number}")

    bookmarks.rewind("nightly job", "jr_0")
    assert run({"a": 1, "b": 1, "c": 1}, commit=False) == ["b", "c"]
    bookmarks.reset("nightly job")
    assert run({"a": 1}, commit=False) == ["a"]
    with pytest.raises(ValueError, match="there are none"):
        bookmarks.rewind("nightly job", "jr_0")


def test_bookmarks_are_off_unless_they_are_enabled_and_the_source_has_a_context():
    assert not Bookmarks("j", {}).on("in")
    assert not Bookmarks("j", ENABLE).on("")
    with pytest.raises(ValueError, match="`on` is not one of job-bookmark-enable"):
        Bookmarks("j", {"job_bookmark_option": "on"})


def test_a_job_reads_each_file_once(glue, tmp_path):
    data = tmp_path / "data"
    (data / "day=1").mkdir(parents=True)

    def count(ctx="in"):
        job = Job(glue)
        job.init("loader", dict(ENABLE))
        frame = glue.create_dynamic_frame.from_options("s3", {"paths": [str(data)]}, "json", transformation_ctx=ctx)
        found = frame.count(), "day" in frame.toDF().columns
        job.commit()
        return found

    try:
        (data / "day=1" / "1.json").write_text('{"a": 1}\n{"a": 2}')
        assert [count(), count()] == [(2, True), (0, False)]
        (data / "day=1" / "2.json").write_text('{"a": 3}')
        assert [count(), count(ctx="")] == [(1, True), (3, True)]
        os.utime(data / "day=1" / "1.json", (2e9, 2e9))
        assert count() == (2, True)
    finally:
        Job(glue).init("loader", {})
