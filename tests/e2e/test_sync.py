"""The main job, again and again, while the API's data changes: one story, told once, and what it must show."""

import copy
import shutil
from types import SimpleNamespace
from typing import Any

import pytest

from glue_lib import pipeline
from glue_lib.landing.positions import Positions
from glue_lib.landing.storage import open_storage
from tests.e2e.conftest import Lake
from tests.e2e.small_api import PIPELINE, SmallApi, first_edition, second_edition, serve


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, spark: Any) -> Any:
    """A first run, a second after the data changed, a third with nothing new; and a fresh lake of the changed data."""
    api = SmallApi(first_edition())
    server = serve(api)

    def lake(name: str) -> Lake:
        return Lake(tmp_path_factory.mktemp(name), PIPELINE.format(base_url=api.base_url), spark)

    def run(lake: Lake) -> Any:
        api.asked.clear()
        outcomes = lake.sync()
        return SimpleNamespace(
            outcomes=outcomes, contents=lake.contents(), versions=lake.versions(), asked=copy.copy(api.asked)
        )

    moving, fresh = lake("moving"), lake("fresh")
    first = run(moving)
    api.records = second_edition()
    second, third = run(moving), run(moving)
    yield SimpleNamespace(api=api, lake=moving, first=first, second=second, third=third, fresh=run(fresh))
    server.shutdown()
    server.server_close()


def test_a_first_run_makes_a_table_of_every_stream_and_every_array(story):
    assert [outcome.status for outcome in story.first.outcomes] == ["complete"] * 3
    assert {name: len(rows) for name, rows in story.first.contents.items()} == {
        "orders": 7,
        "orders__items": 12,
        "orders__items__tags": 8,
        "reviews": 9,
        "shops": 4,
        "shops__hours": 8,
    }


def test_the_tables_after_a_second_run_equal_those_of_a_full_load_of_the_new_data(story):
    assert story.second.contents == story.fresh.contents
    assert story.second.contents != story.first.contents


def test_a_run_that_brings_nothing_new_makes_no_commit(story):
    assert story.third.versions == story.second.versions
    assert not any(table.committed for outcome in story.third.outcomes for table in outcome.tables)


def test_a_table_gets_one_commit_a_run_whatever_changes_in_it(story):
    assert set(story.first.versions.values()) == {1}
    assert story.second.versions == dict.fromkeys(story.first.versions, 2)


def test_a_value_of_another_type_stands_beside_the_column_and_the_column_keeps_its_type(story):
    rows = {row["id"]: row for row in story.lake.rows("orders")}

    assert (rows[3]["reference"], rows[3]["reference__string"]) == (None, "R-30")
    assert (rows[1]["reference"], rows[1]["reference__string"]) == (10, None)


def test_a_second_run_asks_only_for_what_is_new(story):
    orders = [target for target in story.second.asked if target.startswith("/orders")]

    assert orders[0] == "/orders?since=2024-01-07T00%3A00%3A00Z"
    assert len(orders) == 3  # five records, two a page


def test_tables_are_found_by_name(story, spark):
    assert spark.sql("select count(*) as n from small.orders__items").first()["n"] == 5


def test_an_older_record_never_overwrites_a_newer_one_and_changes_no_child_row(story):
    story.api.records = first_edition()

    story.lake.sync(full_refresh=True, streams=("orders",))

    story.api.records = second_edition()
    assert story.lake.contents() == story.second.contents


def test_a_backfill_moves_no_position(story):
    positions = Positions(open_storage(str(story.lake.folder)), "small", "orders")
    before = (positions.landed(), positions.loaded())

    story.lake.sync(start="2024-01-02", streams=("orders",))

    assert (positions.landed(), positions.loaded()) == before
    assert story.lake.contents() == story.second.contents


def test_the_tables_can_be_made_again_from_the_raw_zone_without_a_request(story):
    shutil.rmtree(story.lake.folder / "tables")
    story.api.asked.clear()

    pipeline.load(story.lake.execution(full_refresh=True))

    assert story.lake.contents() == story.second.contents
    assert story.api.asked == []


def test_glue_s_own_relationalize_gives_the_same_rows_under_the_same_keys(api, new_lake):
    for order in api.records["/orders"]:  # where AWS's rules agree with ours: nothing empty, nothing missing
        order["items"] = [{"sku": "a", "tags": ["x"]}, {"sku": "b", "tags": ["y", "z"]}]
    ours, theirs = new_lake("ours"), new_lake("theirs")

    ours.sync(streams=("orders",))
    theirs.sync(streams=("orders",), overrides={"streams.orders.relationalize": "glue"})

    assert theirs.contents() == ours.contents()
