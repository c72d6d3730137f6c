"""All tables of all sources are known by name, whatever sort of table and whatever name."""

from typing import Any

import pytest

from glue_lib.errors import ConfigError
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
