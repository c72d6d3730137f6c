"""What a file says of deletions fits together, or every part that does not is told."""

import pytest

from glue_lib.spec import checks
from glue_lib.spec.document import read
from glue_lib.spec.layers import with_defaults

FITTING = """
streams:
  orders: {path: /orders, key: [id, shop], write: history, deleted: {when: status, is: [gone]}}
  gone: {path: /gone, key: [order_id, shop], deletes: orders, cursor: {field: at}}
"""


def told(text):
    return [problem.told("x") for problem in checks.problems(with_defaults(read(text).root))]


def test_what_fits_together_has_nothing_to_tell():
    assert told(FITTING) == []


@pytest.mark.parametrize("was, now, line", [
    ("write: history", "write: append", "deleted: says which records are deleted, and `write: append` deletes none"),
    ("write: history, deleted: {when: status, is: [gone]}", "write: replace", "`orders` has `write: replace`, which"),
    ("deletes: orders", "deletes: order", "there is no stream `order`; there are gone, orders; did you mean `orders`?"),
    ("deletes: orders", "deletes: gone", "`gone` has no table, since it deletes records itself"),
    ("deletes: orders", "deletes: orders, deleted: x", "deleted: is of no use here: with `deletes`, every record is"),
    ("[order_id, shop]", "[order_id]", "gone.key: needs one field for each of the key of `orders` (id, shop), in that"),
    ("/orders", "'/{shops.id}/orders'", "`orders` is a fan-out, whose key has its parent's key in front; set `key_is_"),
    ("/orders", "'/{gone.id}/orders'", "orders.path: takes records of `gone`, which tells deletions only; ask with"),
])  # fmt: skip
def test_what_does_not_fit_is_told_with_what_is_allowed(was, now, line):
    text = FITTING.replace(was, now) + "  shops: {path: /shops}\n" * ("shops" in now)

    assert [one for one in told(text) if line in one], told(text)
