import json

import pytest
from pydantic import ValidationError

from glue_lib.api.exchange import Response
from glue_lib.api.pagination.page import NumberedPages
from glue_lib.api.pagination.past_end import PastEnd


def answer(status, body):
    return Response(status, {}, body if isinstance(body, bytes) else json.dumps(body).encode())


@pytest.mark.parametrize(
    ("past_end", "status", "body", "fits"),
    [
        ({"statuses": [404]}, 404, b"<html>", True),
        ({"statuses": [404]}, 400, b"", False),
        ({"error": "BAD_PAGE"}, 400, {"error": "BAD_PAGE"}, True),
        ({"error": "BAD_PAGE"}, 200, {"errors": [{"extensions": {"code": "BAD_PAGE"}}]}, True),
        ({"error": "BAD_PAGE"}, 400, {"error": "BAD_PAGES"}, False),
        ({"error": "BAD_PAGE"}, 400, b"BAD_PAGE", False),
        ({"error": "BAD_PAGE"}, 400, b'"BAD_PAGE"', True),
        ({"error": "BAD_PAGE"}, 400, b"\xff", False),
        ({"statuses": [400], "error": "BAD_PAGE"}, 400, {"error": "BAD_PAGE"}, True),
        ({"statuses": [404], "error": "BAD_PAGE"}, 400, {"error": "BAD_PAGE"}, False),
        ({"statuses": [400], "error": "BAD_PAGE"}, 400, {"error": "OTHER"}, False),
    ],
)
def test_knows_the_answer_behind_the_last_page(past_end, status, body, fits):
    assert NumberedPages(past_end=past_end).is_past_end(answer(status, body)) is fits


def test_a_record_that_has_the_text_is_no_end():
    page = answer(200, {"data": [{"note": "BAD_PAGE", "more": {"error": "BAD_PAGE"}}]})

    assert not PastEnd(error="BAD_PAGE").fits(page)


def test_without_a_declaration_no_answer_is_behind_the_end():
    assert not NumberedPages().is_past_end(answer(404, {"error": "BAD_PAGE"}))


def test_says_nothing_without_a_sign():
    with pytest.raises(ValidationError, match="`statuses`, `error`, `empty_body` or several"):
        PastEnd()


@pytest.mark.parametrize(
    ("declared", "response", "fits"),
    [
        ({}, Response(200, {"Content-Length": "0"}), True),
        ({}, Response(200, {"content-length": "2"}, b"\r\n"), True),
        ({}, Response(200, {"Transfer-Encoding": "chunked"}), True),
        ({}, Response(200, {}), False),  # perhaps a connection that was cut
        ({}, Response(200, {"Content-Length": "2"}, b"[]"), False),
        ({}, Response(500, {"Content-Length": "0"}), False),
        ({"statuses": [404]}, Response(404, {"Content-Length": "0"}), True),
    ],
)
def test_an_empty_body_is_no_page_where_it_is_declared(declared, response, fits):
    assert PastEnd(**declared, empty_body=True).fits(response) is fits
