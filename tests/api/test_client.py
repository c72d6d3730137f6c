import json
import logging
from datetime import timedelta

import pytest

from glue_lib.api.auth.api_key import ApiKeyAuth
from glue_lib.api.auth.bearer import BearerAuth
from glue_lib.api.decoding.csv import CsvAnswers
from glue_lib.api.decoding.json import JsonAnswers
from glue_lib.api.decoding.ndjson import NdjsonAnswers
from glue_lib.api.exchange import Cut, Response
from glue_lib.api.hosts import Host
from glue_lib.api.limits import Limits, TokenBucket
from glue_lib.api.pagination.link import LinkPages
from glue_lib.api.pagination.next_url import NextUrlPages
from glue_lib.api.pagination.none import NoPages
from glue_lib.api.pagination.offset import OffsetPages
from glue_lib.api.pagination.page import NumberedPages
from glue_lib.api.pagination.token import TokenPages
from glue_lib.api.reading import Reading
from glue_lib.api.records import Records
from glue_lib.api.request import Request
from glue_lib.api.retry import Deferred, Retry
from glue_lib.api.seen import Seen
from glue_lib.errors import ApiError, ConfigError

BASE = "https://api.example.org/v1"
TOKENS = TokenPages(read="body.next", write="query.cursor")
THINGS = Request("/things")


def walk(client, pagination=TOKENS, request=THINGS, seen=None):
    return list(client.pages(request, pagination=pagination, records="data", seen=seen))


def body(*ids, **rest):
    return {"data": [{"id": number} for number in ids], **rest}


def refused(status, headers=None, **said):
    return Response(status, headers or {}, json.dumps(said).encode())


# Walking through pages


def test_follows_the_token_until_it_is_absent(api):
    api.replies(body(1, next="b"), body(2, next="c"), body(3))

    pages = walk(api.client())

    assert [page.records for page in pages] == [(b'{"id": 1}',), (b'{"id": 2}',), (b'{"id": 3}',)]
    assert [sent.url for sent in api.sent] == [f"{BASE}/things", f"{BASE}/things?cursor=b", f"{BASE}/things?cursor=c"]


def test_a_page_carries_its_request_and_the_next(api):
    api.replies(body(1, next="b"), body(2))

    first, second = walk(api.client())

    assert (first.number, first.request, first.next) == (1, THINGS, THINGS.put("query.cursor", "b"))
    assert (second.number, second.request, second.next) == (2, first.next, None)


def test_asks_for_a_page_only_when_the_one_before_was_taken(api):
    api.replies(body(1, next="b"), body(2))

    next(api.client().pages(THINGS, pagination=TOKENS, records="data"))

    assert len(api.sent) == 1


def test_a_stopped_walk_goes_on_from_its_stored_request(api):
    api.replies(body(1, next="b"), body(2, next="c"), body(3))
    first, second = walk(api.client())[:2]
    stored = json.loads(json.dumps(second.next.stored()))
    seen = Seen(*zip(*((page.request.fingerprint(), page.fingerprint()) for page in (first, second)), strict=True))

    api.replies(body(3))
    (third,) = walk(api.client(), request=Request.from_stored(stored), seen=seen)

    assert (third.number, third.records, third.next) == (3, (b'{"id": 3}',), None)
    assert api.sent[-1].url == f"{BASE}/things?cursor=c"


@pytest.mark.parametrize(
    ("pagination", "asked"),
    [
        (NumberedPages(), ["?page=1", "?page=2", "?page=3"]),
        (OffsetPages(), ["?offset=0", "?offset=2", "?offset=3"]),
    ],
)
def test_a_short_page_ends_nothing(api, pagination, asked):
    api.replies(body(1, 2), body(3), body())

    assert [len(page.records) for page in walk(api.client(), pagination)] == [2, 1, 0]
    assert [sent.url.removeprefix(f"{BASE}/things") for sent in api.sent] == asked


def test_no_content_is_an_empty_page(api):
    api.replies(body(1), Response(204))

    assert [len(page.records) for page in walk(api.client(), NumberedPages())] == [1, 0]


