"""What the token kinds ask for, what they read from the answer, and how they say that a token has expired."""

import json
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest
from pydantic import ValidationError

from glue_lib.api.auth.base import Moment
from glue_lib.api.auth.oauth2_client_credentials import OAuth2ClientCredentialsAuth
from glue_lib.api.auth.oauth2_password import OAuth2PasswordAuth
from glue_lib.api.auth.oauth2_refresh_token import OAuth2RefreshTokenAuth
from glue_lib.api.auth.session_login import SessionAuth
from glue_lib.api.auth.token import Expired
from glue_lib.api.body import Body
from glue_lib.api.exchange import Response, SignedRequest
from glue_lib.api.request import Request
from glue_lib.errors import ApiError, ConfigError

NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
AT = Moment(NOW, "nonce-1")
PLAIN = SignedRequest("GET", "https://api.example.org/v1/things?page=2")
STORE = {
    "${secret:x#id}": "app 1",
    "${secret:x#secret}": "s/1:?",
    "${secret:x#refresh}": "r-1",
    "${secret:x#p}": " p ä\n",
}
CLIENT = {"token_url": "/token", "client_id": "${secret:x#id}", "client_secret": "${secret:x#secret}"}


def secrets(text):
    for reference, value in STORE.items():
        text = text.replace(reference, value)
    return text


def asked(auth):
    return auth.token_request(secrets, "https://api.example.org/v1", AT)


def form_of(request):
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    return {name: value for name, (value,) in parse_qs(request.content.decode()).items()}


def answer(content, **headers):
    return Response(
        200, {name.replace("_", "-"): value for name, value in headers.items()}, json.dumps(content).encode()
    )


def test_a_client_shows_itself_as_http_basic_each_half_encoded():
    request = asked(OAuth2ClientCredentialsAuth(**CLIENT, scope="a b", params={"audience": "x"}))

    assert (request.method, request.url) == ("POST", "https://api.example.org/v1/token")
    assert b64decode(request.headers["Authorization"].removeprefix("Basic ")) == b"app+1:s%2F1%3A%3F"
    assert form_of(request) == {"grant_type": "client_credentials", "scope": "a b", "audience": "x"}


def test_a_client_shows_itself_in_the_form():
    request = asked(OAuth2ClientCredentialsAuth(**CLIENT, client_in="body"))

    assert "Authorization" not in request.headers
    assert form_of(request) == {"grant_type": "client_credentials", "client_id": "app 1", "client_secret": "s/1:?"}


@pytest.mark.parametrize("url", ["https://login.example.org/t", "http://127.0.0.1:8080/t"])
def test_a_token_endpoint_has_an_address_of_its_own(url):
    assert asked(OAuth2ClientCredentialsAuth(**CLIENT | {"token_url": url})).url == url


@pytest.mark.parametrize("url", ["ftp://login.example.org", "token", "//login.example.org/t", "file:///etc/passwd"])
def test_a_token_endpoint_is_an_address_or_a_path(url):
    with pytest.raises(ValidationError, match="neither an `https://` address nor a path"):
        OAuth2ClientCredentialsAuth(**CLIENT | {"token_url": url})


def test_a_refresh_token_is_shown_and_the_one_that_replaces_it_is_told():
    auth = OAuth2RefreshTokenAuth(**CLIENT, client_in="body", refresh_token="${secret:x#refresh}")

    assert form_of(asked(auth))["refresh_token"] == "r-1"
    assert auth.token_of(answer({"access_token": "t"}), NOW).replaced == {}
    both = auth.token_of(answer({"access_token": "t", "refresh_token": "r-2"}), NOW)
    assert both.replaced == {"${secret:x#refresh}": "r-2"}
    assert "r-2" not in repr(both)


def test_a_refresh_token_is_one_reference_since_it_is_written_to():
    with pytest.raises(ValidationError, match="must be one reference and nothing else"):
        OAuth2RefreshTokenAuth(**CLIENT, refresh_token="x ${secret:x#refresh}")


def test_a_password_may_have_spaces_and_any_letters_and_no_line_end():
    auth = OAuth2PasswordAuth(token_url="/t", username="${secret:x#id}", password="${secret:x#p}")

    assert form_of(asked(auth)) == {"grant_type": "password", "username": "app 1", "password": " p ä"}
    with pytest.raises(ConfigError, match="store both there"):
        asked(OAuth2PasswordAuth(token_url="/t", username=" ", password="${secret:x#p}"))


def test_a_login_sends_json_with_references_at_any_depth():
    auth = SessionAuth(
        login="/login",
        body={"user": {"name": "${secret:x#id}", "keep": True}, "keys": ["${secret:x#secret}", 7]},
        headers={"X-App": "${secret:x#refresh}"},
        read="body.t",
        write="query.session",
    )
    request = asked(auth)

    assert request.headers == {"Accept": "application/json", "X-App": "r-1", "Content-Type": "application/json"}
    assert json.loads(request.content) == {"user": {"name": "app 1", "keep": True}, "keys": ["s/1:?", 7]}


def test_a_login_sends_a_form_or_http_basic():
    login = {"login": "/login", "read": "body.t", "write": "header.X"}

    form = asked(SessionAuth(**login, form={"user": "${secret:x#id}", "lang": "en"}))
    basic = asked(SessionAuth(**login, username="${secret:x#id}", password="${secret:x#secret}", method="GET"))

    assert form_of(form) == {"user": "app 1", "lang": "en"}
    assert b64decode(basic.headers["Authorization"].removeprefix("Basic ")) == b"app 1:s/1:?"
    assert (basic.method, basic.content) == ("GET", None)


