"""What does not fit together, also when something else in the file is wrong."""

import pytest

from glue_lib.spec import checks
from glue_lib.spec.document import read
from glue_lib.spec.layers import with_defaults


def told(text: str) -> list[str]:
    document = read(text)
    assert document.root is not None
    return [problem.told("x") for problem in checks.problems(with_defaults(document.root))]


def test_a_whole_file_has_nothing_to_tell():
    text = """
source: x
auth: {type: basic, username: ann, password: "${secret:x#p}"}
headers: {X-Api-Key: "${env:KEY}", Accept-Language: en}
streams:
  campaigns: {path: /campaigns}
  comments: {path: "/campaigns/{campaigns.id}/comments", only_changed: true, key: [id], write: upsert}
  likes: {path: "/comments/{comments.id}/likes"}
  pages: {path: "/pages/{page}", pagination: {type: page, write: path.page}}
"""
    assert told(text) == []


@pytest.mark.parametrize("word", ["on", "Yes", "n", "true", "null"])
def test_names_that_terraform_would_read_as_truth_values_need_quotes(word):
    assert told(f"source: {word}\nstreams:\n  {word}: {{path: /a}}") == [
        f"x:1: source: `{word}` is a truth value to other readers of YAML; write it in quotes",
        f"x:3: streams.{word}: `{word}` is a truth value to other readers of YAML; write it in quotes",
    ]
    assert told(f"source: '{word}'\nstreams:\n  '{word}': {{path: /a}}") == []


def test_a_malformed_reference_is_told_wherever_it_stands():
    lines = told("base_url: 'https://${HOST}/'\nstreams: {a: {path: /a, params: {x: '${secret:}'}}}")
    assert [line.split(" is not a reference")[0] for line in lines] == [
        "x:1: base_url: `${HOST}`",
        "x:2: streams.a.params.x: `${secret:}`",
    ]


def test_a_reference_where_it_would_be_sent_as_it_stands_is_told():
    assert told("streams: {a: {path: /a, params: {x: '${env:X}'}}}") == [
        "x:1: streams.a.params.x: has a reference; references are resolved in `auth`, `tls`, `base_url` and the "
        "source's `headers` only"
    ]


def test_upsert_needs_a_key_and_the_error_is_where_upsert_was_said():
    text = "defaults:\n  write: upsert\nstreams:\n  a: {path: /a}\n  b: {path: /b, key: [id]}\n  c: {path: /c, key: []}"
    assert [line.split(" is missing")[0] for line in told(text)] == ["x:2: streams.a.key:", "x:2: streams.c.key:"]


def test_replacing_a_table_by_the_children_of_changed_parents_is_told():
    parent = "streams:\n  a: {path: /a}\n  b:\n    path: '/a/{a.id}/b'\n    only_changed: true\n    key: [id]\n"

    (line,) = told(parent)
    assert line.startswith(
        "x:5: streams.b.only_changed: asks only for parents that changed, and `write: replace` would"
    )
    assert told(parent + "    write: upsert\n") == []


def test_replacing_a_table_by_what_is_new_is_told():
    (line,) = told("streams:\n  a:\n    path: /a\n    cursor: {field: x}")
    assert line.startswith("x:4: streams.a.cursor: brings only what is new, and `write: replace` would delete the rest")
    assert told("defaults: {cursor: {field: x}}\nstreams: {a: {path: /a, cursor: null}}") == []