def test_sends_a_body_and_headers(api):
    api.replies(body(1))
    request = Request("/search", "POST", headers={"Accept": "text/json", "X-V": "2"}, body={"q": "é"})

    walk(api.client(headers={"x-v": "1", "X-W": "3"}), NoPages(), request)

    (sent,) = api.sent
    assert (sent.method, json.loads(sent.content)) == ("POST", {"q": "é"})
    assert {name: value for name, value in sent.headers.items() if name != "User-Agent"} == {
        "Accept": "text/json",
        "X-V": "2",
        "X-W": "3",
        "Content-Type": "application/json",
    }
    assert sent.headers["User-Agent"].startswith("headwater/")


# Promise 1: no endless end


def test_a_repeated_token_is_an_error_that_names_both_requests(api):
    api.replies(body(1, next="b"), body(2, next="c"), body(3, next="b"))
    pages = api.client().pages(THINGS, pagination=TOKENS, records="data")

    assert [page.number for page in (next(pages), next(pages), next(pages))] == [1, 2, 3]
    with pytest.raises(ApiError) as raised:
        next(pages)

    assert str(raised.value) == (
        "shop.things: GET /things?cursor=b, page 4: the same request as that of page 2 (GET /things?cursor=b): "
        "the pages go in a circle; check `pagination`"
    )
    assert len(api.sent) == 3


def test_a_token_that_leads_to_its_own_page_is_an_error(api):
    api.always(body(1, next="b"))

    with pytest.raises(ApiError, match=r"the same records as page 1 \(GET /things\)"):
        walk(api.client())
    assert len(api.sent) == 2


@pytest.mark.parametrize("pagination", [NumberedPages(), OffsetPages(), NumberedPages(write="path.n", start=7)])
def test_an_api_that_ignores_the_page_is_an_error_that_names_both_requests(api, pagination):
    api.always(body(1, 2, 3))
    request = Request("/things/{n}") if pagination.write == "path.n" else THINGS

    with pytest.raises(ApiError) as raised:
        walk(api.client(), pagination, request)

    assert "page 2: the same records as page 1 (GET /things" in str(raised.value)
    assert "the API does not go on; check `pagination`" in str(raised.value)


def test_a_page_seen_long_ago_is_noticed(api):
    api.replies(*(body(number, next=str(number + 1)) for number in range(50)), body(7, next="fresh"))

    with pytest.raises(ApiError, match=r"page 51: the same records as page 8 \(GET /things\?cursor=7\)"):
        walk(api.client())


def test_a_circle_is_noticed_across_a_restart(api):
    first, second = THINGS.put("query.cursor", "a"), THINGS.put("query.cursor", "b")
    seen = Seen([first.fingerprint(), second.fingerprint()], ["other", "marks"])
    api.replies(body(3, next="a"))

    with pytest.raises(ApiError, match="page 4: the same request as that of page 1:"):
        walk(api.client(), request=THINGS.put("query.cursor", "c"), seen=seen)


def test_repeated_records_are_noticed_across_a_restart(api):
    api.replies(body(1, next="b"))
    (page,) = [next(api.client().pages(THINGS, pagination=TOKENS, records="data"))]
    api.replies(body(1, next="z"))

    with pytest.raises(ApiError, match="page 2: the same records as page 1:"):
        walk(api.client(), request=page.next, seen=Seen([page.request.fingerprint()], [page.fingerprint()]))


def test_an_url_that_names_itself_is_an_error(api):
    api.replies(body(1, next="/v1/things?page=2"), body(2, next=f"{BASE}/things?page=2"))

    with pytest.raises(ApiError, match="the same request as that of page 2"):
        walk(api.client(), NextUrlPages(read="body.next"))


def test_empty_pages_with_ever_new_tokens_come_to_an_end(api):
    api.replies(*({"data": [], "next": f"token-{number}"} for number in range(1000)))

    with pytest.raises(ApiError, match="1000 empty pages in a row, and no end"):
        walk(api.client(limits=Limits(requests_per_second=1e6)))


def test_a_few_empty_pages_on_the_way_are_no_end_and_no_circle(api):
    api.replies(body(next="b"), body(next="c"), body(1, next="d"), body(next="e"), body(2))

    assert [len(page.records) for page in walk(api.client())] == [0, 0, 1, 0, 1]


def test_the_same_records_in_another_walk_are_no_circle(api):
    api.replies(body(1), body(1))
    client = api.client()

    assert len(walk(client) + walk(client, request=Request("/others"))) == 2


