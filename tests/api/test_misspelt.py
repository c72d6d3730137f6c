import pytest

from glue_lib.api.misspelt import unknown_key

GROUPS = {"groups": [{"rows": [], "kind": "a"}, {"kind": "b", "more": {"x": None}}], "by": {"one": {"x": []}}}


@pytest.mark.parametrize(
    ("expression", "key"),
    [
        ("groups[].rows[]", None),
        ("groups[].rowss[]", "rowss"),
        ("groups[*].nosuch", "nosuch"),
        ("groups[*].more.x", None),
        ("groups[*].more.y", "y"),
        ("groups[*].rows[].anything", None),  # of what has no elements, nothing is known
        ("groups[1:].rows[]", "rows"),
        ("groups[0].rows[]", None),
        ("by.*.x[]", None),
        ("by.*.z[]", "z"),
        ("groups | [].kinds[]", "kinds"),
        ("groups[].[rows, nosuch][][]", "nosuch"),
        ("(nosuch || groups)[].rows[]", None),
        ("sort_by(groups, &kind)[].rowss[]", "rowss"),
        ("kind[]", "kind"),
    ],
)
def test_a_key_is_unknown_that_no_object_has_where_the_expression_looks(expression, key):
    assert unknown_key(expression, GROUPS) == (key, False)


@pytest.mark.parametrize(
    ("expression", "key"),
    [
        ("groups[?kind == 'c'].rows[]", None),
        ("groups[?kynd == 'a'].rows[]", "kynd"),
        ("groups[?more.z && kind == 'a'].rows[]", None),
        ("groups[?kind == 'a'].rowss[]", "rowss"),
        ("groups[?!(nosuch)].rowss", "nosuch"),
    ],
)
def test_a_filter_is_told_with_it(expression, key):
    assert unknown_key(expression, GROUPS) == (key, True)
