"""All auth kinds, by what they add to a request and what they keep to themselves."""

from base64 import b64decode

import pytest
from pydantic import ValidationError

from glue_lib.api.auth.api_key import ApiKeyAuth
from glue_lib.api.auth.basic import BasicAuth
from glue_lib.api.auth.bearer import BearerAuth
from glue_lib.api.auth.none import NoAuth
from glue_lib.api.exchange import SignedRequest
from glue_lib.api.request import Request
from glue_lib.errors import ConfigError

PLAIN = SignedRequest("GET", "https://api.example.org/v1/things?page=2", {"Accept": "application/json"})
STORE = {"${secret:shop#key}": "k-123", "${secret:shop#mail}": "ann@example.org"}


def secrets(text):
    for reference, value in STORE.items():
        text = text.replace(reference, value)
    return text


def test_none_adds_nothing():
    assert NoAuth().sign(PLAIN, secrets) == PLAIN


def test_bearer_adds_its_header():
    signed = BearerAuth(token="${secret:shop#key}").sign(PLAIN, secrets)

    assert signed.headers == {"Accept": "application/json", "Authorization": "Bearer k-123"}
    assert signed.url == PLAIN.url


def test_basic_encodes_user_name_and_password():
    auth = BasicAuth(username="${secret:shop#mail}/token", password="${secret:shop#key}")

    scheme, _, encoded = auth.sign(PLAIN, secrets).headers["Authorization"].partition(" ")

    assert (scheme, b64decode(encoded)) == ("Basic", b"ann@example.org/token:k-123")


def test_basic_works_without_a_password_and_with_any_letters():
    key = BasicAuth(username="${secret:shop#key}").sign(PLAIN, secrets)
    umlaut = BasicAuth(username="ä", password="ö").sign(PLAIN, secrets)

    assert b64decode(key.headers["Authorization"].split()[1]) == b"k-123:"
    assert b64decode(umlaut.headers["Authorization"].split()[1]).decode() == "ä:ö"


def test_a_key_goes_into_a_header_in_place_of_another_spelling():
    request = SignedRequest("GET", "https://h/", {"x-shop-key": "old"})

    signed = ApiKeyAuth(key="${secret:shop#key}", write="header.X-Shop-Key").sign(request, secrets)

    assert signed.headers == {"X-Shop-Key": "k-123"}


def test_a_key_goes_into_the_query():
    auth = ApiKeyAuth(key="${secret:shop#mail}", write="query.api key")

    assert auth.sign(PLAIN, secrets).url == f"{PLAIN.url}&api%20key=ann%40example.org"
    assert auth.sign(SignedRequest("GET", "https://h/x"), secrets).url == "https://h/x?api%20key=ann%40example.org"


def test_a_key_may_follow_a_word_of_the_apis_own():
    auth = ApiKeyAuth(key="Token ${secret:shop#key}", write="header.Authorization")

    assert auth.sign(PLAIN, secrets).headers["Authorization"] == "Token k-123"


@pytest.mark.parametrize("place", ["fragment.key", "url", "path.key", "cookie", "body"])
def test_a_key_goes_nowhere_else(place):
    with pytest.raises(ValidationError):
        ApiKeyAuth(key="${secret:shop#key}", write=place)


@pytest.mark.parametrize(
    ("auth", "request_", "stored"),
    [
        ("query.api_key", Request("https://h/x?api_key=k-123&page=2"), Request("https://h/x?page=2")),
        ("query.api_key", Request("/x", query={"api_key": "k-123", "a": "1"}), Request("/x", query={"a": "1"})),
        ("header.X-Key", Request("/x", headers={"x-key": "k-123", "a": "1"}), Request("/x", headers={"a": "1"})),
    ],
)
def test_a_key_that_the_api_repeats_in_its_links_is_not_kept(auth, request_, stored):
    assert ApiKeyAuth(key="${secret:shop#key}", write=auth).forget(request_) == stored


def test_the_other_kinds_leave_requests_as_they_are():
    request = Request("https://h/x?token=page-2")

    assert BearerAuth(token="${secret:shop#key}").forget(request) == request


@pytest.mark.parametrize("stored", ["k-123\n", "  k-123 "])
def test_space_around_a_stored_credential_is_left_out(stored):
    signed = BearerAuth(token="${secret:shop#key}").sign(PLAIN, lambda text: stored)

    assert signed.headers["Authorization"] == "Bearer k-123"


