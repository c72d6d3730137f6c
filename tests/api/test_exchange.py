import pytest

from glue_lib.api.body import Body
from glue_lib.api.exchange import Response, SignedRequest


def test_a_header_is_found_in_any_case():
    response = Response(200, {"rEtRy-AfTeR": "1"})

    assert response.header("Retry-After") == "1"
    assert response.header("Date") is None


@pytest.mark.parametrize(
    ("content_type", "content"),
    [
        (None, '{"a": "é"}'.encode()),
        ("application/json", b"\xef\xbb\xbf" + '{"a": "é"}'.encode()),
        ("application/json; charset=UTF-8", '{"a": "é"}'.encode()),
        ('application/json; charset="iso-8859-1"; x=y', '{"a": "é"}'.encode("latin-1")),
        ("application/json;charset=utf-16", '{"a": "é"}'.encode("utf-16")),
    ],
)
def test_the_body_is_utf_8_whatever_it_came_in(content_type, content):
    headers = {"content-type": content_type} if content_type else {}

    assert Response(200, headers, content).json_text() == '{"a": "é"}'.encode()


def test_a_query_parameter_is_encoded_and_added():
    assert SignedRequest("GET", "https://h/x").with_query("a", "b&c/d").url == "https://h/x?a=b%26c%2Fd"
    assert SignedRequest("GET", "https://h/x?y=1").with_query("a", "b").url == "https://h/x?y=1&a=b"


def test_an_answer_is_read_whole_wherever_it_lies():
    assert Response(200, {}, b"abc").read() == Response(200, {}, Body.of([b"abc"], in_memory=0)).read() == b"abc"
    assert "abc" not in repr(Response(200, {}, b"abc"))
