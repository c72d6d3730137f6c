"""What is proposed is read back as it was, whatever is in it, and each reason and doubt stands as a comment."""

from typing import Any

import pytest
import yaml

from glue_lib.discover.noted import Noted, doubts, plain, written
from glue_lib.spec import document, layers

HOSTILE = [
    "no", "On", "null", "~", "", " ", "2024-01-01", "0123", "1e5", "- x", "a: b", "a # b", "{x}", "[x", "*x", "&x",
    "!tag", "%x", "@x", "`x`", "|", ">", "'", '"', "\\", "\t", "line\nbreak", "\r", "\x00", "\x07", "\x85", "\u2028",
    "\ufeff", "ünïcode", "😀", "${secret:a#b}", "{{ config['x'] }}", "query.created[gte]", 'body."@odata.nextLink"',
    "#", "x" * 500, "---", "...", "<<", "=",
]  # fmt: skip


def read(text: str) -> Any:
    found = document.read(text)
    assert found.root is not None and not found.problems, found.problems
    return layers.plain(found.root)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_any_text_is_read_back_as_it_was_by_every_reader(text: str):
    tree = {"value": text, "list": [text, {"a": text}], "keys": {text or "k": 1}, "streams": {"x": {"path": text}}}

    found = written(tree)

    assert read(found) == tree
    assert yaml.safe_load(found)["value"] == text


def test_half_a_character_is_replaced():
    assert read(written({"value": "a\ud800b"})) == {"value": "a?b"}


def test_reasons_and_doubts_are_comments_and_change_nothing():
    tree = {
        "source": Noted("shop", ("the host's name",)),
        "streams": {
            "orders": Noted({"path": Noted("/orders", (), ("none was asked",)), "key": ["id"]}, ("a", "b\nc: d"))
        },
    }

    found = written(tree, head=("one", "two"), tail=("three",))

    assert read(found) == plain(tree)
    assert found.startswith("# one\n# two\n\nsource: shop")
    assert "  # a\n  # b c: d\n  orders:\n    # doubt: none was asked\n    path: /orders\n" in found
    assert found.endswith("\n# three\n")
    assert list(doubts(tree)) == [("streams.orders.path", "none was asked")]


def test_a_comment_cannot_leave_its_line():
    found = written({"a": Noted(1, ("x\nb: 2",), ("y\r\nc: 3", "\x85d: 4", "\u2028e: 5"))})

    assert read(found) == {"a": 1}


def test_long_lists_and_mappings_are_read_back():
    tree = {"auth": {f"key_{n}": "value " * 5 for n in range(9)}, "hosts": [{"host": "h" * 90, "more": "x" * 40}] * 2}

    assert read(written(tree)) == tree
