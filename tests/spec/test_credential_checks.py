"""Where a credential may stand, as a reference, and where none may; the errors show no value."""

import pytest

from glue_lib.spec import checks
from glue_lib.spec.document import read
from glue_lib.spec.layers import with_defaults


def told(text: str) -> list[str]:
    document = read(text)
    assert document.root is not None
    return [problem.told("x") for problem in checks.problems(with_defaults(document.root))]


LITERAL = "must be a reference, so that no credential stands in a file"


@pytest.mark.parametrize(
    ("field", "auth"),
    [
        ("token", "{type: bearer, token: abc}"),
        ("key", "{type: api_key, key: abc, write: header.X-Key}"),
        ("also.query.app_key", '{type: api_key, key: "${secret:x}", also: {query.app_key: abc}}'),
        ("password", '{type: basic, username: "${secret:x#u}", password: abc}'),
        ("client_secret", '{type: oauth2_client_credentials, client_id: "${secret:x#u}", client_secret: abc}'),
        ("refresh_token", '{type: oauth2_refresh_token, client_id: "${secret:x#u}", refresh_token: abc}'),
        ("params.api_key", '{type: oauth2_password, password: "${secret:x#u}", params: {api_key: abc}}'),
        ("private_key", "{type: oauth2_jwt_bearer, private_key: abc}"),
        ("body.user.password", '{type: session, body: {user: {name: "${secret:x#u}", password: abc}}}'),
        ("form.j_password", '{type: session, form: {j_username: "${secret:x#u}", j_password: abc}}'),
        ("headers.X-Api-Key", '{type: session, password: "${secret:x#u}", headers: {X-Api-Key: abc}}'),
        ("secret_key", '{type: sigv4, access_key: "${secret:x#u}", secret_key: abc, region: eu-west-1}'),
        ("secret", '{type: hmac, secret: abc, write: {header.X: "{signature}"}}'),
        ("write.header.X-Api-Key", '{type: hmac, secret: "${secret:x}", write: {header.X-Api-Key: abc}}'),
        ("password", '{type: digest, username: "${secret:x#u}", password: abc}'),
    ],
)
def test_a_literal_credential_is_told_and_not_shown(field: str, auth: str) -> None:
    (line,) = told(f"auth: {auth}")

    assert line.startswith(f"x:1: auth.{field}: {LITERAL}") and "abc" not in line


@pytest.mark.parametrize(
    "auth",
    [
        "{type: basic, username: abc}",
        "{type: session, login: /login, body: {user: abc, word: abc}}",
        "{type: hmac, sign: '{method}', write: {header.X: '{signature}'}}",
    ],
)
def test_auth_that_refers_to_no_credential_at_all_is_told(auth: str) -> None:
    (line,) = told(f"auth: {auth}")

    assert "auth: refers to no credential; what it holds must be references" in line and "abc" not in line


@pytest.mark.parametrize(
    "auth",
    [
        '{type: api_key, key: "Token ${secret:x#k}", write: header.Authorization}',
        '{type: basic, username: "${secret:x#k}", password: X}',
        '{type: basic, username: "${secret:x#k}", password: ""}',
        '{type: oauth2_client_credentials, client_id: app, client_secret: "${secret:x}", scope: a, token_url: /token}',
        '{type: oauth2_jwt_bearer, issuer: app, key_id: k1, private_key: "${secret:x}", token_url: /token}',
        '{type: session, form: {user: ann, lang: en, password: "${secret:x}"}, read: body.token, write: query.token}',
        '{type: hmac, secret: "${secret:x}", sign: a, write: {header.Authorization: "HMAC {signature}"}}',
        "{type: sigv4, region: eu-west-1}",
        "none",
        "{type: unheard_of, token: abc}",
    ],
)
def test_what_is_no_credential_may_be_literal(auth: str) -> None:
    assert told(f"auth: {auth}") == []


@pytest.mark.parametrize(
    "field",
    [
        *("headers: {Authorization: x}", "headers: {X-API-Key: x}"),
        *("params: {api_key: x}", "params: {access_token: x}", "body: {client_secret: x}"),
        "complete: [{list: lines, path: /lines, params: {api_key: x}}]",
    ],
)
def test_a_credential_in_a_stream_is_told_its_place(field: str) -> None:
    (line,) = told(f"streams: {{a: {{path: /a, {field}}}}}")

    assert line.endswith("looks like a credential; it belongs in the source's `auth` or `headers`, as a reference")


@pytest.mark.parametrize(
    "field", ["headers: {X-Api-Version: x, Accept: y}", "params: {sort_key: x, page_token: y, limit: z}"]
)
def test_what_only_sounds_alike_is_no_credential(field: str) -> None:
    assert told(f"streams: {{a: {{path: /a, {field}}}}}") == []


def test_a_literal_in_the_source_s_headers_or_certificates_is_told() -> None:
    assert [line.split(": must")[0] for line in told("headers: {Authorization: abc, X-Version: 2}")] == [
        "x:1: headers.Authorization"
    ]
    assert [line.split(": must")[0] for line in told("tls: {certificate: abc, key: abc}")] == ["x:1: tls.key"]
