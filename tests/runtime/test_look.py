"""All tables of all sources are known by name, whatever sort of table and whatever name."""

from typing import Any

import pytest

from glue_lib.errors import ConfigError
from glue_lib.landing.run_record import RunRecord, TableChange
from glue_lib.landing.run_records import RunRecords
from glue_lib.landing.storage import FolderStorage
from glue_lib.runtime.look import Look


def test_tables_of_all_sources_are_found_by_name_quarantines_too(spark: Any, tmp_path: Any):
    for name, columns in {
        "crm/select": "'r1' as _hw_run_id, 2 as `from`",
        "shop/select": "1 as id",
        "shop/select__quarantine": "2 as id, 'no key' as reason",
    }.items():
        spark.sql(f"select {columns}").write.format("delta").save(f"file://{tmp_path}/tables/{name}")
    (tmp_path / "tables/shop/begun/_delta_log").mkdir(parents=True)  # a first write that was killed is no table

    look = Look(str(tmp_path))

    assert look.rows("select__quarantine", 5) == (["id", "reason"], [{"id": 2, "reason": "no key"}])
    assert look.rows("crm.select", 5)[0] == ["from", "_hw_run_id"]
    both = "select reason from crm.select join shop.select__quarantine on id = `from`"
    assert look.query(both, 5)[1] == [{"reason": "no key"}]
    with pytest.raises(
        ConfigError, match=r"`select` is more than one table of the lake; there are crm\.select, shop\."
    ):
        look.rows("select", 5)
    every = r"crm\.select, shop\.select, shop\.select__quarantine$"
    with pytest.raises(ConfigError, match=rf"`nothing` is no table of the lake; there are {every}"):
        look.rows("nothing", 5)


def test_what_runs_did_is_a_table_as_in_athena(spark: Any, tmp_path: Any):
    spark.sql("select 1 as id").write.format("delta").save(f"file://{tmp_path}/tables/shop/orders")
    records = RunRecords(FolderStorage(tmp_path))
    for number, stream in enumerate(("orders", "items")):
        began = f"2026-11-24 08:3{number}:00.250"
        tables = (TableChange(stream, inserted=7),)
        records.write(RunRecord("shop", stream, f"e{number}", "sync", "complete", began, tables=tables, cost_usd=0.5))

    look = Look(str(tmp_path))
    query = (
        "select source, stream, tables[0].inserted as n, cost_usd from headwater.runs "
        "where started_at > timestamp'2026-11-24 08:30:30'"
    )

    assert look.query(query, 5)[1] == [{"source": "shop", "stream": "items", "n": 7, "cost_usd": 0.5}]
    assert look.query("select count(*) as n from headwater.runs where error is null", 5)[1] == [{"n": 2}]


def test_a_source_may_be_called_headwater(spark: Any, tmp_path: Any):
    spark.sql("select 1 as id").write.format("delta").save(f"file://{tmp_path}/tables/headwater/runs")

    assert Look(str(tmp_path)).query("select id from headwater.runs", 5)[1] == [{"id": 1}]