def test_a_failed_walk_may_be_tried_again_with_what_it_has_seen(api):
    api.replies(refused(401), body(1))
    client, seen = api.client(), Seen()
    with pytest.raises(ApiError):
        walk(client, seen=seen)

    assert len(walk(client, seen=seen)) == 1


# Promise 1: no silent end


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"error": {"message": "backend timeout"}}, "an error in place of records: backend timeout"),
        ({"data": [], "error": "backend timeout"}, "an error in place of records: backend timeout"),
        ({"ok": False, "error": "invalid_auth", "data": []}, "an error in place of records: invalid_auth"),
        ({"items": [], "total": 0}, "has no `data`"),
        ({}, "has no `data`"),
        ([], "has no `data`"),
        ([{"id": 1}], "leads through an array"),
        ({"data": None}, "`data` is null"),
        ({"data": {"id": 1}}, "`data` is an object"),
        ({"data": ["a"]}, "record 1 of `data` is a text"),
        (Response(200, {}, b"<html>Maintenance</html>"), "not JSON but HTML"),
        (Response(200, {}, b'{"data": [}'), "not valid JSON"),
        (Response(200, {"Content-Type": "a/b; charset=nope"}, b"{}"), "charset"),
    ],
)
@pytest.mark.parametrize("pagination", [TOKENS, NoPages(), NumberedPages(), LinkPages()], ids=lambda kind: kind.type)
def test_a_200_that_is_no_page_is_an_error_wherever_it_comes(api, answer, said, pagination):
    api.replies(answer)

    with pytest.raises(ApiError, match=rf"shop\.things: GET /things.*, page 1: .*{said}"):
        walk(api.client(), pagination)


def test_an_error_in_place_of_a_later_page_is_no_end(api):
    api.replies(body(1, next="b"), {"message": "Not here", "error": True})

    with pytest.raises(ApiError, match=r"GET /things\?cursor=b, page 2: .*Not here"):
        walk(api.client())


def test_more_without_a_token_is_no_end(api):
    api.replies(body(1, has_more=True))

    with pytest.raises(ApiError, match=r"page 1: `body\.has_more` says that more pages follow"):
        walk(api.client(), TokenPages(read="body.next", write="query.cursor", more="body.has_more"))


def test_pages_before_an_error_are_handed_over(api):
    api.replies(body(1, next="b"), {"oops": 1})
    pages = api.client().pages(THINGS, pagination=TOKENS, records="data")

    assert next(pages).records == (b'{"id": 1}',)
    with pytest.raises(ApiError):
        next(pages)


# Promise 8: credentials go to one host, and are shown to nobody


KEY = "sk-live-0123456789"
LEAKS = [
    (NextUrlPages(read="body.next"), lambda url: body(1, next=url)),
    (TokenPages(read="body.next", write="url"), lambda url: body(1, next=url)),
    (LinkPages(), lambda url: Response(200, {"Link": f'<{url}>; rel="next"'}, b'{"data": [{}]}')),
]


@pytest.mark.parametrize(("pagination", "answer"), LEAKS, ids=["next_url", "token", "link"])
@pytest.mark.parametrize("url", ["https://evil.example.com/v1", "//evil.example.com", "https://api.example.org:1/"])
def test_a_next_page_elsewhere_is_an_error_before_anything_is_sent(api, pagination, answer, url):
    api.replies(answer(url))

    with pytest.raises(ApiError, match="credentials go to"):
        walk(api.client(auth=BearerAuth(token=KEY)), pagination)
    assert [sent.url for sent in api.sent] == [f"{BASE}/things"]


def test_a_stored_request_elsewhere_is_an_error_before_anything_is_sent(api):
    with pytest.raises(ApiError, match="another host"):
        walk(api.client(auth=BearerAuth(token=KEY)), request=Request("https://evil.example.com/v1/things"))
    assert api.sent == []


def test_a_path_that_looks_like_a_host_stays_behind_the_base_url(api):
    api.replies(body(1))

    walk(api.client(auth=BearerAuth(token=KEY)), request=Request("//evil.example.com/things"))

    assert api.sent[0].url == f"{BASE}/evil.example.com/things"


