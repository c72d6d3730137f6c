"""The main job, again and again, while the API's data changes."""

from glue_lib.landing.positions import Positions
from glue_lib.landing.storage import open_storage
from tests.e2e.small_api import first_edition, second_edition


def test_a_first_run_makes_a_table_of_every_stream_and_every_array(lake):
    outcomes = lake.sync()

    assert [outcome.status for outcome in outcomes] == ["complete"] * 3
    assert {name: len(lake.rows(name)) for name in lake.names()} == {
        "orders": 7,
        "orders__items": 12,
        "orders__items__tags": 8,
        "reviews": 9,
        "shops": 3,
        "shops__hours": 6,
    }


def test_the_tables_after_a_second_run_equal_those_of_a_full_load_of_the_new_data(api, new_lake):
    moving, fresh = new_lake("moving"), new_lake("fresh")
    moving.sync()
    api.records = second_edition()

    moving.sync()
    fresh.sync()

    assert moving.contents() == fresh.contents()


def test_a_run_that_brings_nothing_new_makes_no_commit(api, lake):
    lake.sync()
    api.records = second_edition()
    lake.sync()
    before = lake.versions()

    outcomes = lake.sync()

    assert lake.versions() == before
    assert not any(table.committed for outcome in outcomes for table in outcome.tables)


def test_a_table_gets_one_commit_a_run_whatever_changes_in_it(api, lake):
    lake.sync()
    api.records = second_edition()

    lake.sync()

    changed = {"orders", "orders__items", "orders__items__tags", "reviews", "shops", "shops__hours"}
    assert {name for name, commits in lake.versions().items() if commits == 2} == changed


def test_a_value_of_another_type_stands_beside_the_column_and_the_column_keeps_its_type(api, lake):
    lake.sync()
    api.records = second_edition()

    lake.sync()

    rows = {row["id"]: row for row in lake.rows("orders")}
    assert (rows[3]["reference"], rows[3]["reference__string"]) == (None, "R-30")
    assert (rows[1]["reference"], rows[1]["reference__string"]) == (10, None)


def test_a_second_run_asks_only_for_what_is_new(api, lake):
    lake.sync()
    api.asked.clear()
    api.records = second_edition()

    lake.sync()

    orders = [target for target in api.asked if target.startswith("/orders")]
    assert orders[0] == "/orders?since=2024-01-07T00%3A00%3A00Z"
    assert len(orders) == 3  # five records, two a page


def test_an_older_record_never_overwrites_a_newer_one_and_changes_no_child_row(api, lake):
    api.records = second_edition()
    lake.sync()
    newer = lake.contents()
    api.records = first_edition()

    lake.sync(full_refresh=True, streams=("orders",))

    assert lake.contents()["orders"] == newer["orders"]
    assert lake.contents()["orders__items"] == newer["orders__items"]


def test_a_backfill_moves_no_position(api, lake):
    lake.sync()
    positions = Positions(open_storage(str(lake.folder)), "small", "orders")
    before = (positions.landed(), positions.loaded())

    lake.sync(start="2024-01-02", end="2024-01-04", streams=("orders",))

    assert (positions.landed(), positions.loaded()) == before


def test_the_tables_can_be_made_again_from_the_raw_zone_without_a_request(api, lake):
    import shutil

    from glue_lib import pipeline

    lake.sync()
    api.records = second_edition()
    lake.sync()
    wanted = lake.contents()
    shutil.rmtree(lake.folder / "tables")
    api.asked.clear()

    pipeline.load(lake.execution(full_refresh=True))

    assert lake.contents() == wanted
    assert api.asked == []


def test_tables_are_found_by_name(lake, spark):
    lake.sync()

    assert spark.sql("select count(*) as n from small.orders__items").first()["n"] == 12


def test_glue_s_own_relationalize_gives_the_same_rows_under_the_same_keys(api, new_lake):
    for order in api.records["/orders"]:  # where AWS's rules agree with ours: nothing empty, nothing missing
        order["items"] = [{"sku": "a", "tags": ["x"]}, {"sku": "b", "tags": ["y", "z"]}]
    ours, theirs = new_lake("ours"), new_lake("theirs")

    ours.sync(streams=("orders",))
    theirs.sync(streams=("orders",), overrides={"streams.orders.relationalize": "glue"})

    assert theirs.contents() == ours.contents()
