import json

import pytest

from glue_lib.errors import LoadError
from glue_lib.lake.commit import MATERIALIZE_SOURCE, Commit
from glue_lib.lake.settings import USER_METADATA
from glue_lib.lake.write.replace import Replace
from glue_lib.lake.write.upsert import Upsert

SCHEMA = "_hw_key string, n bigint"


def notes(lake):
    history = lake.table("donations").delta().history().orderBy("version").collect()
    return [json.loads(commit["userMetadata"]) for commit in history]


def test_every_commit_tells_the_run_that_made_it(frame, lake):
    Upsert().write(frame([("a", 1)], SCHEMA), lake, "r1")  # creates
    Upsert().write(frame([("b", 1)], SCHEMA), lake, "r2")  # appends
    Upsert().write(frame([("b", 2)], SCHEMA), lake, "r3")  # merges
    Replace().write(frame([("b", 3)], SCHEMA), lake, "r4")  # overwrites

    assert notes(lake) == [{"run_id": f"r{n}", "source": "shop", "stream": "donations"} for n in (1, 2, 3, 4)]
    assert lake.table("donations").loaded_run() == "r4"


def test_the_loaded_run_is_found_below_commits_that_no_run_made(frame, lake):
    Upsert().write(frame([("a", 1)], SCHEMA), lake, "r1")

    lake.table("donations").delta().delete("n = 1")

    assert lake.table("donations").loaded_run() == "r1"


def test_a_merge_leaves_no_setting_behind(frame, lake, spark):
    spark.conf.set(USER_METADATA, "mine")
    try:
        Upsert().write(frame([("a", 1)], SCHEMA), lake, "r1")
        Upsert().write(frame([("a", 2)], SCHEMA), lake, "r2")

        assert spark.conf.get(USER_METADATA) == "mine"
        assert spark.conf.get(MATERIALIZE_SOURCE, None) is None
    finally:
        spark.conf.unset(USER_METADATA)


def test_tables_stay_readable_for_readers_of_version_1(frame, lake):
    Upsert().write(frame([("a", 1)], SCHEMA), lake, "r1")
    Upsert().write(frame([("a", "x")], "_hw_key string, m string"), lake, "r2")

    detail = lake.table("donations").delta().detail().first()

    assert (detail["minReaderVersion"], detail["minWriterVersion"]) == (1, 2)
    assert detail["properties"] == {}


def test_a_table_that_is_built_anew_has_the_columns_types_and_parts_of_the_new_rows(frame, lake):
    parted = frame([("a", 1, "x")], "_hw_key string, n bigint, _hw_partition string")
    plain = frame([("b", "y"), ("c", "z")], "_hw_key string, n string", run_id="r2", comments={"n": "$.n"})
    Upsert().write(parted, lake, "r1")

    there = Commit(lake, plain, "r2").rebuild(plain.rows)
    table = lake.table("donations")
    schema, detail = table.schema(), table.delta().detail().first()
    Commit(lake, parted, "r3").rebuild(parted.rows)

    assert (there.inserted, there.deleted, there.version) == (2, 1, 1)
    assert schema.simpleString() == "struct<_hw_key:string,n:string,_hw_run_id:string,_hw_loaded_at:timestamp>"
    assert schema["n"].metadata == {"comment": "$.n"}
    assert (detail["partitionColumns"], detail["minReaderVersion"], detail["minWriterVersion"]) == ([], 1, 2)
    assert table.delta().detail().first()["partitionColumns"] == ["_hw_partition"]


@pytest.mark.parametrize("rows", [[("a", 2)], [("b", 1)]], ids=["merge", "append"])
def test_nothing_is_committed_when_the_check_before_it_fails(frame, lake, rows):
    def lost():
        raise LoadError("the lease is lost")

    Upsert().write(frame([("a", 1)], SCHEMA), lake, "r1")

    with pytest.raises(LoadError):
        Upsert().write(frame(rows, SCHEMA), lake.guarded(lost), "r2")

    assert len(notes(lake)) == 1
