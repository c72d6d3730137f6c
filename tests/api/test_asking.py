"""One request until its page comes: signed anew where that helps, and no longer than somebody waits for it."""

import json
from dataclasses import replace

import pytest

from glue_lib.api.auth.base import Auth
from glue_lib.api.authority import Authority
from glue_lib.api.body import Body
from glue_lib.api.exchange import Response, SignedRequest
from glue_lib.api.hosts import Host
from glue_lib.api.limits import Limits, TokenBucket
from glue_lib.api.pagination.next_url import NextUrlPages
from glue_lib.api.pagination.token import TokenPages
from glue_lib.api.request import Request
from glue_lib.errors import ApiError

THINGS = Request("/things")
TOKENS = TokenPages(read="body.next", write="query.cursor")


class Tickets(Authority):
    """Signs with the number of a ticket, which the API may call expired."""

    def __init__(self) -> None:
        super().__init__(Auth(), str, lambda request, timeout: Response(500))
        self.ticket = 1

    def signed(self, request: SignedRequest) -> SignedRequest:
        return replace(request.with_header("X-Ticket", str(self.ticket)), token=self.ticket)

    def renewed(self, request: SignedRequest, response: Response) -> bool:
        if response.status != 401:
            return False
        self.ticket = request.token + 1
        return True


def body(*ids, **rest):
    return {"data": [{"id": number} for number in ids], **rest}


def test_credentials_that_expire_on_the_way_are_renewed_and_the_request_repeated(api):
    api.replies(body(1, next="b"), Response(401), body(2, next="c"), body(3))

    pages = list(api.client(authority=Tickets()).pages(THINGS, pagination=TOKENS, records="data"))

    assert [page.number for page in pages] == [1, 2, 3]
    assert [sent.headers["X-Ticket"] for sent in api.sent] == ["1", "1", "2", "2"]
    assert api.sent[1].url == api.sent[2].url
    assert api.clock.slept == pytest.approx([0.1] * 3)  # the pace, and nothing to calm down


def test_credentials_that_are_refused_again_are_an_error(api):
    api.replies(Response(401), Response(401))

    with pytest.raises(ApiError, match=r"GET /things, page 1: answered 401; check `auth`"):
        api.client(authority=Tickets()).get(THINGS, "data")
    assert len(api.sent) == 2


def test_credentials_that_expire_twice_in_a_long_walk_are_renewed_twice(api):
    api.replies(Response(401), body(1, next="b"), Response(401), body(2))

    list(api.client(authority=Tickets()).pages(THINGS, pagination=TOKENS, records="data"))

    assert [sent.headers["X-Ticket"] for sent in api.sent] == ["1", "2", "2", "3"]


def test_a_host_without_credentials_is_not_asked_to_renew_them(api):
    api.replies(body(1, next="https://files.example.org/2"), Response(401))
    authority = Tickets()
    client = api.client(authority=authority, hosts=[Host(host="files.example.org")])

    with pytest.raises(ApiError, match="answered 401"):
        list(client.pages(THINGS, pagination=NextUrlPages(read="body.next"), records="data"))
    assert ("X-Ticket" in api.sent[1].headers, authority.ticket) == (False, 1)


def test_a_request_is_signed_when_its_turn_has_come(api):
    signed_at = []

    class Timed(Tickets):
        def signed(self, request: SignedRequest) -> SignedRequest:
            signed_at.append(api.clock.seconds)
            return super().signed(request)

    api.replies(body(1, next="b"), body(2))

    list(
        api.client(authority=Timed(), limits=Limits(requests_per_second=0.1)).pages(
            THINGS, pagination=TOKENS, records="data"
        )
    )

    assert signed_at == api.sent_at == [0.0, 10.0]


def test_what_every_answer_says_about_the_limits_is_heeded_but_that_of_other_hosts(api):
    heeded = []

    class Bucket(TokenBucket):
        def heed(self, response, now):
            heeded.append(response.status)

    api.replies(Response(500), body(1, next="https://files.example.org/2"), body(2))
    client = api.client(
        bucket=Bucket(Limits(), clock=api.clock, sleep=api.clock.sleep), hosts=[Host(host="files.example.org")]
    )

    list(client.pages(THINGS, pagination=NextUrlPages(read="body.next"), records="data"))

    assert heeded == [500, 200]


def test_a_long_refusal_is_read_only_as_far_as_it_is_shown(api):
    api.replies(Response(400, {}, Body.of([b'{"message": "', b"x" * 10_000_000, b'"}'], in_memory=0)))

    with pytest.raises(ApiError, match="page 1: answered 400; check the stream's `params`"):
        api.client().get(THINGS, "data")


def test_an_answer_in_a_file_is_a_page_as_any_other(api):
    content = json.dumps(body(1, 2, next=None)).encode()
    api.replies(Response(200, {}, Body.of([content], in_memory=0)))

    page = api.client().get(THINGS, "data")

    assert (list(page.records), page.size) == ([b'{"id": 1}', b'{"id": 2}'], len(content))
