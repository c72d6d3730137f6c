import datetime
from decimal import Decimal

import pytest

from glue_lib.shape.exact import exactly, first_held, pattern


@pytest.fixture
def convert(spark):
    """Convert values one after the other, each null where the wanted type cannot hold it exactly."""

    def make(values, held, wanted):
        rows = spark.createDataFrame([(value,) for value in values], f"value {held}").coalesce(1)
        sql = exactly("value", held, wanted)
        shown = f"cast({sql} as string)" if wanted in ("timestamp", "date") else sql
        return [row[0] for row in rows.selectExpr(shown).collect()]

    return make


@pytest.mark.parametrize(
    ("wanted", "kept", "refused"),
    [
        (
            "bigint",
            {"12": 12, "-7": -7, "+5": 5, "007": 7, "9223372036854775807": 2**63 - 1},
            ["9223372036854775808", "1.0", "1e3", "", " 12", "12\n", "12 ", "1_000", "0x1f", "12L", "١٢"],
        ),
        (
            "decimal(18,2)",
            {"1.10": Decimal("1.10"), "1": Decimal("1.00"), "-0.5": Decimal("-0.50"), "1.1000": Decimal("1.10")},
            ["1.105", "12345678901234567.00", "1e2", "", ".", "1,5", "1.5\n", "NaN", "$1"],
        ),
        (
            "double",
            {"1.5": 1.5, "0.1": 0.1, "1e3": 1000.0, "0.30000000000000004": 0.30000000000000004},
            ["0.30000000000000001", "12345678901234567", "NaN", "Infinity", "1d", "1.2.3", "1e400", "", "1.5\n"],
        ),
        ("boolean", {"true": True, "FALSE": False}, ["1", "yes", "t", "", "true\n"]),
        (
            "date",
            {"2026-01-31": "2026-01-31"},
            ["2026-02-30", "2026-01-31T00:00:00Z", "2026-1-31", "0001-01-01", "20260131", "2026-01-31\n"],
        ),
        (
            "timestamp",
            {
                "2026-01-31T08:30:00Z": "2026-01-31 08:30:00",
                "2026-01-31T08:30:00+02:00": "2026-01-31 06:30:00",
                "2026-01-31 08:30:00.123456": "2026-01-31 08:30:00.123456",
                "2026-01-31T08:30:00.120000000Z": "2026-01-31 08:30:00.12",
                "2026-01-31": "2026-01-31 00:00:00",
            },
            ["2026-01-31T08:30:00.1234567Z", "2026-02-30T00:00:00Z", "0001-01-01T00:00:00Z", "1769848200", ""],
        ),
    ],
)  # fmt: skip
def test_text_becomes_another_type_only_where_that_holds_it_exactly(convert, wanted, kept, refused):
    found = dict(zip([*kept, *refused], convert([*kept, *refused], "string", wanted), strict=True))

    assert found == kept | dict.fromkeys(refused)


@pytest.mark.parametrize(
    ("held", "wanted", "values", "expected"),
    [
        ("bigint", "double", [2**53, 2**53 + 1, -(2**53) - 1], [float(2**53), None, None]),
        ("bigint", "decimal(5,2)", [12, 1000], [Decimal("12.00"), None]),
        ("double", "bigint", [5.0, 5.5, 1e300], [5, None, None]),
        ("double", "decimal(18,2)", [1.1, 1.105], [Decimal("1.10"), None]),
        ("decimal(38,0)", "bigint", [Decimal(2**63 - 1), Decimal(2**63)], [2**63 - 1, None]),
        ("decimal(38,3)", "bigint", [Decimal("5.000"), Decimal("5.001")], [5, None]),
        ("decimal(38,17)", "double", [Decimal("0.30000000000000004"), Decimal("0.30000000000000001")],
         [0.30000000000000004, None]),
        ("decimal(38,4)", "decimal(18,2)", [Decimal("1.1000"), Decimal("1.1010")], [Decimal("1.10"), None]),
        ("boolean", "bigint", [True], [None]),
        ("bigint", "timestamp", [1769848200], [None]),
        ("double", "boolean", [1.0], [None]),
        ("boolean", "string", [True], ["true"]),
    ],
)  # fmt: skip
def test_numbers_become_another_type_only_where_that_holds_them_exactly(convert, held, wanted, values, expected):
    assert convert(values, held, wanted) == expected


def test_a_null_stays_null(convert):
    assert convert([None], "string", "bigint") == [None]


def test_every_value_goes_to_the_first_column_that_holds_it(spark):
    columns = first_held("value", "string", ("bigint", "double", "date", "string"))
    rows = spark.createDataFrame([("7",), ("1.5",), ("2026-01-31",), ("x",), (None,)], "value string").coalesce(1)

    found = [tuple(row) for row in rows.selectExpr(*columns).collect()]

    day = datetime.date(2026, 1, 31)
    assert found == [(7, None, None, None), (None, 1.5, None, None), (None, None, day, None), (None, None, None, "x"),
                     (None, None, None, None)]  # fmt: skip


def test_a_pattern_ends_at_the_very_end():
    assert pattern("bigint").endswith(r"\z")
