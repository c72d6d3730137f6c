"""Servers that lie, loop, cut, repeat or move what they have: each is read whole, or stopped by an error that says why.

Each server answers by what it is asked, for as long as it is asked; every pipeline side is what a user writes first.
"""

import json
from itertools import islice
from urllib.parse import parse_qs, urlsplit

import pytest

from glue_lib.api.auth.api_key import ApiKeyAuth
from glue_lib.api.auth.bearer import BearerAuth
from glue_lib.api.exchange import Response
from glue_lib.api.limits import Limits
from glue_lib.api.pagination.continuation import ContinuationPages
from glue_lib.api.pagination.keyset import KeysetPages
from glue_lib.api.pagination.link import LinkPages
from glue_lib.api.pagination.next_url import NextUrlPages
from glue_lib.api.pagination.none import NoPages
from glue_lib.api.pagination.offset import OffsetPages
from glue_lib.api.pagination.page import NumberedPages
from glue_lib.api.pagination.range import RangePages
from glue_lib.api.pagination.token import TokenPages
from glue_lib.api.request import Request
from glue_lib.api.seen import Seen
from glue_lib.errors import ApiError

BASE = "https://api.example.org/v1"
MOST = 5000  # pages; a walk that goes on behind them has no end
TOKENS = TokenPages(read="body.next", write="query.cursor")


def read(api, server, pagination, *, request=None, **options):
    """The ids that a walk over the server's pages lands."""
    api.always(lambda sent: server(Asked(sent)))
    pages = api.client(**options).pages(request or Request("/things"), pagination=pagination, records="data")
    landed = [json.loads(record)["id"] for page in islice(pages, MOST) for record in page.records]
    assert len(api.sent) < MOST, "the walk has no end"
    return landed


class Asked:
    """What one request asks for."""

    def __init__(self, sent):
        self.url = sent.url
        self.headers = sent.headers
        self._query = parse_qs(urlsplit(sent.url).query, keep_blank_values=True)
        self.body = json.loads(sent.content) if sent.content else {}

    def text(self, name):
        return self._query.get(name, [None])[-1]

    def number(self, name, default=0):
        return int(self.text(name) or default)


def page(*ids, **beside):
    return {"data": [{"id": id_} for id_ in ids]} | beside


# Circles


def test_a_cursor_that_repeats_itself(api):
    def server(asked):
        return page(asked.number("cursor"), next="7" if asked.text("cursor") else "6")

    with pytest.raises(ApiError, match=r"the same request as that of page 3 \(GET /things\?cursor=7\)"):
        read(api, server, TOKENS)


def test_cursors_that_go_round_in_a_large_circle(api):
    with pytest.raises(ApiError, match="the same request as that of page 2"):
        read(api, lambda asked: page(asked.number("cursor"), next=str(asked.number("cursor") % 700 + 1)), TOKENS)


def test_ever_new_cursors_to_the_same_records(api):
    with pytest.raises(ApiError, match=r"page 2: the same records as page 1 .*the API does not go on"):
        read(api, lambda asked: page(1, 2, next=str(asked.number("cursor") + 1)), TOKENS)


@pytest.mark.parametrize("pagination", [NumberedPages(), OffsetPages(), NumberedPages(total="body.total")])
def test_a_page_or_offset_that_is_ignored(api, pagination):
    with pytest.raises(ApiError, match=r"page 2: the same records as page 1 .*the API does not go on"):
        read(api, lambda asked: page(1, 2, 3, total=9), pagination)


@pytest.mark.parametrize("pagination", [NumberedPages(), OffsetPages()])
def test_the_last_page_again_and_again(api, pagination):
    def server(asked):
        start = min(asked.number("offset") or 2 * (asked.number("page", 1) - 1), 4)
        return page(*range(start, start + 2))

    with pytest.raises(ApiError, match=r"the same records as page 3 .*the API does not go on"):
        read(api, server, pagination)


def test_a_next_url_that_names_its_own_page(api):
    with pytest.raises(ApiError, match="the same request as that of page 2"):
        read(api, lambda asked: page(asked.number("n"), next="/v1/things?n=1"), NextUrlPages(read="body.next"))


# Ends that are none, and no ends


@pytest.mark.parametrize("sign", ["has_more", "hasMore", "has_more_items"])
@pytest.mark.parametrize("pagination", [NumberedPages(), OffsetPages()])
def test_more_for_ever_and_nothing_comes(api, sign, pagination):
    with pytest.raises(ApiError, match=rf"page 2: the page is empty although `body\.{sign}` says that more follow"):
        read(api, lambda asked: page(*([1] if len(api.sent) == 1 else []), **{sign: True}), pagination)


