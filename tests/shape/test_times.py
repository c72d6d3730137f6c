"""Moments: declared, recognised where nothing is lost, and text wherever a column cannot hold them exactly."""

import pytest

ID = {"key": ("id",)}

DECLARED = [  # what is declared, what was sent, the column that it is in, its value as text
    ("timestamp", '"2026-01-31T08:30:00Z"', "x", "2026-01-31 08:30:00"),
    ("timestamp", '"2026-01-31T08:30:00+02:00"', "x", "2026-01-31 06:30:00"),
    ("timestamp", '"2026-01-31 08:30"', "x", "2026-01-31 08:30:00"),
    ("timestamp", '"2026-01-31"', "x", "2026-01-31 00:00:00"),
    ("timestamp", '"2026-01-31T08:30:00.123456000Z"', "x", "2026-01-31 08:30:00.123456"),
    ("timestamp", '"2026-01-31T08:30:00.123456789Z"', "x__string", "2026-01-31T08:30:00.123456789Z"),
    ("timestamp", '"1900-12-31T23:59:59Z"', "x__string", "1900-12-31T23:59:59Z"),
    ("timestamp", '"1901-01-01T00:30:00+01:00"', "x__string", "1901-01-01T00:30:00+01:00"),
    ("timestamp", '"9999-12-31T23:30:00-01:00"', "x__string", "9999-12-31T23:30:00-01:00"),
    ("timestamp", '"9999-12-31T23:59:59.999999Z"', "x", "9999-12-31 23:59:59.999999"),
    ("timestamp", '"+10000-01-01T00:00:00Z"', "x__string", "+10000-01-01T00:00:00Z"),
    ("timestamp", '"0000-01-01T00:00:00Z"', "x__string", "0000-01-01T00:00:00Z"),
    ("timestamp", '"2016-12-31T23:59:60Z"', "x__string", "2016-12-31T23:59:60Z"),
    ("timestamp", '"2026-01-31T24:00:00Z"', "x__string", "2026-01-31T24:00:00Z"),
    ("timestamp", '"2026-02-30T00:00:00Z"', "x__string", "2026-02-30T00:00:00Z"),
    ("timestamp", '"2026-01-31T08:30:00+0200"', "x__string", "2026-01-31T08:30:00+0200"),
    ("timestamp", '"08:30:00"', "x__string", "08:30:00"),
    ("timestamp", '""', "x__string", ""),
    ("timestamp", "1769848200", "x__bigint", "1769848200"),
    ("date", '"2026-01-31"', "x", "2026-01-31"),
    ("date", '"2026-01-31T08:30:00Z"', "x__string", "2026-01-31T08:30:00Z"),
    ("date", '"1900-12-31"', "x__string", "1900-12-31"),
    ("epoch_s", "1769848200", "x", "2026-01-31 08:30:00"),
    ("epoch_s", "0", "x", "1970-01-01 00:00:00"),
    ("epoch_s", "-1", "x", "1969-12-31 23:59:59"),
    ("epoch_s", "1769848200.123456", "x", "2026-01-31 08:30:00.123456"),
    ("epoch_s", '"1769848200.123456"', "x", "2026-01-31 08:30:00.123456"),
    ("epoch_s", "1.7698482e9", "x", "2026-01-31 08:30:00"),
    ("epoch_s", '"1769848200.1234567"', "x__string", "1769848200.1234567"),
    ("epoch_s", "1769848200.1234567", "x__decimal", "1769848200.1234567"),
    ("epoch_s", "1769848200000", "x__bigint", "1769848200000"),  # milliseconds: no year of ours
    ("epoch_s", "-2177452801", "x__bigint", "-2177452801"),
    ("epoch_s", "253402300799", "x", "9999-12-31 23:59:59"),
    ("epoch_s", "253402300800", "x__bigint", "253402300800"),
    ("epoch_s", "99999999999999999999", "x__decimal", "99999999999999999999"),
    ("epoch_s", '"2026-01-31T08:30:00Z"', "x__string", "2026-01-31T08:30:00Z"),
    ("epoch_s", "true", "x__boolean", "true"),
    ("epoch_ms", "1769848200250", "x", "2026-01-31 08:30:00.25"),
    ("epoch_ms", "1769848200250.125", "x", "2026-01-31 08:30:00.250125"),
    ("epoch_ms", '"1769848200250"', "x", "2026-01-31 08:30:00.25"),
    ("epoch_ms", '"1769848200250.1255"', "x__string", "1769848200250.1255"),
    ("epoch_ms", "0.5", "x", "1970-01-01 00:00:00.0005"),
]


