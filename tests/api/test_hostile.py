"""Servers that loop, end falsely, or move what they have: each is read whole, or stopped by an error that says why.

Every pipeline side is what a user writes first.
"""

import pytest

from glue_lib.api.exchange import Response
from glue_lib.api.pagination.next_url import NextUrlPages
from glue_lib.api.pagination.none import NoPages
from glue_lib.api.pagination.offset import OffsetPages
from glue_lib.api.pagination.page import NumberedPages
from glue_lib.api.request import Request
from glue_lib.errors import ApiError
from tests.api.liars import TOKENS, numbered, page, read

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


FLAGGED = [NumberedPages(more="body.more"), OffsetPages(more="body.more")]


def ten_thousand_and(behind):
    """Serve pages of 500, and say at the 10,000th record that there are no more."""

    def server(asked):
        start = asked.number("offset") or 500 * (asked.number("page", 1) - 1)
        if start < 10_000:
            return page(*range(start, start + 500), more=start < 9_500)
        return behind(start)

    return server


@pytest.mark.parametrize("pagination", FLAGGED)
@pytest.mark.parametrize(
    ("behind", "told"),
    [
        (lambda start: Response(422, {}, b'{"detail": "over the maximum result limit"}'), "over the maximum result"),
        (lambda start: page(start, more=False), "`body.more` said that 10,000 records were all, but others follow"),
    ],
)
def test_an_api_that_says_at_its_limit_that_there_are_no_more(api, pagination, behind, told):
    with pytest.raises(ApiError, match=rf"page 21: .*{told}"):
        read(api, ten_thousand_and(behind), pagination)


@pytest.mark.parametrize("pagination", FLAGGED)
@pytest.mark.parametrize(
    "behind", [lambda start: page(more=False), lambda start: Response(404, {}, b'{"detail": "-"}')]
)
def test_an_api_that_has_just_ten_thousand_records(api, pagination, behind):
    assert read(api, ten_thousand_and(behind), pagination) == list(range(10_000))
    assert len(api.sent) == 21


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
