from glue_lib.shape.cells import cell
from glue_lib.shape.layout import Leaf
from glue_lib.shape.targets import Target

PLAIN = Target("x", "bigint", "$.x")
TEXT = Target("x__string", "string", "$.x as string")
FLAG = Target("x__boolean", "boolean", "$.x as boolean")


def value(leaf):
    return leaf.reads[0]


def test_a_column_that_alone_takes_a_value_is_the_value():
    leaf = Leaf(("x",), "number", ("x",), "bigint", (PLAIN,))

    assert cell(PLAIN, [leaf], value) == "x"


def test_a_later_column_holds_only_what_the_earlier_did_not():
    leaf = Leaf(("x",), "string", ("x",), "string", (PLAIN, TEXT))

    assert cell(TEXT, [leaf], value).startswith("case when (case when x rlike")
    assert cell(TEXT, [leaf], value).endswith("is null then x end")


def test_kinds_that_share_a_column_are_coalesced():
    leaves = [
        Leaf(("x",), "string", ("x",), "string", (TEXT,)),
        Leaf(("x",), "number", ("n",), "string", (TEXT,)),
        Leaf(("x",), "boolean", ("b",), "boolean", (FLAG,)),
    ]

    assert cell(TEXT, leaves, value) == "coalesce(x, n)"
