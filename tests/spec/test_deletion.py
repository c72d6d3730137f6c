"""How a record says that it is deleted, as a file writes it."""

import pytest

from glue_lib.spec.loader import loads

TEXT = "source: x\nbase_url: https://x.example\nstreams:\n  a: {{path: /a, key: [id], write: upsert, deleted: {}}}\n"


@pytest.mark.parametrize("written, when, values", [
    ("is_deleted", "is_deleted", []),
    ("{when: meta.status, is: [deleted, true, 1]}", "meta.status", ["deleted", "true", "1"]),
])  # fmt: skip
def test_a_field_alone_or_with_its_values_says_what_is_deleted(written, when, values):
    deleted = loads(TEXT.format(written), "x.yaml").stream("a").deleted

    assert deleted is not None
    assert (deleted.when, deleted.values) == (when, values)


def test_a_stream_stands_behind_the_one_that_it_deletes_records_of():
    text = (
        "source: x\nbase_url: https://x.example\nstreams:\n"
        "  gone: {path: /gone, key: [order_id], deletes: orders}\n"
        "  orders: {path: /orders, key: [id], write: snapshot}\n"
    )

    assert [stream.name for stream in loads(text, "x.yaml").in_order()] == ["orders", "gone"]
