import hashlib
import json

import pytest

from glue_lib.errors import LoadError
from glue_lib.lake.settings import settings
from glue_lib.lake.spark_errors import spark_errors_of
from glue_lib.shape.keys import KeyValue, child_key, place_key, root_key


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@pytest.fixture
def key_of(spark):
    def make(sql):
        return spark.range(1).selectExpr(f"{sql} as found").first()["found"]

    return make


def text(value):
    return KeyValue("string", f"'{value}'", "string")


def number_of(written, kind):
    """Return a number that is written with an exponent, as a column of this type holds it."""
    read = "decimal(38,25)" if kind.startswith("decimal") else "double"
    return KeyValue("number", f"cast(cast('{written}' as {read}) as {kind})", kind)


def number(value, kind):
    return KeyValue("number", f"cast('{value}' as {kind})", kind)


def test_a_key_hashes_the_tagged_values_as_canonical_json(key_of):
    found = key_of(root_key([[text("a")], [number(12, "bigint")], [KeyValue("boolean", "true", "boolean")]], "no key"))

    assert found == digest(json.dumps(["s:a", "n:12", "b:true"], separators=(",", ":")))


def test_a_key_of_several_columns_without_text_is_the_same_canonical_json(key_of):
    found = key_of(root_key([[number(12, "bigint")], [KeyValue("boolean", "true", "boolean")]], "no key"))

    assert found == digest(json.dumps(["n:12", "b:true"], separators=(",", ":")))


def test_text_and_numbers_differ(key_of):
    assert key_of(root_key([[text("12")]], "")) != key_of(root_key([[number(12, "bigint")]], ""))


@pytest.mark.parametrize(
    ("value", "kinds"),
    [
        ("12", ["bigint", "double", "decimal(38,0)", "decimal(38,4)", "string"]),
        ("100", ["bigint", "double", "decimal(38,2)"]),
        ("-7", ["bigint", "double", "decimal(38,2)"]),
        ("12.5", ["double", "decimal(38,1)", "decimal(38,4)", "string"]),
        ("12345678901", ["bigint", "double"]),
        ("0", ["bigint", "decimal(38,2)", "decimal(38,15)", "double", "string"]),
        ("1234567890123456789012345678901234567", ["decimal(38,0)", "string"]),
        ("9223372036854775808", ["decimal(38,0)", "string"]),
    ],
)
def test_a_number_has_one_key_whatever_it_was_read_as(key_of, value, kinds):
    assert {key_of(root_key([[number(value, kind)]], "")) for kind in kinds} == {digest(f'["n:{value}"]')}


@pytest.mark.parametrize(
    ("written", "kinds"),
    [
        ("1e3", ["bigint", "double", "decimal(38,0)"]),
        ("1.50E+2", ["bigint", "double", "decimal(38,4)"]),
        ("-25e-1", ["double", "decimal(38,1)", "decimal(38,9)"]),
        ("1e-7", ["double", "decimal(38,7)", "decimal(38,20)"]),
        ("0.00000012", ["double", "decimal(38,8)", "decimal(38,25)"]),
        ("1.5e40", ["double"]),
    ],
)
def test_a_number_that_has_an_exponent_has_the_same_key_as_text(key_of, written, kinds):
    """As text it is read beside an integer of more than 38 digits, which no type of numbers holds."""
    as_text = key_of(root_key([[number(written, "string")]], ""))

    assert {key_of(root_key([[number_of(written, kind)]], "")) for kind in kinds} == {as_text}


@pytest.mark.parametrize("ansi", ["true", "false"])
@pytest.mark.parametrize("kind", ["double", "decimal(38,9)", "string"])
def test_a_small_number_keeps_its_key_from_one_glue_to_the_next(key_of, spark, kind, ansi):
    with settings(spark, {"spark.sql.ansi.enabled": ansi}):
        assert key_of(root_key([[number("0.00000012", kind)]], "")) == digest('["n:1.2E-7"]')


def test_numbers_that_differ_have_keys_that_differ_also_as_text(key_of):
    texts = ["1e400", "2e400", "12345678901234567890e3", "1e3", "1000.0000001", "0.1234567890123456789", "1e-320"]

    assert len({key_of(root_key([[number(text, "string")]], "")) for text in texts}) == len(texts)


def test_zeros_that_were_written_do_not_count_either(key_of):
    assert key_of(root_key([[number("12.50", "string")]], "")) == key_of(root_key([[number("12.5", "double")]], ""))


def test_the_kind_that_a_record_has_counts(key_of):
    nothing = KeyValue("string", "cast(null as string)", "string")

    assert key_of(root_key([[nothing, number(12, "bigint")]], "")) == digest('["n:12"]')


def test_values_cannot_run_into_each_other(key_of):
    assert key_of(root_key([[text("a"), text("b")]], "")) != key_of(root_key([[text('a","b')]], ""))
    assert key_of(root_key([[text('a","s:b')]], "")) != key_of(root_key([[text("a")], [text("b")]], ""))


def test_a_record_without_a_key_ends_the_load(key_of):
    nothing = KeyValue("string", "cast(null as string)", "string")

    with pytest.raises(LoadError, match=r"^load: shop.orders: it's `id`$"), spark_errors_of("load"):
        key_of(root_key([[nothing]], "shop.orders: it's `id`"))


def test_a_place_is_run_slice_part_and_line(key_of):
    assert key_of(place_key("r'1", "2", "3", "4")) == digest("r'1/2/3/4")


@pytest.mark.parametrize("array", ["$.items[]", '$["it\'s"][]', '$["a\\\\b"][]', '$["\\n"][]'])
def test_a_child_hashes_its_parent_array_and_position(key_of, array):
    assert key_of(child_key("'abc'", array, "7")) == digest(f"abc/{array}/7")
