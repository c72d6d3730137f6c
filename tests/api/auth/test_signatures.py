"""Signatures, each one held against what a server would work out, or against the example of its standard."""

import hashlib
import hmac
import sys
from base64 import b64encode
from datetime import UTC, datetime

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pydantic import ValidationError

from glue_lib.api.auth import sigv4
from glue_lib.api.auth.base import Moment
from glue_lib.api.auth.challenge import Challenge
from glue_lib.api.auth.digest import DigestAuth
from glue_lib.api.auth.hmac_signature import HmacAuth
from glue_lib.api.auth.oauth2_jwt_bearer import OAuth2JwtBearerAuth
from glue_lib.api.auth.sigv4 import SigV4Auth
from glue_lib.api.exchange import Response, SignedRequest
from glue_lib.api.request import Request
from glue_lib.errors import ApiError, ConfigError

AT = Moment(datetime(2026, 11, 24, 8, 30, tzinfo=UTC), "nonce-1")
PLAIN = SignedRequest("GET", "https://api.example.org/v1/things?b=2&a=1%2F", {"Accept": "application/json"})
RSA = rsa.generate_private_key(65537, 2048)
EC = ec.generate_private_key(ec.SECP256R1())


def pem_of(key):
    kinds = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(*kinds).decode()


STORE = {"${secret:x#id}": "app-1", "${secret:x#secret}": "s-123", "${secret:x#b64}": b64encode(b"\x00raw").decode()}
KEYS = {"${secret:x#rsa}": pem_of(RSA), "${secret:x#ec}": pem_of(EC)}


def secrets(text):
    for reference, value in {**STORE, **KEYS}.items():
        text = text.replace(reference, value)
    return text


def jwt_auth(**options):
    base = {"token_url": "/token", "issuer": "${secret:x#id}", "private_key": "${secret:x#rsa}"}
    return OAuth2JwtBearerAuth(**base | options)


def form_of(request):
    return dict(pair.split("=") for pair in request.content.decode().split("&"))


@pytest.mark.parametrize(("algorithm", "name", "key"), [("RS256", "rsa", RSA), ("ES256", "ec", EC)])
def test_a_signed_token_says_who_we_are_for_a_short_while(algorithm, name, key):
    auth = jwt_auth(private_key=f"${{secret:x#{name}}}", algorithm=algorithm, subject="ann", key_id="k1")

    form = form_of(auth.token_request(secrets, "https://api.example.org", AT))

    options = {"verify_exp": False, "verify_iat": False}
    claims = jwt.decode(
        form["assertion"], key.public_key(), [algorithm], audience="https://api.example.org/token", options=options
    )
    seconds = int(AT.now.timestamp())
    assert form["grant_type"] == "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"
    assert claims.pop("aud") == "https://api.example.org/token"
    assert claims == {"iss": "app-1", "sub": "ann", "iat": seconds - 60, "exp": seconds + 180, "jti": "nonce-1"}
    assert jwt.get_unverified_header(form["assertion"])["kid"] == "k1"


def test_a_signed_token_takes_the_place_of_a_clients_secret_or_goes_into_the_header():
    client = form_of(jwt_auth(shown_as="client_assertion").token_request(secrets, "https://h", AT))
    header = jwt_auth(shown_as="header").token_request(secrets, "https://h", AT)

    assert client["grant_type"] == "client_credentials" and client["client_assertion"].count(".") == 2
    assert header.headers["Authorization"].startswith("Bearer eyJ") and b"assertion" not in header.content


@pytest.mark.parametrize("bent", [lambda pem: pem.replace("\n", "\\n"), lambda pem: pem.replace("\n", " ").strip()])
def test_a_key_may_have_lost_its_line_breaks(bent):
    KEYS["${secret:x#bent}"] = bent(pem_of(RSA))

    assert jwt_auth(private_key="${secret:x#bent}").token_request(secrets, "https://h", AT)


@pytest.mark.parametrize("key", ["${secret:x#secret}", "${secret:x#ec}", "${secret:x#torn}"])
def test_a_key_that_cannot_sign_is_told_without_its_text(key):
    KEYS["${secret:x#torn}"] = pem_of(RSA)[:200]

    with pytest.raises(ConfigError) as error:
        jwt_auth(private_key=key).token_request(secrets, "https://h", AT)

    assert "no private key in PEM form that can sign with RS256" in str(error.value)
    assert error.value.__cause__ is None and error.value.__suppress_context__


