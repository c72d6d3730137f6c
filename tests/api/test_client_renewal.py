"""Tokens as a client uses them: renewed once in the middle of a walk, and the request that was refused sent again."""

import json
from typing import Any

import pytest

from glue_lib.api.auth.bearer import BearerAuth
from glue_lib.api.auth.digest import DigestAuth
from glue_lib.api.auth.session_login import SessionAuth
from glue_lib.api.exchange import Response, SignedRequest
from glue_lib.api.pagination.token import TokenPages
from glue_lib.api.request import Request
from glue_lib.errors import ApiError

PAGES = TokenPages(read="body.next", write="query.after")
LOGIN = SessionAuth(
    login="/login",
    body={"password": "${secret:x#p}"},
    read="body.token",
    write="header.X-Session",
    expired={"statuses": [401, 419], "when": "body.error", "is": ["session_expired"]},
)


class Sessions:
    """An API whose sessions end after some requests, each time in the way that `ended` is."""

    def __init__(self, ended: Response, requests_each: int = 2) -> None:
        self.ended, self.requests_each = ended, requests_each
        self.logins, self.left, self.asked = 0, 0, []

    def __call__(self, request: SignedRequest) -> Any:
        if request.url.endswith("/login"):
            self.logins, self.left = self.logins + 1, self.requests_each
            return {"token": f"session-{self.logins}"}
        if request.headers["X-Session"] != f"session-{self.logins}" or self.left == 0:
            return self.ended
        self.left -= 1
        page = int(request.url.partition("after=")[2] or 1)
        self.asked.append(page)
        return {"data": [{"id": page}], "next": str(page + 1) if page < 6 else None}


ENDED = {
    "401": Response(401),
    "419": Response(419),
    "200": Response(200, {}, json.dumps({"error": "session_expired"}).encode()),
}


@pytest.mark.parametrize("ended", ENDED.values(), ids=ENDED)
def test_a_session_that_ends_in_the_middle_is_renewed_and_nothing_is_lost_or_doubled(api, ended):
    server = Sessions(ended)
    api.always(server)

    pages = list(api.client(auth=LOGIN).pages(Request("/things"), pagination=PAGES, records="data"))

    assert [record for page in pages for record in page.records] == [b'{"id": %d}' % number for number in range(1, 7)]
    assert (server.asked, server.logins) == ([1, 2, 3, 4, 5, 6], 3)


def test_a_token_that_is_refused_as_soon_as_it_is_new_ends_it(api):
    server = Sessions(Response(401), requests_each=0)
    api.always(server)

    with pytest.raises(ApiError, match="answered 401; check secret `x`"):
        api.client(auth=LOGIN).get(Request("/things"), "data")

    assert server.logins == 2


def test_a_kind_without_tokens_is_refused_at_once(api):
    api.replies(Response(401))

    with pytest.raises(ApiError, match="answered 401"):
        api.client(auth=BearerAuth(token="${secret:x#p}")).get(Request("/things"), "data")


def test_a_login_that_fails_is_told_with_the_stream_that_needed_it(api):
    api.replies(Response(403, {}, b'{"message": "locked"}'))

    with pytest.raises(ApiError) as error:
        api.client(auth=LOGIN).get(Request("/things"), "data")

    assert str(error.value) == (
        "shop.things: GET /things, page 1: the token: POST https://api.example.org/v1/login answered 403 (locked); "
        "check secret `x`"
    )


def test_a_challenge_is_met_by_the_same_request_and_by_all_that_follow(api):
    def server(request: SignedRequest) -> Any:
        if "Digest" not in request.headers.get("Authorization", ""):
            return Response(401, {"WWW-Authenticate": 'Digest realm="r", nonce="n", qop="auth"'})
        page = int(request.url.partition("after=")[2] or 1)
        return {"data": [{"id": page}], "next": str(page + 1) if page < 3 else None}

    api.always(server)
    auth = DigestAuth(username="ann", password="${secret:x#p}")

    pages = list(api.client(auth=auth).pages(Request("/things"), pagination=PAGES, records="data"))

    assert len(pages) == 3
    counts = [request.headers.get("Authorization", "").partition("nc=")[2][:8] for request in api.sent]
    assert counts == ["", "00000001", "00000002", "00000003"]