def test_a_redirect_to_another_host_is_an_error_before_anything_is_sent_there(api):
    api.replies(Response(302, {"Location": "https://evil.example.com/"}))

    with pytest.raises(ApiError, match=r"answered 302: the API points to another host, `evil.*name it under `hosts`"):
        walk(api.client())
    assert len(api.sent) == 1


def test_a_redirect_is_followed_with_credentials_on_the_same_host_only(api):
    answers = {
        f"{BASE}/things": Response(302, {"Location": "/v2/things?page=1"}),
        "https://api.example.org/v2/things?page=1": Response(307, {"Location": "https://files.example.org/x?sig=1"}),
        "https://files.example.org/x?sig=1": Response(200, {}, json.dumps(body(1)).encode()),
    }
    api.always(lambda request: answers[request.url])
    client = api.client(
        auth=BearerAuth(token="${secret:a}"), hosts=[Host(host="files.example.org")], headers={"X-Key": "${secret:b}"}
    )

    (page,) = walk(client)

    assert page.records == (b'{"id": 1}',)
    assert page.request == THINGS
    assert ["Authorization" in sent.headers for sent in api.sent] == [True, True, False]
    assert ["X-Key" in sent.headers for sent in api.sent] == [True, True, False]


def test_a_declared_host_may_take_the_credentials_too(api):
    api.replies(Response(302, {"Location": "https://eu.example.org/x"}), body(1))
    hosts = [Host(host="eu.example.org", credentials=True)]

    walk(api.client(auth=BearerAuth(token="${secret:a}"), hosts=hosts))

    assert ["Authorization" in sent.headers for sent in api.sent] == [True, True]


def test_redirects_without_end_are_an_error(api):
    api.always(Response(302, {"Location": "/v1/things"}))

    with pytest.raises(ApiError, match="redirected more than 5 times"):
        walk(api.client())
    assert len(api.sent) == 6


def test_a_redirect_of_a_post_is_not_followed(api):
    api.replies(Response(307, {"Location": "/v1/other"}))

    with pytest.raises(ApiError, match=r"answered 307; redirects are not followed"):
        walk(api.client(), NoPages(), Request("/search", "POST", body={"q": 1}))


def test_a_next_link_to_a_declared_host_is_followed_without_credentials(api):
    api.replies(body(1, next="https://files.example.org/2"), body(2, next="3"), body(3))
    client = api.client(auth=BearerAuth(token="${secret:a}"), hosts=[Host(host="files.example.org")])

    walk(client, NextUrlPages(read="body.next"))

    assert [sent.url for sent in api.sent[1:]] == ["https://files.example.org/2", "https://files.example.org/3"]
    assert ["Authorization" in sent.headers for sent in api.sent] == [True, False, False]


def test_a_key_that_the_api_puts_into_its_links_is_never_stored(api):
    api.replies(body(1, next=f"{BASE}/things?api_key={KEY}&page=2"), body(2))
    client = api.client(
        auth=ApiKeyAuth(key="${secret:x}", write="query.api_key"), secrets=lambda text: text.replace("${secret:x}", KEY)
    )

    first, second = walk(client, NextUrlPages(read="body.next"))

    assert first.next == Request(f"{BASE}/things?page=2")
    assert KEY not in json.dumps([first.next.stored(), second.request.stored(), first.url, second.url])
    assert api.sent[1].url == f"{BASE}/things?page=2&api_key={KEY}"


@pytest.mark.parametrize("status", [401, 429, 500])
def test_a_key_that_the_api_repeats_is_not_shown(api, status, caplog):
    caplog.set_level(logging.DEBUG)
    api.replies(*[refused(status, message=f"Key {KEY} is bad")] * 2)
    client = api.client(
        auth=BearerAuth(token="${secret:shop}"),
        secrets=lambda text: text.replace("${secret:shop}", KEY),
        retry=Retry(tries=2),
    )

    with pytest.raises(ApiError) as raised:
        walk(client)

    seen, error = [], raised.value
    while error:
        seen.append(repr(error))
        error = error.__cause__ or error.__context__
    assert f"answered {status} (Key *** is bad)" in str(raised.value)
    assert KEY not in "".join(seen) + caplog.text


