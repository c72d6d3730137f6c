import pytest

from glue_lib.lake.write.append import Append
from glue_lib.lake.write.base import TableReport, WriteMode
from glue_lib.lake.write.replace import Replace
from glue_lib.lake.write.upsert import Upsert

CHILD = "_hw_key string, _hw_root_key string"


def test_a_lake_without_tables_has_no_names(lake):
    assert lake.names() == []


def test_stored_child_tables_that_a_run_brings_nothing_for_get_an_empty_frame(lake, frame):
    root = frame([("a",)], "_hw_key string")
    for written in (
        root,
        frame([("a/0", "a")], CHILD, table="donations__items"),
        frame([("a/0/0", "a")], CHILD, table="donations__items__tags"),
        frame([("x",)], "reason string", table="donations__quarantine"),
        frame([("b/0", "b")], CHILD, table="donors__items"),
    ):
        Append().write(written, lake, "r1")

    vanished = lake.vanished([root, frame([("a/0", "a")], CHILD, table="donations__items")])

    assert [(gone.table, gone.root, gone.is_child) for gone in vanished] == [
        ("donations__items__tags", "donations", True)
    ]
    assert vanished[0].rows.isEmpty()
    assert lake.names() == [
        "donations",
        "donations__items",
        "donations__items__tags",
        "donations__quarantine",
        "donors__items",
    ]


@pytest.mark.parametrize("mode", [Append(), Replace(), Upsert()], ids=lambda mode: mode.type)
def test_the_first_load_makes_the_table_in_one_commit_with_its_comments(lake, frame, mode: WriteMode):
    rows = [("a", "x", None)]
    arrived = frame(rows, "_hw_key string, city string, empty void", comments={"city": "$.donor.city"})

    report = mode.write(arrived, lake, "r1")

    assert report == TableReport("donations", inserted=1, committed=True, version=0)
    schema = lake.table("donations").schema()
    assert schema.names == ["_hw_key", "city", "_hw_run_id", "_hw_loaded_at"]
    assert schema["city"].metadata == {"comment": "$.donor.city"}


def test_a_log_without_a_commit_is_no_table(frame, lake, tmp_path):
    (tmp_path / "lake/tables/shop/donations__items/_delta_log").mkdir(parents=True)
    Append().write(frame([("a",)], "_hw_key string"), lake, "r1")

    assert lake.names() == ["donations"]
    assert not lake.table("donations__items").exists()
