"""A call that was not brought to its end hands its id to the next one of its kind, and to no other."""

from pathlib import Path

from glue_lib.landing.calls import Call
from glue_lib.landing.storage import FolderStorage


def test_the_first_call_has_nothing_to_go_on_with(tmp_path: Path):
    assert Call(FolderStorage(tmp_path), "s", "m").run_id() is None


def test_the_next_call_of_the_same_kind_goes_on_until_one_comes_to_its_end(tmp_path: Path):
    storage = FolderStorage(tmp_path)
    Call(storage, "s", "m").keep("r1")

    assert Call(storage, "s", "m").run_id() == "r1"
    assert Call(storage, "s", "other").run_id() is None
    Call(storage, "s", "m").forget()
    assert Call(storage, "s", "m").run_id() is None
