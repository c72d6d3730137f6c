"""What is said of bad records before Spark is asked; with Spark, see `test_load.py`."""

from dataclasses import dataclass, field

import pytest

from glue_lib.errors import ShapeError
from glue_lib.landing.notes import Notes
from glue_lib.load.sifting import Sieve, Sifted
from glue_lib.shape.flaws import Count, Flaw
from glue_lib.shape.novelties import Novelty
from glue_lib.shape.tolerance import Tolerance


@dataclass(frozen=True)
class Part:
    uri: str
    notes: Notes = field(default_factory=Notes)


def sieve(*, flaws=(), news=(), tolerance=None):
    return Sieve("shop", "orders", flaws, news, tolerance or Tolerance())


def frozen(table, *, is_proven=True):
    return Novelty("tables", "freeze", table, ("tags", None), None, is_proven, "true", lambda notes: True)


def unread(parts, shown):
    raise AssertionError("nothing is to be read")


def test_parts_whose_notes_rule_out_every_flaw_are_read_as_they_are():
    asked = []
    flaw = Flaw("no key", "$.id", "true", lambda notes: "null" in notes.kinds)
    parts = [Part("a"), Part("b")]

    sifted = sieve(flaws=[flaw]).sift(lambda *given: asked.append(given) or "rows", None, parts, None)

    assert sifted == Sifted("rows")
    assert asked == [(parts, set())]


def test_what_is_proven_to_be_new_to_a_frozen_schema_is_told_without_reading():
    news = [frozen(f"orders__{letter}") for letter in "abcdefg"]

    with pytest.raises(ShapeError) as error:
        sieve(news=news).sift(unread, None, [Part("a")], None)

    named = "; ".join(f"new table `orders__{letter}`" for letter in "abcde")
    assert str(error.value).startswith(
        f"shop.orders: the schema is frozen, and the records call for {named} and 2 more. No table was changed; "
    )


def test_nothing_is_counted_as_left_out_where_nothing_is_new():
    assert sieve().left_out(unread, [Part("a")]) == {}


def test_bad_records_are_counted_over_all_parts_each_sort_by_its_first(caplog):
    counts = [Count("no key", "$.id", 0, 1, 4, 2), Count("new table", "$.tags[]", 0, 2, 0, 1)]
    counts.append(Count("no key", "$.id", 3, 0, 9, 5))

    sieve().judge(counts, 100, "r1")

    assert [(event.fields["records"], event.fields["why"]) for event in caplog.records] == [
        (7, "no key at `$.id` (the first: slice 0, part 1, line 5)"),
        (1, "new table at `$.tags[]` (the first: slice 0, part 2, line 1)"),
    ]
