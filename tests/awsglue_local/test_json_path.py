"""Where `jsonPath` leads, without Spark."""

import pytest

from awsglue_local.inference import parsed
from awsglue_local.json_path import matches, steps

TREE = {"data": {"items": [{"id": 1}, {"id": 2, "data": "x"}]}, "odd.name": 3, "ids": [4, [5]]}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$", [TREE]),
        ("$.data.items", [[{"id": 1}, {"id": 2, "data": "x"}]]),
        ("$.data.items[*]", [{"id": 1}, {"id": 2, "data": "x"}]),
        ("$.data.items[1].id", [2]),
        ("$['odd.name']", [3]),
        ('$["data"].*[0]', [{"id": 1}]),
        ("$..id", [1, 2]),
        ("$..data", [TREE["data"], "x"]),
        ("$.ids.*", [4, [5]]),
        ("$.ids[9]", []),
        ("$.ids.nope[*]", []),
        ("$.data.items.id", []),
    ],
)
def test_a_path_leads_to_parts_of_a_value(path, found):
    assert list(matches(TREE, steps(path))) == found


@pytest.mark.parametrize("path", ["", "data", "$data", "$.a[?(@.b)]", "$.a[0:2]", "$.a[-1]", "$.", "$[a]", "$['a]"])
def test_what_is_not_known_of_the_language_is_refused(path):
    with pytest.raises(NotImplementedError, match=r"jsonPath `.*`: awsglue_local knows `\$` and after it"):
        steps(path)


def test_records_are_what_the_path_leads_to_and_what_is_none_is_an_error():
    texts = ['{"data": [{"id": 1}, {"id": 2}]}', '{"data": {"id": 3}}', '{"data": 4}', '{"other": 5}']

    found = list(parsed([(text, "f") for text in texts], (), steps("$.data")))

    assert [record for record, error, _ in found if not error] == [{"id": 1}, {"id": 2}, {"id": 3}]
    assert [error for _, error, _ in found if error] == ["a record is a JSON object, this is `4`"]
