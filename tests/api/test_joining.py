"""One record spread over rows and pages becomes one again."""

import json

import pytest

from glue_lib.api.joining import Joiner
from glue_lib.errors import ApiError


def pieces(*values: dict) -> list[bytes]:
    return [json.dumps(value).encode() for value in values]


def test_neighbours_with_one_id_are_one_record():
    joiner = Joiner("id")
    parts = pieces({"id": 1, "n": "a", "l": [1]}, {"id": 1, "n": "a", "l": [2, 3]}, {"id": 2, "l": []}, {"id": 3})

    whole = list(joiner.take(parts))

    assert [json.loads(one) for one in whole] == [{"id": 1, "n": "a", "l": [1, 2, 3]}, {"id": 2, "l": []}]
    assert joiner.pending == b'{"id": 3}'
    assert list(joiner.end()) == [b'{"id": 3}']
    assert joiner.pending is None
    assert list(joiner.end()) == []


def test_a_record_that_is_one_part_stays_as_it_was_sent():
    record = b'{ "id":1.10 , "a" : [ 1 ],"b":{} }'

    joiner = Joiner("id")

    assert [*joiner.take([record]), *joiner.end()] == [record]


def test_values_stay_exact_and_objects_are_joined_at_any_depth():
    parts = [
        b'{"id": 12345678901234567890, "in": {"a": 1.10, "l": [ {"x":1E2} ]}, "e": [], "only": 1}',
        b'{"id": 12345678901234567890, "in": {"a": 1.10, "l": ["\\ud800"]}, "e": [null], "more": {}}',
    ]
    joiner = Joiner("id")

    (record,) = [*joiner.take(parts), *joiner.end()]

    assert record == (
        b'{"id": 12345678901234567890, "in": {"a": 1.10, "l": [{"x":1E2}, "\\ud800"]}, "e": [null], '
        b'"only": 1, "more": {}}'
    )


def test_what_is_pending_can_be_stored_and_handed_in_again():
    parts = pieces(*({"id": n // 3, "l": [n]} for n in range(12)))
    expected = [{"id": n, "l": [3 * n, 3 * n + 1, 3 * n + 2]} for n in range(4)]

    for stop in range(13):
        first = Joiner("id")
        whole = list(first.take(parts[:stop]))
        second = Joiner("id", first.pending)
        whole += [*second.take(parts[stop:]), *second.end()]
        assert [json.loads(one) for one in whole] == expected


def test_the_id_may_stand_deeper_and_is_compared_as_sent():
    joiner = Joiner("meta.id")

    whole = [*joiner.take(pieces({"meta": {"id": 1}}, {"meta": {"id": "1"}})), *joiner.end()]

    assert len(whole) == 2


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (pieces({"id": 1, "n": "a"}, {"id": 1, "n": "b"}), "record `1`, `n` differs"),
        (pieces({"id": 1, "n": None}, {"id": 1, "n": 5}), "`n` differs"),
        (pieces({"id": 1, "n": [1]}, {"id": 1, "n": {}}), "`n` differs"),
        (pieces({"id": 1, "in": {"n": 1}}, {"id": 1, "in": {"n": 2}}), "`in`, `n` differs"),
        ([b'{"id": 1, "a": 1, "a": 2}', b'{"id": 1}'], "has a key twice"),
        (pieces({"x": 1}), "a record has no `id`"),
        (pieces({"id": None}), "a record has no `id`"),
    ],
)
def test_what_cannot_be_joined_is_an_error(parts, said):
    joiner = Joiner("id")
    with pytest.raises(ApiError, match=said):
        list(joiner.take(parts)) + list(joiner.end())
