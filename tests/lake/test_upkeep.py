import pytest

from glue_lib.errors import LoadError
from glue_lib.housekeeping import keep_in_order
from glue_lib.lake.upkeep import upkeep
from glue_lib.lake.write.upsert import Upsert
from glue_lib.landing.leases import Lease
from glue_lib.landing.storage import FolderStorage

SCHEMA = "_hw_key string, n bigint"
WEEK = 7 * 24


def rows(lake):
    return sorted(tuple(row) for row in lake.table("donations").read().select("_hw_key", "n").collect())


def versions(lake):
    return lake.table("donations").delta().history(1).first()["version"]


def test_small_files_become_one_and_what_the_table_says_stays(frame, lake):
    for number in range(3):
        Upsert().write(frame([(f"k{number}", number)], SCHEMA, run_id=f"r{number}"), lake, f"r{number}")
    before = rows(lake)

    first = upkeep(lake, "donations", retention_hours=WEEK)
    version = versions(lake)
    again = upkeep(lake, "donations", retention_hours=WEEK)
    folder = lake.uri.removeprefix("file://")
    with Lease(FolderStorage(folder), "shop", "donations", "load"):
        (held,) = keep_in_order("", folder, {"streams": "", "set": "{}"}, retention_hours=WEEK, is_forced=False)
    (kept,) = keep_in_order("", folder, {"streams": "", "set": "{}"}, retention_hours=0, is_forced=True)
    (short,) = kept.evidence["tables"]

    assert (first.files_before, first.files, first.removed_files) == (3, 1, 0)
    assert first.bytes < first.bytes_before
    assert rows(lake) == before
    assert lake.table("donations").loaded_run() == "r2"
    assert (again.files, again.removed_files, versions(lake)) == (1, 0, version)
    assert held.status == "failed" and "is held by" in str(held.error)
    assert (kept.source, kept.stream, short["table"]) == ("shop", "donations", "donations")
    assert short["removed_files"] >= 3 and short["removed_bytes"] >= first.bytes_before
    assert rows(lake) == before


def test_a_table_is_left_alone_when_the_lease_is_lost(frame, lake):
    def lost():
        raise LoadError("the lease is lost")

    for number in range(2):
        Upsert().write(frame([(f"k{number}", number)], SCHEMA), lake, f"r{number}")

    with pytest.raises(LoadError):
        upkeep(lake.guarded(lost), "donations", retention_hours=WEEK)

    assert versions(lake) == 1
