from decimal import Decimal

import pytest

from glue_lib.lake.settings import settings
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


@pytest.mark.parametrize(("form", "factor"), [("epoch_s", 10**6), ("epoch_ms", 1000), ("integer", 1)])
def test_numbers_may_come_as_text(ranked, form, factor):
    expected = [Decimal(1769848200 * factor)]

    assert ranked(["1769848200"], form=form) == ranked(["1769848200"], "bigint", form) == expected


def test_counts_since_1970_and_moments_give_the_same_ranks(ranked):
    moment = ranked(["2026-01-31T08:30:00.25Z"], "timestamp")

    assert ranked(["1769848200.25"], form="epoch_s") == ranked(["1769848200250"], form="epoch_ms") == moment
    assert ranked(["1769848200.25"], "double", "epoch_s") == ranked(["1769848200.25"], "decimal(38,4)", "epoch_s")
    assert ranked(["1769848200.25"], "double", "epoch_s") == moment


OLDEST_FIRST = [
    ["2026-01-31T08:30:00.123456Z", "2026-01-31T08:30:00.1234560001Z", "2026-01-31T08:30:00.123456789Z",
     "2026-01-31T08:30:00.1234568Z", "2026-01-31T08:30:00.123457Z"],
    ["2026-01-31 08:30:00.1234567", "2026-01-31 08:30:00.1234568", "2026-01-31T08:30:00.1234569"],
    ["2026-01-31T10:30:00.1234567+02:00", "2026-01-31T08:30:00.1234568Z", "2026-01-31T06:30:00.1234569-02:00"],
    ["2016-12-31T23:59:59.9Z", "2016-12-31T23:59:60Z", "2016-12-31T23:59:60.5Z", "2017-01-01T00:00:01Z"],
    ["2026-01-31T23:59:59Z", "2026-01-31T24:00:00Z", "2026-02-01T00:00:00.000001Z"],
    ["2026-01-31T23:59", "2026-01-31T24:00", "2026-02-01T00:01"],
    ["0001-01-01T00:00:00Z", "1582-10-10T00:00:00Z", "1900-12-31", "1901-01-01", "9999-12-31T23:59:59Z",
     "12026-01-01T00:00:00Z"],
    ["1.5", "1.50000001", "1.500000010001", "12", "12345678901234567890"],
]  # fmt: skip


@pytest.mark.parametrize("ansi", ["true", "false"])
@pytest.mark.parametrize(
    "text", ["294247-01-10T04:00:60Z", "294247-01-10T24:00:00Z", "294248-01-01T00:00:00Z", "2026-02-30T00:00:00Z"]
)
def test_a_moment_that_is_none_or_later_than_spark_counts_is_older_than_all(ranked, spark, text, ansi):
    with settings(spark, {"spark.sql.ansi.enabled": ansi}):
        assert ranked([text]) == [None]


@pytest.mark.parametrize("texts", OLDEST_FIRST)
def test_no_older_text_passes_for_as_new(ranked, texts):
    ranks = ranked(texts)

    assert None not in ranks
    assert ranks == sorted(set(ranks))


@pytest.mark.parametrize("form", ["", "iso"])
def test_what_would_be_a_time_of_today_is_none(ranked, form):
    assert ranked(["08:30", "T08:30:00Z", "24:00", "now", "today"], form=form) == [None] * 5


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
