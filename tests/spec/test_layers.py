"""Layers: overrides over the file, streams over defaults, each value with the place it came from."""

import pytest

from glue_lib.spec.document import Node, read
from glue_lib.spec.layers import overridden, plain, setting, with_defaults


def root(text: str) -> Node:
    document = read(text)
    assert document.root is not None
    return document.root


def stream(text: str) -> Node:
    node = with_defaults(root(text)).at("streams", "a")
    assert node is not None
    return node


def test_a_stream_takes_from_the_defaults_what_it_lacks():
    text = "defaults: {params: {limit: 1, sort: id}, records: data}\nstreams:\n  a: {params: {limit: 2}}"
    assert plain(stream(text)) == {"params": {"limit": 2, "sort": "id"}, "records": "data"}


def test_a_stream_with_nothing_below_it_takes_everything():
    assert plain(stream("defaults: {records: data}\nstreams:\n  a:")) == {"records": "data"}


def test_a_null_takes_a_default_away():
    text = "defaults: {cursor: {field: x}, params: {a: 1, b: 2}}\nstreams: {a: {cursor: null, params: {a: null}}}"
    assert plain(stream(text)) == {"params": {"b": 2}}


def test_lists_are_replaced_as_a_whole():
    assert plain(stream("defaults: {key: [a, b]}\nstreams: {a: {key: [c]}}")) == {"key": ["c"]}


def test_a_kind_of_another_type_replaces_the_default_one():
    text = "defaults: {pagination: {type: token, read: body.next}}\nstreams: {a: {pagination: {type: page, start: 0}}}"
    assert plain(stream(text)) == {"pagination": {"type": "page", "start": 0}}


def test_a_kind_of_the_same_type_is_merged():
    text = "defaults: {pagination: {type: token, read: body.next}}\nstreams: {a: {pagination: {write: query.c}}}"
    assert plain(stream(text)) == {"pagination": {"type": "token", "read": "body.next", "write": "query.c"}}


def test_a_parameter_named_type_is_no_kind():
    text = "defaults: {params: {type: x, limit: 1}}\nstreams: {a: {params: {type: y}}}"
    assert plain(stream(text)) == {"params": {"type": "y", "limit": 1}}


def test_a_merged_value_keeps_the_place_it_was_written_at():
    node = stream("defaults:\n  params: {limit: 1}\nstreams:\n  a:\n    params: {sort: id}")
    assert (node.at("params", "limit").path, node.at("params", "limit").line) == (("defaults", "params", "limit"), 2)
    assert (node.at("params", "sort").path, node.at("params", "sort").line) == (("streams", "a", "params", "sort"), 5)


def test_an_override_wins_and_makes_what_is_missing():
    tree, problems = overridden(
        root("source: x\nlimits: {a: 1, b: 2}"), {"limits.a": 9, "glue.workers": 3, "source": "y"}
    )
    assert problems == []
    assert plain(tree) == {"source": "y", "limits": {"a": 9, "b": 2}, "glue": {"workers": 3}}


def test_an_override_has_no_line():
    tree, _ = overridden(root("limits: {a: 1}"), {"limits.a": 9})
    assert (tree.at("limits").line, tree.at("limits", "a").line) == (1, None)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("streams.contcts.path", "there is no stream `contcts`; there are contacts; did you mean `contacts`?"),
        ("source.name", "`source` has no fields to set"),
        ("limits..a", "is no dotted path"),
        ("", "is no dotted path"),
    ],
)
def test_an_override_that_fits_nowhere_is_told(name, words):
    tree, (problem,) = overridden(root("source: x\nstreams: {contacts: {path: /c}}"), {name: 1})
    assert words in problem.text and problem.line is None
    assert plain(tree) == {"source": "x", "streams": {"contacts": {"path": "/c"}}}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a.b=2", 2),
        ("a.b=true", True),
        ('a.b="2"', "2"),
        ("a.b=[id, x]", ["id", "x"]),
        ("a.b=", None),
        ("a.b=0 6 * * ? *", "0 6 * * ? *"),
        ("a.b=http://127.0.0.1:80/v?x=1", "http://127.0.0.1:80/v?x=1"),
        ("a.b=@x", "@x"),
        ("a.b=${secret:n#f}", "${secret:n#f}"),
    ],
)
def test_a_setting_is_read_as_the_file_would_read_it(text, value):
    assert setting(text) == ("a.b", value)
