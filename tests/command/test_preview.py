"""One page, and the tables that it would make."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from glue_lib.api.client import Client
from glue_lib.api.exchange import Response, SignedRequest
from glue_lib.command.preview import Column, Preview, Previews
from glue_lib.errors import ApiError
from glue_lib.spec.loader import loads

NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


def previewed(yaml: str, answers: dict[str, Any], stream: str) -> tuple[Preview, list[str]]:
    """Preview a stream of an API that has these answers by their path and query."""
    pipeline = loads(f"source: shop\nbase_url: https://api.example.org\nstreams:\n{yaml}", "shop.yaml")
    asked: list[str] = []

    def send(request: SignedRequest, timeout_seconds: float) -> Response:
        asked.append(request.url.removeprefix("https://api.example.org"))
        answer = answers[asked[-1]]
        return Response(200, {}, answer if isinstance(answer, bytes) else json.dumps(answer).encode())

    previews = Previews(pipeline, lambda of: Client(pipeline.base_url, name=of.name, secrets=str, send=send), NOW)
    return previews.of(pipeline.stream(stream)), asked


def test_a_page_shows_its_tables_columns_types_and_what_comes_next():
    body = b'{"data": [{"id": 1, "total": 12.50, "lines": [{"sku": null}, {"sku": "A"}]}], "next": "b", "count": 7}'
    yaml = "  orders: {path: /orders, records: data, key: [id], types: {total: 'decimal(18,2)'},"
    yaml += " pagination: {type: token, read: body.next, write: query.after, total: body.count}}"

    preview, asked = previewed(yaml, {"/orders": body}, "orders")

    assert asked == ["/orders"]
    assert (preview.request, preview.records, preview.next) == ("GET /orders", 1, "GET /orders?after=b")
    assert preview.total == 7
    assert [table.name for table in preview.tables] == ["orders", "orders__lines"]
    assert preview.tables[0].columns[1] == Column("total", "decimal(18,2)", "$.total", "12.50")
    assert preview.tables[1].columns == (Column("sku", "string", "$.lines[].sku", "A"),)
    assert preview.doubts == ()


def test_a_fan_out_is_shown_by_the_first_parent_that_has_records():
    yaml = "  shops: {path: /shops}\n  orders: {path: '/shops/{shops.id}/orders', key: [id]}"
    answers = {"/shops": [{"id": "x/1"}, {"id": "y"}], "/shops/y/orders": [], "/shops/x%2F1/orders": [{"id": 5}]}

    preview, asked = previewed(yaml, answers, "orders")

    assert asked == ["/shops", "/shops/y/orders", "/shops/x%2F1/orders"]
    assert [column.name for column in preview.tables[0].columns] == ["_shops_id", "id"]


def test_a_parent_without_records_is_told():
    yaml = "  shops: {path: /shops}\n  orders: {path: '/shops/{shops.id}/orders'}"

    with pytest.raises(ApiError, match=r"shop\.orders: its parents shops have no records to ask with"):
        previewed(yaml, {"/shops": []}, "orders")


def test_the_newest_slice_is_looked_at_first_and_an_empty_one_leads_to_the_one_before():
    yaml = "  orders: {path: /orders, write: append, cursor: {field: at, from: query.from, until: query.to,"
    yaml += " start: 2026-11-22, format: '%Y-%m-%d', slice: 1d}}"
    answers = {
        "/orders?from=2026-11-23&to=2026-11-24": [],
        "/orders?from=2026-11-22&to=2026-11-23": [{"at": "2026-11-22"}],
    }

    preview, asked = previewed(yaml, answers, "orders")

    assert (len(asked), preview.records) == (2, 1)


def test_what_a_run_would_stumble_over_is_a_doubt():
    yaml = "  orders: {path: /orders, key: [id], write: upsert, cursor: {field: updated, from: query.since}}"

    preview, _ = previewed(yaml, {"/orders": [{"id": 1, "updated_at": "2026-01-01"}, {"updated_at": "x"}]}, "orders")

    assert [doubt.partition(";")[0] for doubt in preview.doubts] == [
        "shop.orders: 1 of 2 records have no `id`",
        "no record has the cursor's field `updated`",
    ]


def test_a_stream_of_deletions_shows_no_table_and_a_record_that_is_no_object_is_a_doubt():
    yaml = "  orders: {path: /orders, key: [id], write: upsert}\n  gone: {path: /gone, key: [id], deletes: orders}"

    preview, _ = previewed(yaml, {"/gone": [{"id": 1}, None]}, "gone")

    assert (preview.tables, preview.deletes) == ((), "orders")
    assert preview.doubts == ("1 of 2 records are no JSON objects; a load sets them aside",)


def test_an_empty_page_says_that_it_tells_nothing():
    preview, _ = previewed("  orders: {path: /orders}", {"/orders": []}, "orders")

    assert preview.doubts == ("the page has no records, so it tells nothing about tables",)


def test_a_csv_answer_says_that_it_is_decoded():
    preview, _ = previewed("  orders: {path: /orders, format: csv}", {"/orders": b"id,name\n1,Ann\n"}, "orders")

    assert preview.route == "decoded: CSV becomes JSON objects of text"
    assert [column.example for column in preview.tables[0].columns] == ["1", "Ann"]


def test_entries_of_a_map_are_shown_by_key_and_value():
    from glue_lib.command.preview import _values
    from glue_lib.landing.exact import exact_value
    from glue_lib.shape.paths import ENTRY, ENTRY_KEY

    record = exact_value('{"p": {"eur": {"n": 1}, "usd": {"n": 2.50}}}')

    assert list(_values(record, ("p", ENTRY, ENTRY_KEY))) == ["eur", "usd"]
    assert [str(value) for value in _values(record, ("p", ENTRY, "n"))] == ["1", "2.50"]
