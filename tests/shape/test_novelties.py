"""What is new to stored tables, told from type notes alone."""

import pytest

from glue_lib.shape.contract import Contract
from glue_lib.shape.layout import layout
from glue_lib.shape.novelties import novelties, without
from glue_lib.shape.paths import ENTRY, ENTRY_KEY
from glue_lib.shape.stream import StreamShape
from glue_lib.shape.targets import Stored

ORDERS = Stored({"$.id": ("id", "bigint"), "$.no": ("no", "string"), "$.total": ("total", "bigint")})
ITEMS = Stored({"place in $.items[]": ("_hw_index", "bigint"), "$.items[].sku": ("sku", "string")})
STORED = {"orders": ORDERS, "orders__items": ITEMS}
OTHER = " for values of another type"
FREEZE = Contract(tables="freeze", columns="freeze", types="freeze")


@pytest.fixture
def planned(notes_of):
    def make(*lines, stored=STORED, hints=()):
        return layout(notes_of(*lines), "orders", hints=dict(hints), stored=stored)

    return make


def found(planned, contract=FREEZE, stored=STORED, **shape):
    return list(novelties(planned, stored, contract, StreamShape("shop", "orders", **shape)))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"id": 1, "no": "a", "total": 5, "items": [{"sku": "x"}]}', []),
        ('{"id": 2, "total": null, "coupon": null, "tags": []}', []),
        ('{"coupon": {"code": "X"}}', [("columns", "new column `coupon_code` of `orders`", "$.coupon.code", True)]),
        ('{"items": [{"n": 1}]}', [("columns", "new column `n` of `orders__items`", "$.items[].n", True)]),
        ('{"total": "?"}', [("types", f"new column `total__string` of `orders`{OTHER}", "$.total", True)]),
        ('{"total": 1.5}', [("types", f"new column `total__double` of `orders`{OTHER}", "$.total", False)]),
        ('{"no": 7}', [("types", f"new column `no__bigint` of `orders`{OTHER}", "$.no", True)]),
        ('{"tags": ["a"]}', [("tables", "new table `orders__tags`", "$.tags[]", True)]),
        ('{"prices": {"eur": {"n": 1}}}', [("tables", "new table `orders__prices`", "$.prices{}", True)]),
        ('{"items": [{"tags": [[1]]}]}', [
            ("tables", "new table `orders__items__tags`", "$.items[].tags[]", True),
            ("tables", "new table `orders__items__tags__value`", "$.items[].tags[][]", True),
        ]),
    ],
)  # fmt: skip
def test_what_no_stored_table_has_is_new(planned, line, told):
    news = found(planned(line, hints={"prices": "map"}))

    # A number may still fit its column of numbers; text beside numbers has no such hope.
    assert [(new.subject, new.words, new.flaw().path, new.is_proven) for new in news] == told


def test_notes_tell_which_parts_may_hold_what_is_new_in_a_map(planned, notes_of):
    stored = {**STORED, "orders__prices": Stored({"place in $.prices{}": ("_hw_index", "bigint")})}
    key, value = found(planned('{"prices": {"eur": {"n": 1}}}', stored=stored, hints={"prices": "map"}), stored=stored)

    assert [new.path for new in (key, value)] == [("prices", ENTRY, ENTRY_KEY), ("prices", ENTRY, "n")]
    cases = {
        '{"prices": {"usd": {"n": 2}}}': [True, True],
        '{"prices": {"usd": {"n": "x"}}}': [True, False],
        '{"prices": {}, "n": 1}': [True, False],  # no more than: it may be
        '{"n": 1}': [False, False],
    }
    for line, may in cases.items():
        assert [new.may_be_in(notes_of(line)) for new in (key, value)] == may


def test_notes_tell_which_parts_may_hold_what_is_new(planned, notes_of):
    (column,) = found(planned('{"items": [{"n": 1}]}'))
    (table,) = found(planned('{"tags": ["a"]}'))

    assert [column.may_be_in(notes_of(line)) for line in ('{"items": [{"n": 2}]}', '{"items": [{"n": "2"}]}')] == [
        True,
        False,
    ]
    assert [table.may_be_in(notes_of(line)) for line in ('{"tags": [1]}', '{"tags": []}', "{}")] == [True, False, False]


def test_a_first_load_makes_everything_but_what_a_demanded_type_cannot_hold(planned):
    hints = {"total": "decimal(18,2)"}
    first = planned('{"total": "12.50", "no": 1, "no": "a", "tags": [1]}', stored={}, hints=hints)

    (new,) = found(first, stored={}, types=hints)

    assert (new.subject, new.table, new.target.name, new.is_proven) == ("types", "orders", "total__string", False)


def test_each_sort_of_novelty_has_its_own_policy(planned):
    contract = Contract(columns="discard_value", types="discard_row")
    news = found(planned('{"x": 1, "total": "?", "tags": [1]}'), contract)

    assert [(new.target.name, new.policy) for new in news] == [("x", "discard_value"), ("total__string", "discard_row")]


def test_a_value_of_the_key_is_never_left_out_alone(planned):
    (new,) = found(planned('{"id": "a"}'), Contract(types="discard_value"), key=("id",))

    assert new.policy == "discard_row"


def test_what_is_left_out_has_no_column_and_no_table_yet_is_read(planned):
    contract = Contract(tables="discard_value", columns="discard_value", types="discard_value")
    whole = planned(
        '{"id": 1, "x": 1, "no": 7, "total": 1.5, "tags": [{"deep": [1]}], "items": [{"sku": "a", "n": 1}]}'
    )

    rest = without(whole, found(whole, contract))

    assert {table.name: [target.name for target in table.columns] for table in rest.tables} == {
        "orders": ["id", "total"],
        "orders__items": ["sku"],
    }
    assert rest.reading == whole.reading
    assert without(whole, []) == whole