def test_a_request_is_signed_as_its_recipe_says():
    auth = HmacAuth(
        secret="${secret:x#secret}",
        sign_text="{method}\n{path_query}\n{timestamp}\n{nonce}\n{body_hash}",
        write={
            "header.X-App": "${secret:x#id}",
            "header.X-Time": "{timestamp}",
            "header.X-Nonce": "{nonce}",
            "header.Authorization": "HMAC ${secret:x#id}:{signature}",
        },
    )

    signed = auth.sign_at(PLAIN, secrets, AT)

    text = f"GET\n/v1/things?b=2&a=1%2F\n1795509000\nnonce-1\n{hashlib.sha256(b'').hexdigest()}"
    expected = hmac.new(b"s-123", text.encode(), "sha256").hexdigest()
    added = {name: value for name, value in signed.headers.items() if name not in PLAIN.headers}
    assert added == {
        "X-App": "app-1",
        "X-Time": "1795509000",
        "X-Nonce": "nonce-1",
        "Authorization": f"HMAC app-1:{expected}",
    }


def test_what_is_written_into_the_query_is_signed_too_and_the_signature_comes_last():
    auth = HmacAuth(
        secret="${secret:x#b64}",
        secret_is="base64",
        hash="sha512",
        encoding="base64",
        timestamp="iso",
        sign_text="{host}{path}?{sorted_query}&{header.X-N}",
        write={"query.sig": "{signature}", "query.t": "{timestamp}", "header.x-n": "{nonce}"},
    )

    signed = auth.sign_at(PLAIN, secrets, AT)

    text = b"api.example.org/v1/things?a=1%2F&b=2&t=2026-11-24T08%3A30%3A00Z&nonce-1"
    expected = b64encode(hmac.new(b"\x00raw", text, "sha512").digest()).decode()
    assert signed.url.partition("&sig=")[2] == expected.replace("/", "%2F").replace("+", "%2B").replace("=", "%3D")


def test_a_reference_that_an_api_plants_in_an_address_is_not_resolved():
    auth = HmacAuth(secret="${secret:x#secret}", sign_text="{url}", write={"header.X": "{url}{signature}"})
    planted = SignedRequest("GET", "https://h/${secret:x#secret}/{nonce}")

    assert auth.sign_at(planted, secrets, AT).headers["X"].startswith(planted.url)


def test_a_recipe_knows_its_words():
    with pytest.raises(ValidationError, match=r"`{pth}` is not one of method, url, host, path"):
        HmacAuth(secret="${secret:x#secret}", sign_text="{pth}", write={"header.X": "{signature}"})


@pytest.mark.parametrize("secret_is", ["hex", "base64"])
def test_a_secret_that_is_not_written_as_declared_is_told(secret_is):
    auth = HmacAuth(secret="${secret:x#id}", secret_is=secret_is, sign_text="{url}", write={"header.X": "{signature}"})

    with pytest.raises(ConfigError, match=f"is not {secret_is}") as error:
        auth.sign_at(PLAIN, secrets, AT)
    assert "app-1" not in str(error.value)


def test_a_stored_request_has_no_signature():
    auth = HmacAuth(secret="${secret:x#secret}", sign_text="{url}", write={"query.sig": "{signature}"})

    assert auth.forget(Request("https://h/x?sig=abc&page=2")) == Request("https://h/x?page=2")


def test_aws_can_work_out_the_same_signature():
    auth = SigV4Auth(access_key="${secret:x#id}", secret_key="${secret:x#secret}", region="eu-west-1")
    request = SignedRequest("POST", PLAIN.url, {"X-Mine": "1", "User-Agent": "u"}, b'{"a": 1}')

    headers = auth.sign(request, secrets).headers

    moment, day = headers["X-Amz-Date"], headers["X-Amz-Date"][:8]
    body = hashlib.sha256(b'{"a": 1}').hexdigest()
    canonical = "\n".join(
        [
            *("POST", "/v1/things", "a=1%2F&b=2", "host:api.example.org", f"x-amz-date:{moment}", "x-mine:1"),
            *("", "host;x-amz-date;x-mine", body),
        ]
    )
    scope = f"{day}/eu-west-1/execute-api/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = b"AWS4s-123"
    for part in (*scope.split("/"), text):
        key = hmac.new(key, part.encode(), "sha256").digest()
    assert headers["Authorization"] == (
        f"AWS4-HMAC-SHA256 Credential=app-1/{scope}, SignedHeaders=host;x-amz-date;x-mine, Signature={key.hex()}"
    )
    assert headers["User-Agent"] == "u"


