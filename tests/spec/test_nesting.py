"""What a stream says of its nested values, in a whole file: told by line and remedy where it does not fit."""

import pytest

from glue_lib.errors import ConfigError
from glue_lib.spec.loader import loads

FILE = """
source: shop
base_url: https://api.example.org
streams:
  orders:
    path: /orders
    key: [id]
    {}
"""


def stream(said):
    return loads(FILE.format(said), "shop.yaml").streams["orders"]


@pytest.mark.parametrize(
    "types",
    [
        {"prices": "map"},
        {"prices": "map", "prices.*": "decimal(18,2)"},
        {"prices": "map", "prices.*": "map", "prices.*.*.amount": "bigint"},
        {"items.prices": "map", "items.prices.*.at": "epoch_ms"},
    ],
)
def test_maps_and_what_is_in_them_may_have_types(types):
    said = ", ".join(f'"{path}": "{kind}"' for path, kind in types.items())

    assert stream(f"types: {{{said}}}").types == types


def test_the_key_of_elements_is_a_field_or_several():
    found = stream('element_keys: {items: id, "items.taxes": [code, region.id], tags: value}').element_keys

    assert found == {"items": ["id"], "items.taxes": ["code", "region.id"], "tags": ["value"]}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ('types: {"prices.*": bigint}', "`*` stands for the entries of a map; declare it by `prices: map`"),
        ('types: {"*": map}', "`*` is no path such as `amount`, `line_items.price` or `prices.*.amount`"),
        ("types: {a: json}", "`json` is not one of bigint, boolean,"),
        ("types: {a: epoch}", "did you mean `epoch_s`?"),
        ('element_keys: {"a b": id}', "`a b` is no path of an array such as `line_items`"),
        ("element_keys: {items: 'a..b'}", "`a..b` is no field of an element such as `id`"),
        ("element_keys: {items: []}", "name the fields that identify an element, each once"),
        ("element_keys: {items: [id, id]}", "name the fields that identify an element, each once"),
        ('element_keys: {"p.*.items": id}', "declare it by `types: {p: map}`"),
        ("types: {id: map}", "`key` names `id`, and `id` is a map, which has no columns here"),
        ("types: {a: map}\n    order: [a.at]", "`order` names `a.at`, and `a` is a map"),
        ("types: {a: map}\n    partition_by: {field: a.b}", "`partition_by` names `a.b`, and `a` is a map"),
        ("types: {a: map}\n    relationalize: glue", "tells elements by their position only"),
        ("element_keys: {a: id}\n    relationalize: glue", "tells elements by their position only"),
        ("times: guessed", "`guessed` is not one of recognised, text"),
    ],
)
def test_what_does_not_fit_is_told(said, told):
    with pytest.raises(ConfigError) as caught:
        stream(said)

    assert told in str(caught.value)


def test_a_field_whose_name_begins_like_a_map_is_none_of_its_entries():
    assert stream("types: {idx: map}").key == ["id"]
