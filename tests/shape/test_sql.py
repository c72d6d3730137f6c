import pytest

from glue_lib.shape.sql import literal, quoted

NASTY = [
    "plain",
    "it's",
    "''",
    "back\\slash",
    "ends with \\",
    "\\'",
    "`tick`",
    "two\nlines",
    "größe",
    "%s {x} $1",
    "\\u0041",
]


@pytest.mark.parametrize("text", NASTY)
def test_a_literal_is_the_text_whatever_it_holds(spark, text):
    assert spark.sql(f"select {literal(text)} as text").first()["text"] == text


@pytest.mark.parametrize("name", [*NASTY, "a.b", "select", "x` as y, (select 1) as `z"])
def test_a_quoted_name_is_the_column_whatever_it_holds(spark, name):
    rows = spark.range(1).selectExpr(f"named_struct({literal(name)}, 7) as outer")

    assert rows.selectExpr(f"{quoted('outer', name)} as inner").first()["inner"] == 7
