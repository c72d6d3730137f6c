"""Demanded types: as Spark knows them, or a hint."""

import pytest

from glue_lib.spec.types import column_type


@pytest.mark.parametrize(
    "text",
    ["bigint", "string", "boolean", "double", "date", "timestamp", "decimal(38,38)", "epoch_s", "epoch_ms", "map"],
)
def test_spark_types_are_taken_as_they_are(text):
    assert column_type(text) == text


def test_a_decimal_is_spelled_in_one_way():
    assert column_type("decimal( 18, 2 )") == "decimal(18,2)"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("int", "bigint"),
        ("varchar(20)", "string"),
        ("STRING", "string"),
        ("number", "decimal(p,s)"),
        ("decimal", "decimal(18,2)"),
        ("object", "map"),
        ("epoch", "epoch_s"),
    ],
)
def test_other_names_of_types_are_told_ours(text, meant):
    with pytest.raises(ValueError, match="is not one of bigint, ") as caught:
        column_type(text)
    assert str(caught.value).endswith(f"; did you mean `{meant}`?")


@pytest.mark.parametrize("text", ["decimal(39,0)", "decimal(5,6)", "decimal(0,0)"])
def test_a_decimal_that_spark_lacks_is_refused(text):
    with pytest.raises(ValueError, match="p is 1 to 38 and s is 0 to p"):
        column_type(text)