def test_references_in_the_clients_headers_are_resolved_and_those_in_a_request_never(api):
    api.replies(body(1, next="${secret:other}"), body(2))
    client = api.client(headers={"X-Tenant": "${env:TENANT}"}, secrets=lambda text: text.replace("${", "resolved:{"))

    walk(client)

    assert api.sent[0].headers["X-Tenant"] == "resolved:{env:TENANT}"
    assert api.sent[1].url == f"{BASE}/things?cursor=%24%7Bsecret%3Aother%7D"


def test_an_empty_secret_stops_before_anything_is_sent(api):
    client = api.client(
        auth=BearerAuth(token="${secret:shop}"), secrets=lambda text: text.replace("${secret:shop}", "")
    )

    with pytest.raises(ConfigError, match=r"`\$\{secret:shop\}` is empty"):
        walk(client)
    assert api.sent == []


# Asking again


def test_waits_as_long_as_the_api_asks(api):
    api.replies(refused(429, {"Retry-After": "7"}), body(1))

    assert len(walk(api.client())) == 1
    assert api.sent_at == [0, 7]


@pytest.mark.parametrize(
    "setback", [refused(503), refused(500), refused(202), Cut("connection reset"), Response(200, {}, b'{"da')]
)
def test_asks_again_after_what_passes(api, setback):
    api.replies(setback, setback, body(1))

    (page,) = walk(api.client())

    assert page.records == (b'{"id": 1}',)
    assert 1.5 <= api.sent_at[2] <= 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 422])
def test_does_not_ask_again_after_what_stays(api, status):
    api.replies(refused(status, message="no"))

    with pytest.raises(
        ApiError, match=rf"^shop\.things: GET /things, page 1: answered {status} \(no\); check"
    ) as raised:
        walk(api.client())
    assert raised.value.status == status
    assert len(api.sent) == 1


def test_an_error_tells_which_secret_to_check(api):
    api.replies(refused(403))

    with pytest.raises(ApiError, match="check the scopes of secret `headwater/shop`"):
        walk(api.client(auth=BearerAuth(token="${secret:headwater/shop#key}")))


@pytest.mark.parametrize(
    ("setback", "said", "status"),
    [
        (refused(503), "tried 3 times, at last it answered 503; the API has trouble", 503),
        (refused(429), "tried 3 times, at last it answered 429; lower `limits.requests_per_second`", 429),
        (Cut("connection reset"), "tried 3 times, at last it brought no whole answer: connection reset", None),
        (Response(200, {}, b""), "tried 3 times, at last it answered 200, but the body is empty", None),
    ],
)
def test_gives_up_after_so_many_tries(api, setback, said, status):
    api.always(setback)

    with pytest.raises(ApiError, match=said) as raised:
        walk(api.client(retry=Retry(tries=3)))
    assert len(api.sent) == 3
    assert raised.value.status == status


def test_every_page_has_its_own_tries(api):
    api.replies(refused(503), refused(503), body(1, next="b"), refused(503), refused(503), body(2))

    assert len(walk(api.client(retry=Retry(tries=3)))) == 2


def test_a_wait_too_long_to_sit_out_defers_the_run(api):
    api.replies(body(1, next="b"), refused(429, {"Retry-After": "3600"}))
    start = api.clock.now()

    with pytest.raises(
        Deferred, match=r"shop\.things: GET /things\?cursor=b, page 2: answered 429; .* 09:30:00 UTC"
    ) as raised:
        walk(api.client())

    assert timedelta(0) <= raised.value.resume_at - start - timedelta(seconds=3600) < timedelta(seconds=1)
    assert api.clock.seconds < 1


def test_the_end_of_the_days_requests_defers_the_run(api):
    api.replies(body(1, next="b"), body(2, next="c"))

    with pytest.raises(Deferred, match="requests_per_day") as raised:
        walk(api.client(limits=Limits(requests_per_day=2)))

    assert raised.value.resume_at - api.clock.now() == pytest.approx(
        timedelta(hours=15, minutes=30), abs=timedelta(seconds=1)
    )


def test_a_refusal_slows_down_every_client_of_the_source(api):
    api.replies(body(1), refused(429, {"Retry-After": "5"}), body(2), body(3))
    bucket = TokenBucket(Limits(requests_per_second=10), clock=api.clock, sleep=api.clock.sleep)
    first, other = api.client(bucket=bucket), api.client(bucket=bucket)

    walk(first)
    walk(first)
    walk(other)

    assert api.sent_at == pytest.approx([0, 0.1, 5.1, 5.1 + 1 / 5], abs=0.01)


