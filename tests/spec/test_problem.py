"""The words of errors: where, what, and what was probably meant."""

import pytest

from glue_lib.spec.problem import Problem, did_you_mean, dotted, not_one_of, refusal


def test_a_problem_names_file_line_and_field():
    assert Problem(("streams", "a", "key", 0), 7, "is wrong").told("p.yaml") == "p.yaml:7: streams.a.key[0]: is wrong"


def test_a_problem_of_an_override_names_the_override():
    assert Problem(("limits", "x"), None, "is wrong").told("p.yaml") == "p.yaml: --set limits.x: is wrong"


def test_problems_are_told_in_the_order_of_lines_and_once():
    error = refusal("p", [Problem(("b",), 9, "x"), Problem(("a",), 2, "y"), Problem(("b",), 9, "x")])
    assert str(error) == "p:2: a: y\np:9: b: x"


def test_not_one_of_lists_what_is():
    assert not_one_of("offest", ["token", "offset"]) == "`offest` is not one of offset, token; did you mean `offset`?"
    assert not_one_of("zzz", ["token", "offset"]) == "`zzz` is not one of offset, token"


@pytest.mark.parametrize(
    ("found", "meant"),
    [("baseUrl", "base_url"), ("Base-URL", "base_url"), ("bas_url", "base_url"), ("url", "base_url")],
)
def test_guesses_what_was_meant(found, meant):
    assert did_you_mean(found, ["base_url", "streams"], {"url": "base_url"}) == f"; did you mean `{meant}`?"


def test_does_not_guess_wildly():
    assert did_you_mean("frobnicate", ["base_url", "streams"], {"frobnicate": "elsewhere"}) == ""


def test_dotted_reads_like_an_override():
    assert dotted(("a", "b", 3, "c")) == "a.b[3].c"
