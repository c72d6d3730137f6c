"""Reading YAML: what counts as what, where it stands, and what an unreadable file is told."""

import pytest

from glue_lib.spec.document import Node, given, read
from glue_lib.spec.layers import plain


def root(text: str) -> Node:
    document = read(text)
    assert document.root is not None and not document.problems
    return document.root


def told(text: str) -> list[str]:
    return [problem.told("x.yaml") for problem in read(text).problems]


@pytest.mark.parametrize(
    "word", ["yes", "NO", "on", "True", "~", "Null", "0123", "0x1F", "1_000", "2024-01-01", ".5", "+1", "1:30", ".inf"]
)
def test_only_the_scalar_forms_of_json_are_more_than_text(word):
    assert plain(root(f"a: {word}")) == {"a": word}


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("", None),
        ("0", 0),
        ("-12", -12),
        ("1.5", 1.5),
        ("2e3", 2000.0),
    ],
)
def test_the_scalar_forms_of_json_mean_what_they_mean_there(word, value):
    assert plain(root(f"a: {word}")) == {"a": value}


def test_quotes_make_text_of_anything():
    assert plain(root("a: \"12\"\nb: 'true'")) == {"a": "12", "b": "true"}


def test_a_number_remembers_how_it_was_written():
    node = root("a: 1.10").child("a")
    assert node is not None and (node.value, node.written) == (1.1, "1.10")


def test_keys_are_text_whatever_they_look_like():
    assert plain(root("1: a\ntrue: b\nnull: c")) == {"1": "a", "true": "b", "null": "c"}


def test_every_value_knows_its_path_and_the_line_of_its_key():
    tree = root("a:\n  b:\n    - x\n    - c: 1\n")
    assert tree.at("a", "b").line == 2
    assert [(node.path, node.line) for node in tree.at("a", "b").value] == [(("a", "b", 0), 3), (("a", "b", 1), 4)]
    assert tree.at("a", "b", "c") is None


def test_an_alias_repeats_its_anchor():
    assert plain(root("a: &x [1, 2]\nb: *x")) == {"a": [1, 2], "b": [1, 2]}


def test_all_keys_that_are_given_twice_are_told():
    assert told("a: 1\nb:\n  c: 1\n  c: 2\na: 3\n") == [
        "x.yaml:4: b.c: is given twice, first on line 3; keep one",
        "x.yaml:5: a: is given twice, first on line 1; keep one",
    ]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "is empty; a pipeline file begins with `source:`"),
        ("# only a comment", 1, "is empty"),
        ("a:\n\tb: 1", 2, "a tab stands where YAML wants spaces"),
        ("a: 1\nb: @x", 2, "write it in quotes (column 4)"),
        ("cron: * * * * ?", 1, "a value cannot begin with `*` or `&`"),
        ("a: b: c", 1, "a second `: ` in one line"),
        ("a: {path: /x/{b.c}/d}", 1, "quote a value that has brackets"),
        ("a: [1, 2", 1, "the closing bracket is missing"),
        ("a: 'x", 1, "opened and not closed"),
        ('a: "\\d"', 1, "use single quotes"),
        ("a:\n  b: 1\n c: 2", 3, "the indentation does not fit"),
        ("a: - b", 1, "a list begins on a line of its own"),
        ("a: 1\n---\nb: 2", 2, "one file is one source"),
        ("%YAML 1.1\na: 1", 2, "without `%` lines"),
        ("a: *x", 1, "has no anchor"),
        ("a: &x 1\nb: &x 2", 2, "an anchor (`&name`) is given twice"),
        ("a: 1\nb: \x07", 2, "has the invisible character U+0007"),
        ("a: !!int '5'", 1, "a: has the tag `!!int`; write the value without a tag"),
        ("a: 1\n<<: {b: 1}", 2, "merge keys are not read; use `defaults:`"),
        ("a: 1\n? [b]\n: 1", 2, "has a key that is no text"),
        ('a: "\\ud83d"', 1, "a: has half a character"),
        ('"\\ud83d": 1', 1, "has a key with half a character"),
        ("a: >=5", 1, "a value cannot begin with `|` or `>`"),
        ("a: ? b", 1, "a `?` begins a value"),
        ("a: !{x}", 1, "a value cannot begin with `!`"),
        ("a: 1e999", 1, "a: is a number too large to be read"),
        ("a: &a [*a]", 1, "unfolds without end"),
        ("[" * 600, 1, "is nested too deep to be read"),
    ],
)
def test_an_unreadable_file_is_told_line_and_remedy(text, line, words):
    (told_once,) = told(text)
    assert told_once.startswith(f"x.yaml:{line}: ") and words in told_once


def test_aliases_of_aliases_do_not_fill_the_memory():
    levels = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    assert "unfolds without end" in told("a0: &a0 [x]\n" + "\n".join(levels))[0]


def test_a_value_from_outside_has_no_line():
    node = given({"a": [1, "x"]}, ("limits",))
    assert plain(node) == {"a": [1, "x"]}
    assert (node.at("a").line, node.at("a").value[0].path, node.at("a").value[0].written) == (
        None,
        ("limits", "a", 0),
        "1",
    )
