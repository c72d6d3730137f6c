"""Tokens, links and answers of servers that mean no good: nothing is damaged, nobody is misled, no end is made up."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from glue_lib.api.auth.api_key import ApiKeyAuth
from glue_lib.api.auth.bearer import BearerAuth
from glue_lib.api.exchange import Response
from glue_lib.api.pagination.link import LinkPages
from glue_lib.api.pagination.next_url import NextUrlPages
from glue_lib.api.pagination.offset import OffsetPages
from glue_lib.api.pagination.page import NumberedPages
from glue_lib.api.pagination.token import TokenPages
from glue_lib.api.request import Request
from glue_lib.errors import ApiError
from tests.api.liars import BASE, TOKENS, numbered, page, read

# Tokens of every sort


@pytest.mark.parametrize(
    ("token", "sent"),
    [
        (0, "0"),
        ("0", "0"),
        ("naïve ☃ &=#?/+%20", "naïve ☃ &=#?/+%20"),
        (9007199254740993, "9007199254740993"),
        (98765432109876543210, "98765432109876543210"),
        ("${secret:other}", "${secret:other}"),
        ([1700000000000, 9007199254740993], "[1700000000000,9007199254740993]"),
    ],
)
def test_tokens_that_programs_like_to_damage(api, token, sent):
    def server(asked):
        return page(1, next=token) if asked.text("cursor") is None else page(2, next=None, asked=asked.text("cursor"))

    assert read(api, server, TOKENS) == [1, 2]
    assert parse_qs(urlsplit(api.sent[1].url).query)["cursor"] == [sent]


@pytest.mark.parametrize("write", ["query.cursor", "header.X-Cursor"])
def test_a_token_that_is_half_of_a_character_is_an_error_and_no_stack_trace(api, write):
    def server(asked):
        return page(1, next="\ud800x")

    with pytest.raises(ApiError, match=r"is broken text|cannot be sent"):
        read(api, server, TokenPages(read="body.next", write=write))


def test_a_long_number_as_the_last_records_token(api):
    ids = [9007199254740993 + 2 * step for step in range(5)]

    def server(asked):
        rest = [id_ for id_ in ids if id_ > asked.number("after")]
        return page(*rest[:2], has_more=len(rest) > 2)

    assert read(api, server, TokenPages(read="last_record.id", write="query.after", more="body.has_more")) == ids


# Links


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example.com/v1/things?page=2",
        "//evil.example.com/v1/things",
        "https://api.example.org.evil.example.com/",
        "https://api.example.org:8443/v1/things",
        "https://user:password@api.example.org/v1/things",
        "https://evil.example.com\\@api.example.org/v1/things",
        "ftp://api.example.org/v1/things",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://[::1",
        "https://api.example.org:notaport/v1/things",
    ],
)
@pytest.mark.parametrize("kind", ["next_url", "link", "token"])
def test_a_next_page_that_lies_elsewhere(api, url, kind):
    pagination = {
        "next_url": NextUrlPages(read="body.next"),
        "link": LinkPages(),
        "token": TokenPages(read="body.next", write="url"),
    }[kind]

    def server(asked):
        body = page(1, next=url)
        return Response(200, {"Link": f'<{url}>; rel="next"'}, json.dumps(body).encode()) if kind == "link" else body

    with pytest.raises(ApiError, match="points to"):
        read(api, server, pagination, auth=BearerAuth(token="sk-secret"))
    assert [sent.url for sent in api.sent] == [f"{BASE}/things"]


def test_a_link_that_falls_back_to_http(api):
    def server(asked):
        return page(1, next="http://api.example.org/v1/things?n=2") if not asked.text("n") else page(2, next=None)

    assert read(api, server, NextUrlPages(read="body.next")) == [1, 2]
    assert api.sent[1].url == f"{BASE}/things?n=2"


def test_a_link_that_drops_the_key_parameter(api):
    def server(asked):
        if asked.text("api_key") != "sk-secret":
            return Response(401)
        return page(1, next="/v1/things?n=2") if not asked.text("n") else page(2, next=None)

    auth = ApiKeyAuth(key="sk-secret", write="query.api_key")

    assert read(api, server, NextUrlPages(read="body.next"), auth=auth) == [1, 2]


def test_a_link_that_drops_a_parameter_that_the_api_needs(api):
    def server(asked):
        if asked.text("api_version") is None:
            return Response(400, {}, b'{"message": "api_version is required"}')
        n = asked.number("n", 1)
        return page(n, next=f"/v1/things?n={n + 1}" if n < 3 else None)

    request = Request("/things", query={"api_version": "7"})

    with pytest.raises(ApiError, match=r"answered 400 \(api_version is required\)"):
        read(api, server, NextUrlPages(read="body.next"), request=request)
    assert read(api, server, NextUrlPages(read="body.next", keep=["api_version"]), request=request) == [1, 2, 3]


def test_a_link_with_a_space_in_it(api):
    def server(asked):
        return page(1, next="/v1/things?q=a b&n=2") if not asked.text("n") else page(2, next=None)

    assert read(api, server, NextUrlPages(read="body.next")) == [1, 2]
    assert api.sent[1].url == f"{BASE}/things?q=a%20b&n=2"


# Answers that are none


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Response(200, {"Content-Type": "text/html"}, b"<html><body>Log in</body></html>"), "not JSON but HTML"),
        (Response(200, {}, b'{"data": [{"id": 1}, {"id'), "cut off"),
        (Response(200, {}, b""), "empty"),
        ({"items": []}, "has no `data`"),
        ({"data": None}, "`data` is null"),
        ({"data": [], "errors": [{"message": "backend timeout"}]}, "backend timeout"),
        ({"data": [], "ok": False, "error": "account_inactive"}, "account_inactive"),
        ({"status": "error", "message": "no luck"}, "no luck"),
    ],
)
@pytest.mark.parametrize(
    "pagination", [TOKENS, NumberedPages(), OffsetPages(), LinkPages()], ids=lambda kind: kind.type
)
def test_a_200_that_is_no_page_in_mid_stream(api, answer, said, pagination):
    def server(asked):
        if len(api.sent) > 1:
            return answer
        return Response(200, {"Link": '</v1/things?page=2>; rel="next"'}, json.dumps(page(1, next="b")).encode())

    with pytest.raises(ApiError, match=rf"page 2: .*{said}"):
        read(api, server, pagination)


@pytest.mark.parametrize("status", [400, 404, 410, 500])
def test_an_error_in_mid_stream_is_no_end(api, status):
    def server(asked):
        return page(1, 2) if len(api.sent) == 1 else Response(status, {}, b'{"message": "no"}')

    with pytest.raises(ApiError, match=rf"page 2: .*answered {status}"):
        read(api, server, NumberedPages())


def test_an_error_behind_the_last_page_that_the_file_declares(api):
    def server(asked):
        answer = numbered(5)(asked)
        return answer if answer["data"] else Response(400, {}, b'{"error": "BAD_PAGE"}')

    assert read(api, server, NumberedPages(past_end={"statuses": [400], "error": "BAD_PAGE"})) == list(range(5))


def test_an_error_on_the_first_page_is_no_end_though_it_is_declared_behind_the_last(api):
    with pytest.raises(ApiError, match="page 1: answered 404"):
        read(api, lambda asked: Response(404), NumberedPages(past_end={"statuses": [404]}))


def test_an_offset_that_is_ignored_is_noticed_although_the_records_come_in_another_order_each_time(api):
    def server(asked):
        turn = len(api.sent) % 5
        return page(*range(turn, 5), *range(turn))

    with pytest.raises(ApiError, match="the same records as page 1"):
        read(api, server, OffsetPages())
