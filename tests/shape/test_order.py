from decimal import Decimal

import pytest

from glue_lib.shape.order import rank


@pytest.fixture
def ranked(spark):
    def make(values, held="string", form=""):
        rows = spark.createDataFrame([(value,) for value in values], "value string").coalesce(1)
        return [row[0] for row in rows.selectExpr(rank(f"cast(value as {held})", held, form)).collect()]

    return make


@pytest.mark.parametrize("form", ["", "iso"])
def test_instants_compare_across_zones(ranked, form):
    early, same, late = ranked(
        ["2026-01-31T09:30:00+02:00", "2026-01-31T07:30:00Z", "2026-01-31T07:30:00.000001Z"], form=form
    )

    assert early == same < late


def test_text_is_compared_as_numbers_where_it_reads_as_numbers(ranked):
    nine, ten = ranked(["9", "10"])

    assert nine < ten


def test_text_and_typed_columns_give_the_same_ranks(ranked):
    instant = "2026-01-31T07:30:00Z"

    assert ranked([instant]) == ranked([instant], "timestamp")
    assert ranked(["2026-01-31"]) == ranked(["2026-01-31"], "date")
    assert ranked(["12"]) == ranked(["12"], "bigint") == ranked(["12"], "double") == ranked(["12"], "decimal(38,0)")


@pytest.mark.parametrize("form", ["epoch_s", "epoch_ms", "integer"])
def test_numbers_may_come_as_text(ranked, form):
    assert ranked(["1769848200"], form=form) == ranked(["1769848200"], "bigint", form) == [Decimal("1769848200")]


@pytest.mark.parametrize(
    ("form", "text", "iso"),
    [
        ("%d/%m/%Y %H:%M", "31/01/2026 07:30", "2026-01-31T07:30:00Z"),
        ("%m/%d/%Y %I:%M:%S %p", "1/31/2026 7:30:00 pm", "2026-01-31T19:30:00Z"),
        ("%Y%m%d%H%M%S", "20260131073000", "2026-01-31T07:30:00Z"),
        ("%Y-%m-%dT%H:%M:%S.%f%z", "2026-01-31T09:30:00.5+0200", "2026-01-31T07:30:00.5Z"),
        ("%d-%b-%y", "31-JAN-26", "2026-01-31T00:00:00Z"),
        ("%Y o'clock '\\", "2026 o'clock '\\", "2026-01-01T00:00:00Z"),
    ],
)
def test_a_pattern_reads_what_the_api_writes(ranked, form, text, iso):
    assert ranked([text], form=form) == ranked([iso])


def test_text_beside_the_pattern_is_older_than_all_and_stops_nothing(ranked):
    assert ranked(["24-1-5", "2026-01-31 extra", "2026-02-30", "", None], form="%Y-%m-%d") == [None] * 5


def test_what_is_no_instant_and_no_number_has_no_rank(ranked):
    assert ranked(["soon", "", None]) == [None, None, None]
    assert ranked(["12"], form="iso") == [None]
