"""A load that was outrun changes nothing, whatever it was about to do, and one that comes after it is not skipped."""

import pytest

from glue_lib.errors import LoadError
from glue_lib.lake.fence import TXN_APP_ID, TXN_VERSION, Fence, Outrun
from glue_lib.lake.write.append import Append
from glue_lib.lake.write.replace import Replace
from glue_lib.lake.write.upsert import Upsert

SCHEMA = "_hw_key string, n bigint"
HELD = dict.fromkeys((TXN_APP_ID, TXN_VERSION))


def go_ahead():
    """Be the check of a lease that is thought to be held."""


@pytest.fixture
def load(lake):
    """Begin a load of the table, which looks at it when it begins."""

    def begun(check=go_ahead):
        fence = Fence("shop", "donations")
        fence.look(lake.table("donations"))
        return lake.guarded(check, fence)

    return begun


def rows(lake):
    return sorted(tuple(row) for row in lake.table("donations").read().select("_hw_key", "n").collect())


def version(lake):
    return lake.table("donations").delta().history(1).first()["version"]


@pytest.mark.parametrize(
    ("mode", "late"),
    [(Upsert(), [("a", 9)]), (Append(), [("c", 9)]), (Replace(), [("c", 9)])],
    ids=["merge", "append", "overwrite"],
)
def test_a_load_that_wakes_up_late_is_refused_and_the_next_one_is_not(frame, lake, load, spark, mode, late):
    mode.write(frame([("a", 1)], SCHEMA), load(), "r1")
    asleep = load()
    mode.write(frame([("a", 2), ("b", 2)], SCHEMA, run_id="r2"), load(), "r2")
    before = rows(lake), version(lake)

    with pytest.raises(Outrun, match=r"shop\.donations: another load has changed `donations` since this one began"):
        mode.write(frame(late, SCHEMA, run_id="r3"), asleep, "r3")

    assert (rows(lake), version(lake)) == before
    assert {name: spark.conf.get(name, None) for name in HELD} == HELD
    report = mode.write(frame(late, SCHEMA, run_id="r3"), load(), "r3")
    assert report.committed and report.version == before[1] + 1
    assert late[0] in rows(lake)


def test_of_two_first_loads_one_makes_the_table(frame, lake, load):
    first, second = load(), load()
    Upsert().write(frame([("a", 1)], SCHEMA), first, "r1")

    with pytest.raises(Outrun):
        Upsert().write(frame([("a", 2)], SCHEMA), second, "r1")

    assert rows(lake) == [("a", 1)]


def test_one_load_commits_to_a_table_as_often_as_it_must(frame, lake, load):
    loading = load()

    versions = [Upsert().write(frame([("a", n)], SCHEMA), loading, "r1").version for n in range(3)]

    assert versions == [0, 1, 2]
    assert rows(lake) == [("a", 2)]


def test_a_merge_that_fails_leaves_no_number_behind(frame, lake, load, spark):
    def lost():
        raise LoadError("the lease is lost")

    Upsert().write(frame([("a", 1)], SCHEMA), load(), "r1")

    with pytest.raises(LoadError, match="the lease is lost"):
        Upsert().write(frame([("a", 2)], SCHEMA), load(lost), "r2")

    assert {name: spark.conf.get(name, None) for name in HELD} == HELD
    assert Upsert().write(frame([("a", 2)], SCHEMA), load(), "r2").committed