@pytest.mark.parametrize(
    ("place", "response"),
    [
        ("body.data.0.token", answer({"data": [{"token": "t-1"}]})),
        ("header.X-Token", answer({}, x_token="t-1")),
        ("cookie.SID", answer({}, Set_Cookie="A=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT, SID=t-1; Path=/; HttpOnly")),
        ("cookie.SID", answer({}, Set_Cookie='SID="t-1"')),
    ],
)
def test_a_session_token_is_read_from_body_header_or_cookie(place, response):
    assert SessionAuth(login="/l", read=place, write="header.X").token_of(response, NOW).value == "t-1"


@pytest.mark.parametrize(
    ("response", "told"),
    [
        (answer({"access": "hidden", "b": 1}), "no token at `body.access_token`; it has `access`, `b`"),
        (answer({"access_token": {"v": "hidden"}}), "no token at"),
        (answer({"access_token": ""}), "no token at"),
        (Response(200, {}, b"<html>hidden</html>"), "it has no JSON object"),
        (Response(200, {"Content-Type": "text/html; charset=nonsense"}, b"hidden"), "it has no JSON object"),
        (answer({"access_token": "hidden\r\nX: y"}), "is no token that a header can carry"),
    ],
)
def test_an_answer_without_a_usable_token_is_told_and_not_shown(response, told):
    with pytest.raises(ApiError) as error:
        OAuth2ClientCredentialsAuth(**CLIENT).token_of(response, NOW)

    assert told in str(error.value) and "hidden" not in str(error.value)


@pytest.mark.parametrize(
    ("told", "fresh_for"),
    [
        (3600, 3540),  # a minute before its end
        ("3600", 3540),
        (30, 27),  # a tenth of a short life
        (0, None),
        (-5, None),
        ("2026-11-24T08:00:00Z", None),
        (NOW.timestamp() + 600, 540),
        ((NOW.timestamp() + 600) * 1000, 540),
        ("2026-11-24T08:40:00Z", 540),
        ("2026-11-24T09:40:00+01:00", 540),
        ("2026-11-24 08:40:00", 540),
        (None, None),
        ("soon", None),
        (1e300, None),
    ],
)
def test_a_token_is_used_until_shortly_before_the_end_that_it_names(told, fresh_for):
    token = OAuth2ClientCredentialsAuth(**CLIENT).token_of(answer({"access_token": "t", "expires_in": told}), NOW)

    assert token.fresh_until == (None if fresh_for is None else NOW + timedelta(seconds=fresh_for))


def test_a_token_that_names_no_end_has_the_declared_life():
    auth = OAuth2ClientCredentialsAuth(**CLIENT, lives_seconds=1200)

    assert auth.token_of(answer({"access_token": "t"}), NOW).fresh_until == NOW + timedelta(seconds=1140)


@pytest.mark.parametrize(
    ("write", "value", "headers", "url"),
    [
        ("header.Authorization", "Token {token}", {"Authorization": "Token t-1"}, PLAIN.url),
        ("query.sid", "{token}", {}, "https://api.example.org/v1/things?page=2&sid=t-1"),
        ("cookie.SID", "{token}", {"Cookie": "SID=t-1"}, PLAIN.url),
    ],
)
def test_a_token_goes_where_it_is_written(write, value, headers, url):
    auth = SessionAuth(login="/l", read="body.t", write=write, value=value)

    signed = auth.sign_with(PLAIN, auth.token_of(answer({"t": "t-1"}), NOW))

    assert (signed.headers, signed.url) == (headers, url)


def test_a_token_takes_the_place_of_an_older_one_that_a_link_repeats():
    auth = SessionAuth(login="/l", read="body.t", write="query.sid", value="{token}")
    link = Request("https://api.example.org/v1/things?sid=old&page=3")

    assert auth.forget(link) == Request("https://api.example.org/v1/things?page=3")
    signed = auth.sign_with(SignedRequest("GET", link.path), auth.token_of(answer({"t": "new"}), NOW))
    assert signed.url == "https://api.example.org/v1/things?page=3&sid=new"


@pytest.mark.parametrize(
    ("expired", "response", "expected"),
    [
        (Expired(), Response(401), True),
        (Expired(), Response(403), False),
        (Expired(statuses=(419,)), Response(401), False),
        (Expired(when="body.error", words=("token_expired",)), answer({"error": "token_expired"}), True),
        (Expired(when="body.error", words=("token_expired",)), answer({"error": "other"}), False),
        (Expired(when="body.0.code", words=("102",)), answer([{"code": 102}]), True),
        (Expired(when="body.error", words=("x",)), Response(200, {}, b'{"error": "x"' + b" " * 70_000 + b"}"), False),
        (Expired(when="body.error", words=("x",)), Response(200, {}, Body(b'{"error": "x"}')), True),
        (Expired(when="body.error", words=("x",)), Response(200, {}, b"\xff not JSON"), False),
    ],
)
def test_a_token_has_expired_when_the_status_or_the_declared_value_says_so(expired, response, expected):
    assert expired.tells(response) is expected