def test_more_for_ever_and_nothing_comes_though_it_is_declared(api):
    with pytest.raises(ApiError, match="1000 empty pages in a row, and no end"):
        read(api, lambda asked: page(has_more=True), NumberedPages(more="body.has_more"))
    with pytest.raises(ApiError, match="1000 empty pages in a row, and no end"):
        read(api, lambda asked: page(has_more=True, next=str(len(api.sent))), TOKENS)


def test_links_to_a_next_page_for_ever(api):
    def server(asked):
        n = asked.number("n")
        return page(*([n] if n < 3 else []), links={"next": f"/v1/things?n={n + 1}"})

    with pytest.raises(ApiError, match="1000 empty pages in a row, and no end"):
        read(api, server, NextUrlPages(read="body.links.next"))


def test_a_total_that_grows_while_it_is_read(api):
    def server(asked):
        start = asked.number("offset")
        total = min(6 + 4 * len(api.sent), 20)
        return page(*range(start, min(start + 3, total)), total=total)

    assert read(api, server, OffsetPages(total="body.total")) == list(range(20))


def numbered(count, size=2, **beside):
    """A server of so many records, asked for by page or offset, that says beside them what it wants."""

    def server(asked):
        start = asked.number("offset") if asked.text("offset") else size * (asked.number("page", 1) - 1)
        return page(*range(start, min(start + size, count)), **beside)

    return server


@pytest.mark.parametrize("pagination", [NumberedPages(total="body.total"), OffsetPages(total="body.total")])
@pytest.mark.parametrize("total", [0, 1, 4])
def test_a_total_that_is_too_small_for_what_came(api, pagination, total):
    landed = read(api, numbered(7, size=3, total=total), pagination)

    assert landed[:6] == list(range(6))
    assert landed == list(range(7))


@pytest.mark.parametrize("pagination", [NumberedPages(total="body.total"), OffsetPages(total="body.total")])
def test_a_total_that_is_too_large_for_what_came(api, pagination):
    with pytest.raises(ApiError, match=r"empty although `body\.total` promises 9 records"):
        read(api, numbered(7, total=9), pagination)


@pytest.mark.parametrize("pagination", [NumberedPages(total="body.total"), OffsetPages(total="body.total")])
def test_a_total_that_stops_counting(api, pagination):
    assert read(api, numbered(2500, size=500, total=1000), pagination) == list(range(2500))


@pytest.mark.parametrize("pagination", [NumberedPages(total="body.count"), OffsetPages(total="body.count")])
def test_a_total_that_counts_each_page_alone(api, pagination):
    def server(asked):
        answer = numbered(35, size=10)(asked)
        return answer | {"count": len(answer["data"])}

    assert read(api, server, pagination) == list(range(35))


@pytest.mark.parametrize("pagination", [NumberedPages(total="body.total"), OffsetPages(total="body.total")])
@pytest.mark.parametrize("status", [400, 404, 416])
def test_a_doubted_total_that_was_right(api, pagination, status):
    def server(asked):
        answer = numbered(10, size=10, total=10)(asked)
        return answer if answer["data"] else Response(status, {}, b'{"detail": "Invalid page."}')

    assert read(api, server, pagination) == list(range(10))


def test_a_limit_of_the_api_behind_a_round_total(api):
    def server(asked):
        if asked.number("offset") < 10_000:
            return numbered(25_000, size=500, total=10_000)(asked)
        return Response(400, {}, b'{"message": "Result window too large"}')

    with pytest.raises(ApiError, match=r"offset=10000, page 21: answered 400 \(Result window too large\)"):
        read(api, server, OffsetPages(total="body.total"))


@pytest.mark.parametrize("pagination", [NumberedPages(), OffsetPages(), NumberedPages(total="body.total")])
def test_short_pages_on_the_way(api, pagination):
    sizes = [3, 1, 3, 2, 1]

    def server(asked):
        number = asked.number("offset") if asked.text("offset") else sum(sizes[: asked.number("page", 1) - 1])
        index = next((i for i in range(len(sizes)) if sum(sizes[:i]) == number), len(sizes))
        return page(*range(number, number + sum(sizes[index : index + 1])), total=10)

    assert read(api, server, pagination) == list(range(10))


