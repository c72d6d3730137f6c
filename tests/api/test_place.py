import pytest
from pydantic import TypeAdapter, ValidationError

from glue_lib.api.place import AnswerPlace, DottedPath, PagePlace, RequestPlace, keys


@pytest.mark.parametrize(
    ("dotted", "expected"),
    [
        ("", ()),
        ("data", ("data",)),
        ("data.items", ("data", "items")),
        ('"@odata.nextLink"', ("@odata.nextLink",)),
        ('a."b.c".d', ("a", "b.c", "d")),
        ("page[size]", ("page[size]",)),
    ],
)
def test_a_dotted_path_has_keys(dotted, expected):
    assert keys(dotted) == expected


@pytest.mark.parametrize("dotted", [".", "a..b", "a.", ".a", 'a"b', '"a'])
def test_refuses_what_is_no_dotted_path(dotted):
    with pytest.raises(ValueError, match="is not a dotted path"):
        keys(dotted)
    with pytest.raises(ValidationError):
        TypeAdapter(DottedPath).validate_python(dotted)


@pytest.mark.parametrize("place", ["body.meta.next", "header.X-Next", "last_record.id", 'body."a.b"'])
def test_accepts_places_in_an_answer(place):
    assert TypeAdapter(AnswerPlace).validate_python(place) == place


@pytest.mark.parametrize("place", ["query.cursor", "url", "body", "body.", "meta.next", "body.a..b", ""])
def test_refuses_other_places_in_an_answer(place):
    with pytest.raises(ValidationError):
        TypeAdapter(AnswerPlace).validate_python(place)


@pytest.mark.parametrize(
    "place",
    [
        "query.updated[gte]",
        "query.a.b",
        "body.page.number",
        "header.X-Page",
        "path.n",
        "text.since",
        "cookie.page",
        "url",
    ],
)
def test_accepts_places_in_a_request(place):
    assert TypeAdapter(RequestPlace).validate_python(place) == place


@pytest.mark.parametrize("place", ["urls", "last_record.id", "query.", "body.a..b"])
def test_refuses_other_places_in_a_request(place):
    with pytest.raises(ValidationError, match=r"no place in a request|not a dotted path"):
        TypeAdapter(RequestPlace).validate_python(place)


def test_editors_learn_the_places():
    assert TypeAdapter(RequestPlace).json_schema()["pattern"].startswith("^((query|body|header|path|text|cookie)")


def test_a_hole_in_a_text_is_no_place_for_pages():
    assert TypeAdapter(PagePlace).validate_python("query.page") == "query.page"
    with pytest.raises(ValidationError, match="filled once and for all"):
        TypeAdapter(PagePlace).validate_python("text.page")