def test_calm_brings_the_pace_back(api):
    bucket = TokenBucket(Limits(requests_per_second=10), clock=api.clock, sleep=api.clock.sleep)
    api.replies(refused(429), *(body(number, next=str(number)) for number in range(30)), body(99))

    walk(api.client(bucket=bucket))

    assert bucket.requests_per_second == 10


def test_waits_are_told(api):
    told = []
    api.replies(refused(429, {"Retry-After": "7"}, message="slow down"), Cut("connection reset"), body(1))

    walk(api.client(on_wait=lambda seconds, reason: told.append((round(seconds), reason))))

    assert told[0] == (7, "answered 429 (slow down)")
    assert told[1][1] == "brought no whole answer: connection reset"


def test_waits_are_logged_where_nobody_else_tells_them(api, caplog):
    api.replies(refused(429, {"Retry-After": "7"}), body(1))

    walk(api.client())

    assert "waiting stream=shop.things seconds=7.0 reason=answered 429" in caplog.text


def test_keeps_the_pace(api):
    api.replies(*(body(number, next=str(number)) for number in range(4)), body(9))

    walk(api.client(limits=Limits(requests_per_second=2)))

    assert api.sent_at == [0, 0.5, 1.0, 1.5, 2.0]


def test_a_doubt_about_the_records_is_told_once_and_kept_with_its_pages(api, caplog):
    api.always({"rows": [{"id": 1}]})
    reads = Reading(Records(path="rows[?kynd]"))

    pages = [api.client().get(Request("/things"), reads) for _ in range(2)]
    client = api.client()
    pages += [client.get(Request("/things"), reads) for _ in range(2)]

    assert all("`kynd`" in page.doubt for page in pages)
    assert sum("records in doubt" in record.message for record in caplog.records) == 3


@pytest.mark.parametrize("status", [403, 429, 503])
@pytest.mark.parametrize("asked", ["3456000", "999999999h", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_wait_of_more_than_a_month_fails_at_once_and_is_told(api, status, asked):
    api.always(Response(status, {"Retry-After": asked}, b'{"message": "blocked"}'))

    with pytest.raises(
        ApiError, match=rf"answered {status} \(blocked\) and asks to wait for [\d,]+ days, longer"
    ) as told:
        api.client().get(Request("/things"), "data")

    assert not isinstance(told.value, Deferred)
    assert (len(api.sent), api.clock.slept) == (1, [])


def test_a_month_is_waited_for(api):
    api.always(Response(429, {"Retry-After": str(31 * 86_400)}))

    with pytest.raises(Deferred, match="2026-12-25"):
        api.client().get(Request("/things"), "data")


def pages_of_format(api, form, **past_end):
    pagination = NumberedPages(write="query.page", **past_end)
    return list(api.client().pages(Request("/things"), pagination=pagination, records=Reading(format=form)))


EMPTY = Response(200, {"Content-Length": "0"})


@pytest.mark.parametrize(
    ("form", "first"), [(CsvAnswers(), b"id\n1\n"), (NdjsonAnswers(), b'{"id": 1}\n')], ids=["csv", "ndjson"]
)
def test_a_page_without_a_byte_behind_the_last_one_is_the_end_and_not_asked_for_again(api, form, first):
    api.replies(Response(200, {}, first), EMPTY)

    assert [len(page.records) for page in pages_of_format(api, form)] == [1, 0]
    assert len(api.sent) == 2


def test_a_first_page_without_a_byte_is_no_table(api):
    api.always(EMPTY)

    with pytest.raises(ApiError, match="not even the names of columns came"):
        pages_of_format(api, CsvAnswers())


def test_json_without_a_byte_is_the_end_where_that_is_declared(api):
    api.replies([{"id": 1}], EMPTY)
    assert len(pages_of_format(api, JsonAnswers(), past_end={"empty_body": True})) == 2

    api.replies([{"id": 1}], *[EMPTY] * 8)
    with pytest.raises(ApiError, match=r"tried 8 times.*the body is empty; where that means .*empty_body: true"):
        pages_of_format(api, JsonAnswers())