def test_a_session_token_of_aws_is_signed_along():
    auth = SigV4Auth(
        access_key="${secret:x#id}", secret_key="${secret:x#secret}", session_token="${secret:x#b64}", region="r"
    )

    headers = auth.sign(PLAIN, secrets).headers

    assert headers["X-Amz-Security-Token"] == STORE["${secret:x#b64}"]
    assert "x-amz-security-token" in headers["Authorization"]


DIGEST = DigestAuth(username="${secret:x#user}", password="${secret:x#word}")
RFC = "0a4f113b", "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"


def digest_of(header, *, at="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", request=None, count=1):
    def mufasa(text):
        return {"${secret:x#user}": "Mufasa", "${secret:x#word}": "Circle of Life"}[text]

    challenge = DIGEST.challenge_of(Response(401, {"www-authenticate": header}))
    request = request or SignedRequest("GET", "http://www.example.org/dir/index.html")
    counted = Challenge(challenge.parameters, count)
    return DIGEST.answer(request, counted, mufasa, Moment(AT.now, at)).headers["Authorization"]


@pytest.mark.parametrize(
    ("algorithm", "expected"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_a_digest_is_that_of_the_standards_example(algorithm, expected):
    told = digest_of(
        f'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={algorithm}, '
        f'nonce="{RFC[1]}", opaque="{RFC[2]}"'
    )

    assert f'response="{expected}"' in told
    assert f'opaque="{RFC[2]}"' in told and "nc=00000001" in told and "qop=auth," in told


def test_a_digest_without_protection_is_that_of_the_old_standards_example():
    # The example of RFC 2069 as corrected by its erratum.
    told = digest_of('Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"')

    who = hashlib.md5(b"Mufasa:testrealm@host.com:Circle of Life").hexdigest()
    what = hashlib.md5(b"GET:/dir/index.html").hexdigest()
    expected = hashlib.md5(f"{who}:dcd98b7102dd2f0e8b11d0f600bfb0c093:{what}".encode()).hexdigest()
    assert f'response="{expected}"' in told
    assert "nc=" not in told and "cnonce" not in told


def test_the_best_challenge_that_is_known_is_taken_among_several_schemes():
    header = (
        'Basic realm="a, Digest b", Digest realm="old", nonce="1", algorithm=MD5, qop="auth", '
        'Digest realm="new", nonce="2", algorithm=SHA-256, qop="auth", Digest realm="odd", nonce="3", algorithm=ODD'
    )

    assert DIGEST.challenge_of(Response(401, {"WWW-Authenticate": header})).parameters["realm"] == "new"


@pytest.mark.parametrize(
    "response",
    [
        Response(403, {"WWW-Authenticate": 'Digest realm="a", nonce="1"'}),
        Response(401, {"WWW-Authenticate": 'Basic realm="a"'}),
        Response(401, {"WWW-Authenticate": 'Digest realm="a"'}),
        Response(401, {"WWW-Authenticate": "Digest"}),
        Response(401),
    ],
)
def test_what_is_no_challenge_is_none(response):
    assert DIGEST.challenge_of(response) is None


def test_a_body_is_hashed_where_the_server_wants_it_and_the_session_bound():
    post = SignedRequest("POST", "http://h/x?y=1", {}, b"content")
    told = digest_of('Digest realm="r", nonce="n", algorithm=MD5-sess, qop="auth-int"', at="c", request=post, count=11)

    def md5(text):
        return hashlib.md5(text.encode()).hexdigest()

    who = md5(f"{md5('Mufasa:r:Circle of Life')}:n:c")
    assert (
        f'response="{md5(":".join([who, "n", "0000000b", "c", "auth-int", md5("POST:/x?y=1:" + md5("content"))]))}"'
        in told
    )


def test_a_protection_that_nobody_knows_is_told():
    with pytest.raises(ApiError, match="the API wants `qop=token` of a digest"):
        digest_of('Digest realm="r", nonce="n", qop="token"')


def test_the_role_of_the_machine_signs_where_no_keys_are_given(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAROLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "role-secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "role-token")
    sigv4._role.cache_clear()

    headers = SigV4Auth(region="eu-west-1", service="es").sign(PLAIN, secrets).headers

    sigv4._role.cache_clear()
    assert "Credential=AKIAROLE/" in headers["Authorization"] and "/eu-west-1/es/" in headers["Authorization"]
    assert headers["X-Amz-Security-Token"] == "role-token"


def test_a_library_that_is_missing_is_told_with_the_extra_that_brings_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "jwt", None)

    with pytest.raises(ConfigError, match=r"pip install 'headwater\[jwt\]'"):
        jwt_auth().token_request(secrets, "https://h", AT)
