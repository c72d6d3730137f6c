"""A stream: what follows from its fields."""

import pytest

from glue_lib.errors import ConfigError
from glue_lib.spec.loader import loads
from glue_lib.spec.stream import Stream


def stream(fields: str) -> Stream:
    text = f"source: x\nbase_url: https://x\nstreams: {{parent: {{path: /p}}, a: {{{fields}}}}}"
    return loads(text, "x.yaml").streams["a"]


def test_the_parents_are_read_from_the_path():
    assert dict(stream("path: '/p/{parent.id}/a'").parents) == {"parent": ["id"]}
    assert dict(stream("path: /a").parents) == {}


@pytest.mark.parametrize("records", ["", "data", "result.items", '"odd.key".list', "@odata.value"])
def test_records_stand_behind_dots(records):
    assert stream(f"path: /a, records: '{records}'").records.path == records


@pytest.mark.parametrize("records", ["$.data", "$", "a..b", ".a", "items |", "a b", "a[?"])
def test_what_is_neither_a_dotted_path_nor_an_expression_is_told(records):
    with pytest.raises(ConfigError, match=r"streams\.a\.records: .* is neither a dotted path"):
        stream(f"path: /a, records: '{records}'")


@pytest.mark.parametrize("field", ["key: [$.id]", "order: ['a[0]']", "types: {$.amount: bigint}"])
def test_what_is_no_field_of_a_record_is_told(field):
    with pytest.raises(ConfigError, match=r"`(\$\.id|a\[0\]|\$\.amount)` is no "):
        stream(f"path: /a, {field}")


def test_duplicates_are_settled_by_the_order_else_by_the_cursor():
    cursor = "path: /a, key: [id], write: upsert, cursor: {field: updated, from: query.since}"
    assert stream("path: /a").order_fields == []
    assert stream(cursor).order_fields == ["updated"]
    assert stream(cursor + ", order: [version, updated]").order_fields == ["version", "updated"]


@pytest.mark.parametrize(
    "change",
    [
        "path: /b",
        "path: /a, params: {x: 1}",
        "path: /a, records: data",
        "path: /a, headers: {A: b}",
        "path: /a, method: POST",
        "path: /a, pagination: link",
        "path: /a, pagination: page",
        "path: /a, body: {x: 1}",
        "path: /a, write: append, cursor: {field: u, from: query.s}",
    ],
)
def test_the_fingerprint_changes_with_what_is_asked_for(change):
    assert stream(change).fingerprint() != stream("path: /a").fingerprint()


@pytest.mark.parametrize(
    "change", ["write: append", "types: {x: bigint}", "order: [x]", "key: [id]", "pagination: none", "params: {}"]
)
def test_the_fingerprint_stays_when_the_requests_do(change):
    assert stream(f"path: /a, {change}").fingerprint() == stream("path: /a").fingerprint()


def test_the_fingerprint_is_the_same_in_every_process():
    assert stream("path: /a, params: {b: 1, a: 2}").fingerprint() == "86da86eddea9c101e6614a10c2975bfb"
