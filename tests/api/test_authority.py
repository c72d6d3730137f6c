"""Who asks for tokens, when, and how often; with a clock that jumps and an API that answers what a test wrote down."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Lock

import pytest

from glue_lib.api.auth.api_key import ApiKeyAuth
from glue_lib.api.auth.digest import DigestAuth
from glue_lib.api.auth.oauth2_client_credentials import OAuth2ClientCredentialsAuth
from glue_lib.api.auth.oauth2_password import OAuth2PasswordAuth
from glue_lib.api.auth.oauth2_refresh_token import OAuth2RefreshTokenAuth
from glue_lib.api.authority import Authority
from glue_lib.api.exchange import Cut, Response, SignedRequest
from glue_lib.api.request import Request
from glue_lib.api.retry import Deferred, Retry
from glue_lib.errors import ApiError

PLAIN = SignedRequest("GET", "https://api.example.org/v1/things")
STORE = {"${secret:crm#id}": "app-1", "${secret:crm#secret}": "s3cr3t-123"}
AUTH = OAuth2ClientCredentialsAuth(
    token_url="/token", client_id="${secret:crm#id}", client_secret="${secret:crm#secret}"
)


def secrets(text):
    for reference, value in STORE.items():
        text = text.replace(reference, value)
    return text


def token(value, **more):
    return Response(200, {}, json.dumps({"access_token": value, **more}).encode())


@pytest.fixture
def authority(api):
    def make(auth=AUTH, **options):
        options = {"base_url": "https://api.example.org/v1", "now": api.clock.now, "sleep": api.clock.sleep} | options
        return Authority(auth, secrets, api.send, **options)

    return make


def bearer(signed):
    return signed.headers["Authorization"].removeprefix("Bearer ")


def test_a_kind_without_tokens_signs_and_asks_nobody(api, authority):
    stateless = authority(ApiKeyAuth(key="${secret:crm#secret}"))

    assert stateless.signed(PLAIN).headers == {"X-Api-Key": "s3cr3t-123"}
    assert not stateless.renewed(PLAIN, Response(401))
    assert api.sent == []


def test_a_token_is_asked_for_at_the_first_request_and_used_until_shortly_before_its_end(api, authority):
    api.replies(token("token-one", expires_in=3600), token("token-two", expires_in="3600"))
    shared = authority()

    first = shared.signed(PLAIN)
    api.clock.sleep(3539)
    assert (bearer(first), bearer(shared.signed(PLAIN))) == ("token-one", "token-one")
    api.clock.sleep(1)
    assert bearer(shared.signed(PLAIN)) == "token-two"

    assert [request.url for request in api.sent] == ["https://api.example.org/v1/token"] * 2


def test_a_token_without_an_end_is_used_until_the_api_refuses_it(api, authority):
    api.replies(token("token-one"), token("token-two"))
    shared = authority()
    first = shared.signed(PLAIN)
    api.clock.sleep(10**7)

    assert bearer(shared.signed(PLAIN)) == "token-one"
    assert not shared.renewed(first, Response(403))
    assert shared.renewed(first, Response(401))
    assert bearer(shared.signed(PLAIN)) == "token-two"


def test_many_threads_ask_for_one_token_and_renew_it_once(api, authority):
    api.replies(token("token-one"), token("token-two"))
    shared, together = authority(), Barrier(8)

    def work(_):
        together.wait()
        signed = shared.signed(PLAIN)
        together.wait()
        assert shared.renewed(signed, Response(401))
        return bearer(shared.signed(PLAIN))

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(work, range(8))) == {"token-two"}
    assert len(api.sent) == 2


def test_a_token_endpoint_that_has_trouble_is_asked_again(api, authority):
    api.replies(Response(503), Cut("timed out"), Response(429, {"Retry-After": "7"}), token("token-one"))

    assert bearer(authority().signed(PLAIN)) == "token-one"
    assert api.clock.slept[-1] == 7


def test_a_refused_client_is_told_and_not_asked_for_again(api, authority):
    api.replies(Response(401, {}, b'{"error": "invalid_client", "error_description": "s3cr3t-123 is unknown"}'))
    shared = authority()

    for _ in range(3):
        with pytest.raises(ApiError) as error:
            shared.signed(PLAIN)
        assert str(error.value) == (
            "the token: POST https://api.example.org/v1/token answered 401 (*** is unknown); check secret `crm`"
        )
    assert len(api.sent) == 1


def test_an_answer_without_a_token_is_told_by_the_names_it_has(api, authority):
    api.replies(Response(200, {}, b'{"token": "hidden-value", "type": "x"}'))

    with pytest.raises(ApiError, match=r"the answer has no token at `body.access_token`; it has `token`, `type`"):
        authority().signed(PLAIN)


def test_a_wait_too_long_for_a_token_defers_the_run(api, authority):
    api.replies(Response(503, {"Retry-After": "3600"}))

    with pytest.raises(Deferred) as deferred:
        authority(retry=Retry(longest_wait_seconds=300)).signed(PLAIN)

    assert (deferred.value.resume_at - api.clock.now()).total_seconds() == 3600


def test_what_was_made_with_a_credential_is_not_shown(api, authority):
    api.replies(token("token-one"))
    shared = authority()
    shared.signed(PLAIN)

    encoded = api.sent[0].headers["Authorization"].split()[1]
    assert shared.redaction.clean(f"Basic {encoded}, Bearer token-one, s3cr3t-123") == "Basic ***, Bearer ***, ***"


def test_a_request_is_stored_without_a_credential_under_any_name(api, authority):
    api.replies(token("token/one"))
    shared = authority()
    shared.signed(PLAIN)

    link = Request("https://api.example.org/v1/things?sig=token%2Fone&page=2", query={"key": "s3cr3t-123", "a": "b"})

    assert shared.forget(link) == Request("https://api.example.org/v1/things?page=2", query={"a": "b"})


REFRESH = OAuth2RefreshTokenAuth(token_url="/token", refresh_token="${secret:crm#refresh}")


class Vault:
    """Secrets that can be written to, and changed by somebody else."""

    def __init__(self, stored):
        self.stored, self.cached = {"${secret:crm#refresh}": stored}, {}

    def __call__(self, text):
        return self.cached.setdefault(text, self.stored.get(text, text))

    def keep(self, reference, value):
        self.stored[reference] = self.cached[reference] = value

    def reload(self):
        self.cached.clear()


def test_a_replaced_refresh_token_is_stored_and_used_from_then_on(api, authority):
    api.replies(token("token-one", refresh_token="r-two"), token("token-two", refresh_token="r-two"), token("three"))
    vault, kept = Vault("r-one"), []

    def keep(reference, value):
        kept.append((reference, value))
        vault.keep(reference, value)

    shared = Authority(REFRESH, vault, api.send, keep=keep, now=api.clock.now)
    for _ in range(3):
        shared.renewed(shared.signed(PLAIN), Response(401))
        if len(api.sent) == 3:
            break

    assert [b"r-one" in request.content for request in api.sent] == [True, False, False]
    assert kept == [("${secret:crm#refresh}", "r-two")]


def test_a_replaced_token_that_cannot_be_stored_is_used_and_warned_of(api, authority, caplog):
    api.replies(token("token-one", refresh_token="r-two"), token("token-two"))
    shared = Authority(REFRESH, Vault("r-one"), api.send, now=api.clock.now)

    shared.renewed(shared.signed(PLAIN), Response(401))

    assert b"r-two" in api.sent[1].content
    assert "${secret:crm#refresh}: what holds it cannot be written to" in caplog.text
    assert "r-two" not in caplog.text


def test_a_refresh_token_that_another_execution_replaced_is_read_first(api):
    vault = Vault("r-one")
    vault("${secret:crm#refresh}")
    vault.stored["${secret:crm#refresh}"] = "r-two"
    api.replies(token("token-one"))

    shared = Authority(REFRESH, vault, api.send, reload=vault.reload, now=api.clock.now)

    assert bearer(shared.signed(PLAIN)) == "token-one"
    assert b"r-two" in api.sent[0].content


def test_a_client_secret_that_was_changed_is_read_again(api):
    vault = Vault("s-one")
    auth = OAuth2PasswordAuth(token_url="/token", username="ann", password="${secret:crm#refresh}")

    def change(request):
        vault.stored["${secret:crm#refresh}"] = "s-two"
        return Response(400, {}, b'{"error": "invalid_grant"}')

    api.replies(change, token("token-one"))
    shared = Authority(auth, vault, api.send, reload=vault.reload, now=api.clock.now)

    assert bearer(shared.signed(PLAIN)) == "token-one"
    assert [b"s-two" in request.content for request in api.sent] == [False, True]


def test_credentials_that_are_still_the_same_are_not_tried_again(api):
    vault = Vault("r-one")
    api.replies(Response(400, {}, b'{"error": "invalid_grant"}'))

    with pytest.raises(ApiError, match="invalid_grant"):
        Authority(REFRESH, vault, api.send, reload=vault.reload, now=api.clock.now, sleep=api.clock.sleep).signed(PLAIN)


DIGEST = DigestAuth(username="${secret:crm#id}", password="${secret:crm#secret}")


def test_a_challenge_is_answered_and_counted_by_each_thread_for_itself(authority):
    shared, together = authority(DIGEST), Barrier(2)

    def work(nonce):
        together.wait()
        bare = shared.signed(PLAIN)
        assert "Authorization" not in bare.headers
        assert shared.renewed(
            bare, Response(401, {"WWW-Authenticate": f'Digest realm="r", nonce="{nonce}", qop="auth"'})
        )
        return [shared.signed(PLAIN).headers["Authorization"] for _ in range(2)]

    with ThreadPoolExecutor(2) as threads:
        for nonce, answers in zip("ab", threads.map(work, "ab"), strict=True):
            assert [f'nonce="{nonce}"' in told for told in answers] == [True, True]
            assert ["nc=00000001" in answers[0], "nc=00000002" in answers[1]] == [True, True]


def test_a_refusal_without_a_challenge_ends_it(authority):
    assert not authority(DIGEST).renewed(PLAIN, Response(401))


def test_errors_that_leave_a_block_are_clean(api, authority):
    shared = authority(ApiKeyAuth(key="${secret:crm#secret}"))
    shared.signed(PLAIN)

    with pytest.raises(ApiError, match=r"^about \*\*\*$"), shared.redaction.cleaning():
        raise ApiError("about s3cr3t-123")


def test_an_error_that_a_token_endpoint_tells_under_200_is_told(api, authority):
    api.replies(Response(200, {}, b'{"ok": false, "error": "s3cr3t-123 is no client"}'))

    with pytest.raises(ApiError, match=r"it has `ok`, `error` \(\*\*\* is no client\); check `auth`"):
        authority().signed(PLAIN)


def test_a_key_that_was_changed_while_the_run_lasts_is_read_again_by_all_threads(api):
    vault = Vault("k-one")
    key = ApiKeyAuth(key="${secret:crm#refresh}")
    shared = Authority(key, vault, api.send, reload=vault.reload, sleep=api.clock.sleep)
    one, other = shared.signed(PLAIN), shared.signed(PLAIN)
    assert not shared.renewed(one, Response(401))

    vault.stored["${secret:crm#refresh}"] = "k-two"

    assert shared.renewed(one, Response(401)) and shared.renewed(other, Response(401))
    assert not shared.renewed(one, Response(403))
    anew = shared.signed(PLAIN)
    assert anew.headers == {"X-Api-Key": "k-two"} and not shared.renewed(anew, Response(401))


def test_executions_side_by_side_show_each_refresh_token_once(api):
    """Two runs of one source, each with an authority of its own, over one secret: no token is shown twice."""
    vault, alone, shown = Vault("r-0"), Lock(), []

    def server(request):
        shown.append(request.content.decode().partition("refresh_token=")[2])
        assert shown[-1] == f"r-{len(shown) - 1}", "a refresh token was shown that holds no longer"
        return token(f"token-{len(shown)}", refresh_token=f"r-{len(shown)}")

    api.always(server)

    def work(_):
        mine = Vault("")
        mine.stored = vault.stored  # its own cache over the same store
        own = Authority(REFRESH, mine, api.send, keep=mine.keep, reload=mine.reload, alone=lambda: alone)
        for _ in range(5):
            assert own.renewed(own.signed(PLAIN), Response(401))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, range(4)))

    assert len(shown) == 4 * 6


def test_a_token_endpoint_that_asks_for_a_wait_of_years_fails_at_once(api, authority):
    api.always(Response(429, {"Retry-After": "99999999"}))

    with pytest.raises(ApiError, match=r"asks to wait for 1,157 days, longer than any limit lasts \(32 days\)"):
        authority().signed(PLAIN)
    assert len(api.sent) == 1
