import pytest

from glue_lib.shape.names import LONGEST, column_name, folded, snake_case, table_name, told_apart
from glue_lib.shape.paths import EACH


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("unitPrice", "unit_price"),
        ("Unit price", "unit_price"),
        ("userID", "user_id"),
        ("HTTPServer", "http_server"),
        ("line2Total", "line2_total"),
        ("already_snake", "already_snake"),
        ("a__b", "a_b"),
        ("_id", "_id"),
        ("__typename", "__typename"),
        ("@type", "_type"),
        ("$ref", "_ref"),
        ("total-amount", "total_amount"),
        ("größe", "größe"),
        ("金額", "金額"),
        ("a.b", "a_b"),
        ("it's `so`", "it_s_so"),
        ("new\nline", "new_line"),
        ("trailing_", "trailing"),
        ("%", "_"),
        ("", "_"),
        ("\ud83d", "_"),
    ],
)
def test_names_become_snake_case(name, expected):
    assert snake_case(name) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("donor", "address", "zipCode"), "donor_address_zip_code"),
        (("items", EACH, "sku"), "sku"),
        (("items", EACH, "tags", EACH), "value"),
        (("items", EACH, "price", "gross"), "price_gross"),
    ],
)
def test_a_column_is_named_by_the_keys_below_its_array(path, expected):
    assert column_name(path) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("lineItems", EACH), "orders__line_items"),
        (("lineItems", EACH, "tags", EACH), "orders__line_items__tags"),
        (("cart", "items", EACH), "orders__cart_items"),
        (("grid", EACH, EACH), "orders__grid__value"),
    ],
)
def test_a_table_is_named_by_the_arrays_that_lead_to_it(path, expected):
    assert table_name("orders", path) == expected


def test_a_free_name_stays():
    assert told_apart("id", ("id",), {"name"}) == "id"


def test_a_taken_name_gets_a_suffix_that_only_the_path_decides():
    first = told_apart("id", ("ID",), {"id"})
    later = told_apart("id", ("ID",), {"id", "name", "other"})

    assert first == later
    assert first.startswith("id_")
    assert first != told_apart("id", ("Id",), {"id"})


def test_a_taken_suffix_grows():
    short = told_apart("id", ("ID",), {"id"})

    longer = told_apart("id", ("ID",), {"id", short})

    assert longer != short
    assert longer.startswith(short)


@pytest.mark.parametrize("name", ["_hw_key", "_HW_slice", "_root_id"])
def test_names_that_begin_like_our_own_are_told_apart_from_them(name):
    assert told_apart(name, (name,), set()).startswith(f"{name}_")


def test_a_name_that_no_catalog_takes_is_cut_and_still_told_apart():
    for letter in "xß金😀":  # folders count bytes
        names = {told_apart(letter * 500 + end, (letter * 500 + end,), set()) for end in "ab"}

        assert len(names) == 2
        assert all(LONGEST - 4 < len(name.encode()) <= LONGEST + 9 for name in names)


@pytest.mark.parametrize(("one", "other"), [("ID", "id"), ("ſ", "S"), ("ı", "I"), ("Å", "å")])
def test_names_that_spark_takes_for_each_other_fold_to_the_same(one, other):
    assert folded(one) == folded(other)
