import pytest

from glue_lib.shape.paths import EACH, below_array, dotted, escaped, members, text


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ((), "$"),
        (("donor", "address", "city"), "$.donor.address.city"),
        (("line_items", EACH, "tags", EACH), "$.line_items[].tags[]"),
        (("unit price",), '$["unit price"]'),
        (("a.b",), '$["a.b"]'),
        (("",), '$[""]'),
        (("it's",), '$["it\'s"]'),
        (('say "hi"',), '$["say \\"hi\\""]'),
        (("back\\slash",), '$["back\\\\slash"]'),
        (("two\nlines",), '$["two\\nlines"]'),
        (("größe",), '$["größe"]'),
        (("\ud83d",), '$["\\ud83d"]'),
    ],
)
def test_a_path_is_written_in_one_line(path, expected):
    assert text(path) == expected


def test_no_two_paths_are_written_alike():
    paths = [
        ("a", "b"),
        ("a.b",),
        ("a", EACH),
        ("a[]",),
        ("\ud83d",),
        ("\\ud83d",),
        ("a as string",),
        ("a",),
        ('a"]["b',),
        ("a", "]["),
    ]

    assert len({text(path) for path in paths}) == len(paths)


def test_a_written_path_is_unicode():
    assert text(("half \ude00 pair", EACH, "\ud83d")).encode() == b'$["half \\ude00 pair"][]["\\ud83d"]'


def test_types_pass_through_arrays_without_a_mark():
    assert dotted(("line_items", EACH, "price")) == "line_items.price"


def test_a_key_is_named_by_dots():
    assert members("account.id") == ("account", "id")


@pytest.mark.parametrize(
    ("path", "expected"),
    [(("a", "b"), ("a", "b")), (("a", EACH, "b", "c"), ("b", "c")), (("a", EACH, EACH), ())],
)
def test_keys_below_the_last_array(path, expected):
    assert below_array(path) == expected


def test_whole_pairs_are_no_halves():
    assert escaped("😀 é") == "😀 é"