def test_a_declared_moment_is_exact_or_stands_beside(shape):
    names = [f"a{place}" for place in range(len(DECLARED))]
    line = ", ".join(f'"{name}": {sent}' for name, (_, sent, _, _) in zip(names, DECLARED, strict=True))

    shaped = shape([f'{{"id": 1, {line}}}'], types=dict(zip(names, [case[0] for case in DECLARED], strict=True)), **ID)

    types, rows = shaped.types("orders"), next(frame.rows for frame in shaped.frames)
    (row,) = rows.selectExpr(*(f"cast({name} as string) as {name}" for name in types)).collect()
    found = {name: value for name, value in row.asDict().items() if value is not None and name != "id"}
    assert found == {
        column.replace("x", name, 1): shown for name, (_, _, column, shown) in zip(names, DECLARED, strict=True)
    }
    assert {types[name] for name in names} == {"timestamp", "date"}


RECOGNISED = [  # what was sent in two records, and the type of the column
    ('"2026-01-31T08:30:00Z"', '"2026-01-31T08:30:00.5+00:00"', "timestamp"),
    ('"2026-01-31"', '"2026-02-28"', "date"),
    ('"2026-01-31"', "null", "date"),
    ('"2026-01-31T08:30:00Z"', '"2026-01-31T08:30:00"', "string"),
    ('"2026-01-31T08:30:00Z"', '""', "string"),
    ('"2026-01-31T08:30:00+02:00"', '"2026-01-31T08:30:00+02:00"', "string"),
    ('"2026-01-31T08:30:00.123456789Z"', '"2026-01-31T08:30:00Z"', "string"),
    ('"2026-01-31"', "20260131", "string"),
    ("1769848200", "1769848200", "bigint"),
    ('"1769848200"', '"1769848200"', "string"),
]


def test_moments_are_recognised_only_where_asked_and_where_all_texts_agree(shape):
    lines = [
        '{{"id": {}, {}}}'.format(place, ", ".join(f'"a{n}": {case[place]}' for n, case in enumerate(RECOGNISED)))
        for place in (0, 1)
    ]

    asked, unasked = shape(lines, recognise=True, **ID), shape(lines, **ID)

    types = asked.types("orders")
    assert [types[f"a{n}"] for n in range(len(RECOGNISED))] == [kind for _, _, kind in RECOGNISED]
    assert types["a7__bigint"] == "bigint" and len(types) == len(RECOGNISED) + 2
    kinds = set(unasked.types("orders").values())
    assert kinds == {"string", "bigint"}
    shown = [str(row["a0"]) for row in sorted(asked.rows("orders"), key=lambda row: row["id"])]
    assert shown == ["2026-01-31 08:30:00", "2026-01-31 08:30:00.500000"]


def test_a_recognised_column_keeps_its_type_and_texts_that_are_none_stand_beside(shape):
    first = shape(['{"id": 1, "at": "2026-01-31T08:30:00Z", "on": "2026-01-31", "t": "x"}'], recognise=True, **ID)
    lines = [
        '{"id": 2, "at": "2026-01-31T08:30:00Z", "on": "2026-01-31", "t": "2026-01-31"}',
        '{"id": 3, "at": "", "on": "2026-01-31T08:30:00Z", "t": "2026-01-31"}',
        '{"id": 4, "at": "2026-01-31T08:30:00+02:00"}',
        '{"id": 5, "at": "2026-01-31T08:30:00"}',
        '{"id": 6, "at": "2026-01-31"}',
    ]

    then = shape(lines, stored=first.stored(), **ID)

    assert then.types("orders") == {
        "id": "bigint", "at": "timestamp", "at__string": "string", "on": "date", "on__string": "string", "t": "string",
    }  # fmt: skip
    second, third, *doubtful = sorted(then.rows("orders"), key=lambda row: row["id"])
    assert (str(second["at"]), str(second["on"]), second["t"]) == ("2026-01-31 08:30:00", "2026-01-31", "2026-01-31")
    assert third == {"id": 3, "at__string": "", "on__string": "2026-01-31T08:30:00Z", "t": "2026-01-31"}
    # An offset would be lost, and a zone guessed.
    assert [row["at__string"] for row in doubtful] == ["2026-01-31T08:30:00+02:00", "2026-01-31T08:30:00", "2026-01-31"]


def test_recognised_columns_cost_no_look_at_the_values(shape, looks):
    lines = ['{"id": 1, "at": "2026-01-31T08:30:00Z", "items": [{"on": "2026-01-31"}]}']
    stored = shape(lines, recognise=True, **ID).stored()

    assert looks(lambda: shape(lines, recognise=True, **ID)) == 0
    assert looks(lambda: shape(lines, recognise=True, stored=stored, **ID)) == 0


@pytest.mark.parametrize(("declared", "older", "newer"), [("epoch_s", 1769848200, 1769848201), ("epoch_ms", 1, 2)])
def test_counts_that_became_moments_still_order_records(shape, declared, older, newer):
    lines = [f'{{"id": 1, "at": {newer}, "n": "new"}}', f'{{"id": 1, "at": {older}, "n": "old"}}']

    shaped = shape(lines, types={"at": declared}, order=("at",), **ID)

    assert [row["n"] for row in shaped.rows("orders")] == ["new"]
