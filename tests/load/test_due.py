"""Which runs a load takes, and which it takes again."""

from datetime import UTC, datetime, timedelta

import pytest

from glue_lib.errors import ConfigError
from glue_lib.execution import Execution
from glue_lib.landing.expiry import delete_records
from glue_lib.landing.layout import RunLayout
from glue_lib.landing.plan import Plan
from glue_lib.landing.run import RunFolder
from glue_lib.landing.storage import FolderStorage
from glue_lib.load.due import due, from_raw, left, move_loaded
from glue_lib.runtime.execution import no_engine
from glue_lib.spec.loader import loads

TEXT = """
source: shop
base_url: http://127.0.0.1:9
streams:
  orders: {path: /orders, key: [id], write: upsert}
  gone: {path: /gone, key: [id], deletes: orders}
  people: {path: /people, key: [id], write: snapshot}
  prices: {path: /prices, key: [id], write: upsert}
  rates: {path: /rates}
"""


@pytest.fixture
def shop(tmp_path):
    return Shop(FolderStorage(tmp_path))


class Shop:
    def __init__(self, storage):
        self.storage = storage
        self.file = loads(TEXT, "shop.yaml")

    def land(self, stream, day, mode="incremental"):
        run_id, moment = f"{stream}-{day}", datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day)
        folder = RunFolder(self.storage, "shop", stream, run_id)
        folder.start(Plan(run_id, "shop", stream, mode, "f", (), None, moment.isoformat()))
        folder.finish("complete", {})

    def expire(self, run_id):
        layout = RunLayout("shop", run_id.partition("-")[0], run_id)
        delete_records(self.storage, layout, datetime(2026, 2, 1, tzinfo=UTC))

    def due(self, stream, **asked):
        execution = Execution(self.file, self.storage, no_engine, str, **asked)
        return due(execution, self.file.stream(stream))

    def load(self, stream, **asked):
        found = self.due(stream, **asked)
        for one in found:
            move_loaded(Execution(self.file, self.storage, no_engine, str), one)
        return [one.run.run_id for one in found]


def test_what_is_new_is_due_once_and_of_a_replaced_table_only_the_last(shop):
    for day in (1, 2):
        shop.land("prices", day)
        shop.land("rates", day, "full")

    assert shop.load("prices") == ["prices-1", "prices-2"]
    assert shop.load("rates") == ["rates-2"]
    assert shop.load("prices") == shop.load("rates") == []
    assert shop.load("prices", run_id="prices-1") == ["prices-1"]
    assert shop.load("prices") == []


def test_where_keys_can_go_a_replay_goes_on_to_the_last_run_that_was_loaded(shop):
    for day in (1, 2, 3):
        shop.land("people", day, "full")
        if day < 3:
            shop.load("people")

    assert shop.load("people", run_id="people-1") == ["people-1", "people-2"]
    assert shop.load("people") == ["people-3"]
    assert shop.load("people", full_refresh=True) == ["people-1", "people-2", "people-3"]


def test_deletions_that_were_loaded_are_loaded_again_behind_an_older_run(shop):
    shop.land("orders", 1)
    shop.land("gone", 2)
    shop.land("orders", 3)
    shop.land("gone", 4)

    assert shop.load("orders") == ["orders-1", "orders-3"]
    assert shop.load("gone") == ["gone-2", "gone-4"]
    assert shop.load("orders") == []
    again = shop.due("orders", run_id="orders-1")
    assert [(one.stream.name, one.run.run_id, one.later) for one in again] == [
        ("orders", "orders-1", ("orders-3",)),
        ("gone", "gone-2", ("orders-3",)),
        ("orders", "orders-3", ()),
        ("gone", "gone-4", ()),
    ]


def test_a_run_that_was_finished_late_does_not_bring_back_what_was_deleted_meanwhile(shop):
    shop.land("gone", 2)
    shop.load("gone")
    shop.land("orders", 1)

    assert shop.load("orders") == ["orders-1", "gone-2"]


def test_only_a_full_run_tells_what_is_gone(shop):
    shop.land("people", 1, "full")
    shop.land("people", 2)

    assert [one.whole_at and one.whole_at.day for one in shop.due("people")] == [2, None]


def test_a_run_that_is_asked_for_brings_along_what_is_not_loaded_yet_before_it(shop):
    for day in (1, 2, 3, 4):
        shop.land("prices", day)
        shop.land("rates", day, "full")
    shop.load("prices", run_id="prices-1")

    assert shop.load("prices", run_id="prices-3") == ["prices-2", "prices-3"]
    assert shop.load("prices") == ["prices-4"]
    assert shop.load("rates", run_id="rates-3") == ["rates-3"]


def test_where_loaded_was_lost_a_run_whose_records_are_deleted_is_not_loaded_again(shop):
    for day in (1, 2, 3):
        shop.land("prices", day)
    shop.load("prices", run_id="prices-1")
    shop.expire("prices-2")

    assert shop.load("prices") == ["prices-3"]


def test_what_is_left_of_a_replay_is_found_by_name_and_what_is_there_no_more_is_passed_over(shop):
    for stream, day in (("orders", 1), ("gone", 2), ("orders", 3)):
        shop.land(stream, day)
    execution = Execution(shop.file, shop.storage, no_engine, str)
    kept = [("orders", "orders-1"), ("gone", "gone-2"), ("gone", "gone-9"), ("was", "was-1"), ("orders", "orders-3")]

    found = left(execution, shop.file.stream("orders"), kept)

    assert [(one.run.run_id, one.later) for one in found] == [
        ("orders-1", ("orders-3",)),
        ("gone-2", ("orders-3",)),
        ("orders-3", ()),
    ]
    assert [one.is_new for one in found] == [True, True, True]
    shop.load("gone")
    shop.load("orders", run_id="orders-1")
    assert [one.is_new for one in left(execution, shop.file.stream("orders"), kept)] == [False, False, True]


def test_tables_are_built_anew_from_every_run_unless_its_records_are_gone(shop):
    for stream, day in (("orders", 1), ("gone", 2), ("orders", 3), ("rates", 4), ("rates", 5)):
        shop.land(stream, day)
    shop.load("gone")
    execution = Execution(shop.file, shop.storage, no_engine, str, run_id="orders-3")

    def runs(stream):
        return [one.run.run_id for one in from_raw(execution, shop.file.stream(stream))]

    assert runs("orders") == ["orders-1", "gone-2", "orders-3"]
    assert runs("rates") == ["rates-5"]
    for run_id in ("orders-1", "rates-4"):
        shop.expire(run_id)
    assert runs("rates") == ["rates-5"]
    shop.expire("rates-5")
    with pytest.raises(ConfigError, match=r"shop\.rates: the raw records of 1 runs are deleted \(.* rates-5\)"):
        runs("rates")
    with pytest.raises(
        ConfigError, match=r"shop\.orders: the raw records of 1 runs are deleted \(the last: orders-1\)"
    ):
        runs("orders")