def test_fewer_records_a_page_than_the_pipeline_asks_for(api):
    pagination = OffsetPages(total="body.total")

    assert read(api, numbered(9, size=4, total=9), pagination, request=Request("/things", query={"limit": "1000"})) == [
        *range(9)
    ]


def test_more_pages_that_nobody_asks_for(api):
    with pytest.raises(ApiError, match=r"`body\.meta\.has_more` says that more pages follow; say with `pagination`"):
        read(api, lambda asked: page(1, meta={"has_more": True}), NoPages())
    with pytest.raises(ApiError, match=r"`body\.paging\.next` looks as if it led to another page"):
        read(api, lambda asked: page(1, paging={"next": {"after": "2"}}), NoPages())


def test_a_token_that_stands_elsewhere_than_the_pipeline_says(api):
    with pytest.raises(ApiError, match=r"has no `body\.next`, but `body\.paging\.next` looks"):
        read(api, lambda asked: page(1, paging={"next": {"after": "2"}}), TOKENS)


def test_a_token_place_that_no_answer_has(api, caplog):
    assert len(read(api, lambda asked: page(*range(100)), TOKENS)) == 100
    assert "end in doubt" in caplog.text
    assert "no `body.next`" in caplog.text


# Rows that move


def test_rows_that_go_away_while_they_are_read(api):
    def server(asked):
        rows = list(range(10)) if len(api.sent) == 1 else list(range(1, 10))
        start = asked.number("offset")
        return page(*rows[start : start + 4], total=len(rows))

    with pytest.raises(ApiError, match="promised 10 records on the page before and 9 now"):
        read(api, server, OffsetPages(total="body.total"))
    api.sent.clear()
    assert read(api, server, OffsetPages(total="body.total", overlap=2)) == list(range(10))


def test_rows_that_come_while_they_are_read(api):
    def server(asked):
        rows = list(range(10)) if len(api.sent) == 1 else [99, *range(10)]
        start = asked.number("offset")
        return page(*rows[start : start + 4], total=len(rows))

    assert read(api, server, OffsetPages(total="body.total", overlap=1)) == list(range(10))


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


# However often a walk is broken off, and however many pages are asked for ahead


def keyed(asked):
    """A server of twenty records that knows every way to go on."""
    ids = range(1, 21)
    after = int(asked.text("after") or asked.body.get("after") or (asked.text("where") or "0").rpartition(" ")[2])
    start = asked.number("offset") or 3 * (asked.number("page", 1) - 1) or after
    if span := asked.headers.get("Range"):
        start = int(span.partition("=")[2].partition("-")[0])
    found = ids[start : start + 3]
    last = found[-1] if found else None
    body = page(*found, next=last, total=20, pair={"after": last} if found else {})
    headers = {"Content-Range": f"items {start}-{start + len(found) - 1}/20" if found else "items */20"}
    link = {"Link": f'</v1/things?after={last}>; rel="next"'} if start + 3 < 20 else {}
    return Response(206, headers | link, json.dumps(body).encode())


WAYS = [
    TokenPages(read="body.next", write="query.after"),
    TokenPages(read="body.next", write="body.after"),
    ContinuationPages(read="body.pair", write="query"),
    ContinuationPages(values={"query.after": "body.pair.after"}),
    KeysetPages(write="query.where", template="id > {last}"),
    NumberedPages(),
    NumberedPages(total="body.total"),
    OffsetPages(),
    OffsetPages(total="body.total"),
    OffsetPages(total="body.total", overlap=1),
    RangePages(size=3),
    LinkPages(),
]


@pytest.mark.parametrize("pagination", WAYS, ids=lambda kind: kind.type)
def test_a_walk_that_is_broken_off_after_every_page(api, pagination):
    api.always(lambda sent: keyed(Asked(sent)))
    landed, request, walked = [], Request("/things"), Seen()
    while request is not None:
        walk = api.client().pages(request, pagination=pagination, records="data", seen=walked)
        found = next(walk)
        landed += [json.loads(record)["id"] for record in found.records]
        request = Request.from_stored(json.loads(json.dumps(found.next.stored()))) if found.next else None

    assert landed == list(range(1, 21))


@pytest.mark.parametrize("pagination", WAYS, ids=lambda kind: kind.type)
def test_pages_that_are_asked_for_ahead(api, pagination):
    landed = read(api, keyed, pagination, limits=Limits(requests_per_second=1e6, concurrency=4), threads_ahead=4)

    assert landed == list(range(1, 21))
