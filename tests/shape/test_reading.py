import pytest

from glue_lib.shape.layout import layout
from glue_lib.shape.reading import Reading, is_plain, kinds_of, member_names


@pytest.fixture
def plain(notes_of):
    """Say whether a part of some lines is plain, when the run also has the others."""

    def judge(lines, others=(), hints=()):
        reading = layout(notes_of(*lines, *others), "orders", hints=dict(hints), stored={}).reading
        return is_plain(reading, notes_of(*lines))

    return judge


@pytest.mark.parametrize(
    "line",
    [
        '{"id": 1, "name": "a", "paid": true, "gone": null}',
        '{"donor": {"city": "Ghent"}, "items": [{"sku": "x", "tags": ["a", null]}, null]}',
        '{"unit price": 1.10, "größe": 2, "x-y": 3}',
        '{"big": 9223372036854775808}',
        '{"ID": 1}',
        '{"grid": [[1, 2], [], null]}',
        '{"empty": {}, "none": []}',
        '{"only_nulls": {"a": null}, "nulls": [null]}',
        "{}",
    ],
)
def test_ordinary_records_need_no_normaliser(plain, line):
    assert plain([line])


@pytest.mark.parametrize(
    "line",
    [
        '{"x": 1, "x": 2}',
        '{"x": "\\ud83d"}',
        b'{"x": "\xff"}',
        '{"a.b": 1}',
        '{"": 1}',
        '{"it\'s": 1}',
        '{"`": 1}',
        '{"id": 1, "ID": 2}',
        '{"donor": {"id": 1, "ID": 2}}',
        '{"x": %s}' % ("1" * 41),
        '{"x": [1, "a"]}',
        '{"x": [{"y": 1}, [1]]}',
        '{"_hw_key": 1}',
        '{"_root_id": 1}',
        '{"_metadata": {"a": 1}}',
        '{"_corrupt_record": "x"}',
    ],
)
def test_what_spark_cannot_read_exactly_goes_through_the_normaliser(plain, line):
    assert not plain([line])


@pytest.mark.parametrize(
    ("line", "other"),
    [
        ('{"x": 12}', '{"x": "12"}'),
        ('{"x": {"y": 1}}', '{"x": "12"}'),
        ('{"x": 1.5}', '{"x": %s}' % ("1" * 41)),
        ('{"x": {}}', '{"x": 12}'),
        ('{"x": []}', '{"x": {"y": 1}}'),
        ('{"x": [{}]}', '{"x": [1]}'),
        ('{"x": [[]]}', '{"x": ["a"]}'),
        ('{"x__number": {}}', '{"x": "a"}\n{"x": 1}'),
    ],
)
def test_a_part_may_need_the_normaliser_only_because_of_the_others(plain, line, other):
    assert plain([line])
    assert not plain([line], other.split("\n"))


@pytest.mark.parametrize(
    ("line", "other"),
    [
        ('{"x": "12"}', '{"x": 12}'),
        ('{"x": null}', '{"x": %s}' % ("1" * 41)),
        ('{"id": 1}', '{"id": 1, "ID": 2}'),
        ('{"x": []}', '{"x": [1, "a"]}'),
        ('{"x": {}}', '{"x": {"y": 1}}'),
        ('{"y": 1}', '{"a.b": 1}'),
    ],
)
def test_a_part_that_others_do_not_touch_stays_plain(plain, line, other):
    assert plain([line], [other])


def test_numbers_that_are_demanded_as_text_need_the_normaliser(plain):
    assert plain(['{"x": "1.10"}'], hints={"x": "string"})
    assert not plain(['{"x": 1.10}'], hints={"x": "string"})


def test_kinds_without_content_make_no_column(notes_of):
    fields = notes_of('{"a": {}, "b": [], "c": null, "d": 1, "e": {"f": null}}').fields

    assert [kinds_of(fields[name]) for name in "abcde"] == [(), (), (), ("number",), ("object",)]


def test_integers_and_numbers_are_one_kind(notes_of):
    assert kinds_of(notes_of('{"x": 1}', '{"x": 1.5}', '{"x": "a"}').fields["x"]) == ("string", "number")


def test_each_kind_of_value_has_a_name_and_keys_are_made_safe():
    taken = set()

    assert member_names(("a.b",), "a.b", ("string", "array"), taken) == {"string": "a_b", "array": "a_b__array"}
    assert taken == {"a_b", "a_b__array"}


def test_an_element_with_a_name_for_each_kind_is_wrapped():
    assert Reading({"string": "value", "number": "value__number"}).is_wrapped
    assert not Reading({"string": ""}).is_wrapped
