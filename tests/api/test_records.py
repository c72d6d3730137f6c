"""What the file says of records: short where it can be, and told when it cannot be meant."""

import pytest
from pydantic import TypeAdapter, ValidationError

from glue_lib.api.records import Records, RecordsField

FIELD = TypeAdapter(RecordsField)


@pytest.mark.parametrize("text", ["", "data", "result.items", '"odd.key".list', "a[].b", "@"])
def test_a_bare_text_is_a_path_and_is_written_as_one(text):
    assert FIELD.validate_python(text) == Records(path=text)
    assert FIELD.dump_python(FIELD.validate_python(text)) == text


def test_what_says_more_is_written_as_a_mapping():
    made = FIELD.validate_python({"path": "data", "keyed_as": "id"})

    assert FIELD.dump_python(made, exclude_defaults=True) == {"path": "data", "keyed_as": "id"}


@pytest.mark.parametrize(
    ("path", "is_query"), [("", False), ("a.b", False), ('"a b".c', False), ("a[]", True), ("[@]", True)]
)
def test_only_what_is_no_dotted_path_needs_the_decoded_answer(path, is_query):
    assert Records(path=path).is_query is is_query


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"path": "$.a"}, "neither a dotted path"),
        ({"columns": []}, "names no columns"),
        ({"columns": "fields"}, "names no columns"),
        ({"columns": "body.a[]"}, "names no columns"),
        ({"columns": ["a"], "value_as": "b"}, "give one of them"),
        ({"columns": ["a"], "keyed_as": "b"}, "give one of them"),
        ({"keyed_as": "a", "value_as": "a"}, "two different fields"),
        ({"path": "a[]", "keyed_as": "a"}, "needs a dotted path"),
        ({"missing": "ignore"}, "null_is_empty"),
        ({"paths": "a"}, "Extra inputs"),
    ],
)
def test_what_cannot_be_meant_is_told(given, said):
    with pytest.raises(ValidationError, match=said):
        FIELD.validate_python(given)