@pytest.mark.parametrize(
    ("stored", "said"), [("", "is empty"), (" \n", "is empty"), ("k\r\nX: y", "line breaks"), ("kéy", "no header")]
)
@pytest.mark.parametrize(
    "auth",
    [
        BearerAuth(token="${secret:shop#key}"),
        ApiKeyAuth(key="${secret:shop#key}"),
        ApiKeyAuth(key="${secret:shop#key}", write="query.k"),
    ],
)
def test_an_unusable_credential_is_named_but_not_shown(auth, stored, said):
    with pytest.raises(ConfigError, match=said) as raised:
        auth.sign(PLAIN, lambda text: stored)

    assert "${secret:shop#key}" in str(raised.value)
    assert not stored.strip() or stored not in str(raised.value)


def test_an_empty_user_name_is_an_error():
    with pytest.raises(ConfigError, match=r"auth\.username: `\$\{secret:shop#mail\}` is empty"):
        BasicAuth(username="${secret:shop#mail}").sign(PLAIN, lambda text: "")


def test_secrets_are_named_without_their_fields():
    auth = BasicAuth(
        username="${secret:prod/desk#mail}/token", password="${secret:prod/desk#key}${env:X}${secret:other}"
    )

    assert auth.secret_names() == ["other", "prod/desk"]
    assert NoAuth().secret_names() == []


def test_a_signed_request_shows_no_credential():
    signed = ApiKeyAuth(key="${secret:shop#key}", write="query.k").sign(
        BearerAuth(token="${secret:shop#key}").sign(PLAIN, secrets), secrets
    )

    assert "k-123" not in repr(signed)
    assert "k-123" not in str(signed)


KEY = "${secret:shop#key}"


@pytest.mark.parametrize(
    ("place", "content", "expected"),
    [
        ("body.key", b'{"a": 1.10, "key": "old"}', b'{"a":1.10,"key":"k-123"}'),
        ("body.auth.key", b'{"n": 12345678901234567890}', b'{"n":12345678901234567890,"auth":{"key":"k-123"}}'),
        ("body.key", None, b'{"key":"k-123"}'),
    ],
)
def test_a_key_goes_into_a_body_and_leaves_the_rest_as_it_is_written(place, content, expected):
    signed = ApiKeyAuth(key=KEY, write=place).sign(SignedRequest("POST", "https://h/", {}, content), secrets)

    assert signed.content == expected
    assert signed.headers["Content-Type"].startswith("application/")


def test_a_key_goes_into_a_form_where_the_body_is_one():
    form = SignedRequest(
        "POST", "https://h/", {"content-type": "application/x-www-form-urlencoded"}, b"a=1&key=old&b=&a=2"
    )

    signed = ApiKeyAuth(key=KEY, write="body.key").sign(form, secrets)

    assert (signed.content, signed.headers) == (b"a=1&b=&a=2&key=k-123", form.headers)


def test_a_key_goes_into_a_cookie_beside_others():
    request = SignedRequest("GET", "https://h/", {"cookie": "a=1; sid=old"})

    signed = ApiKeyAuth(key=KEY, write="cookie.sid").sign(request, secrets)

    assert signed.headers == {"Cookie": "a=1; sid=k-123"}


def test_the_name_of_the_application_goes_beside_the_key():
    auth = ApiKeyAuth(key=KEY, write="query.app_key", also={"query.app_id": "${secret:shop#mail}", "header.X": "y"})

    signed = auth.sign(SignedRequest("GET", "https://h/?app_key=old&a=1"), secrets)

    assert (signed.url, signed.headers) == ("https://h/?a=1&app_key=k-123&app_id=ann%40example.org", {"X": "y"})
    assert auth.secret_names() == ["shop"]


@pytest.mark.parametrize(
    ("place", "request_", "expected"),
    [
        ("body.key", Request("/x", body={"key": "k", "a": 1}), Request("/x", body={"a": 1})),
        ("body.key", Request("/x"), Request("/x")),
        ("cookie.sid", Request("/x", headers={"cookie": "sid=1", "A": "b"}), Request("/x", headers={"A": "b"})),
    ],
)
def test_a_stored_request_has_no_key(place, request_, expected):
    assert ApiKeyAuth(key=KEY, write=place).forget(request_) == expected
