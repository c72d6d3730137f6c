import pytest
from pyspark.sql import functions as F

from glue_lib.command.housekeeping import keep_in_order
from glue_lib.errors import LoadError
from glue_lib.lake.clustering import needs_order
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


def test_a_table_larger_than_a_file_is_ordered_and_only_when_enough_is_new(spark, lake):
    """The columns stand behind those of which the log knows the least and the greatest value by itself."""
    table, columns, file_bytes = lake.table("donations"), ["odd_name", "n"], 5_000
    paths = ('$["odd name"]', "$.n", "$.not_there_yet")

    def add(begin, end, step=1):
        columns = [*(F.lit("x").alias(f"c{number:02}") for number in range(32))]
        columns += [(F.col("id") % 7).alias("odd_name", metadata={"comment": paths[0]})]
        columns += [F.col("id").alias("n", metadata={"comment": paths[1]})]
        rows = spark.range(begin, end, step, 1).select(*columns)
        rows.write.format("delta").mode("append").option("userMetadata", '{"run_id": "r1"}').save(table.uri)

    def needed():
        return needs_order(table, columns, file_bytes)

    add(0, 2000, 2)
    alone = needed()
    add(1, 2000, 2)
    before = needed()
    kept = upkeep(lake, "donations", retention_hours=WEEK, cluster_by=paths, file_bytes=file_bytes)
    after = needed()
    add(9000, 9001)
    little = needed()
    add(5000, 7000)

    assert (alone, before, after, little, needed()) == (False, True, False, False, True)
    assert not needs_order(table, columns, 10**9) and not needs_order(table, [], file_bytes)
    assert needs_order(table, ["n"], file_bytes)  # it was never ordered by that alone
    history = table.delta().history().orderBy("version").collect()
    orders = [(row["operation"], row["operationParameters"].get("zOrderBy")) for row in history]
    assert orders[2:4] == [("SET TBLPROPERTIES", None), ("OPTIMIZE", '["odd_name","n"]')]
    assert kept.files > 1 and history[3]["userMetadata"] == '{"run_id": "r1"}'
    ordered = spark.read.format("delta").option("versionAsOf", 3).load(table.uri)
    assert ordered.count() == 2000
    assert len(ordered.where("n between 100 and 110").inputFiles()) < len(ordered.inputFiles())
    protocol = table.delta().detail().first()
    assert (protocol["minReaderVersion"], protocol["minWriterVersion"]) == (1, 2)
