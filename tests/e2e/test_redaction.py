"""No credential is shown: after every kind of failure, for every kind of auth, everything that stays is searched."""

import gzip
import html
import json
import logging
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from glue_lib import pipeline
from glue_lib.api.auth.base import Auth
from glue_lib.execution import Execution, ExecutionFailed, Outcome
from glue_lib.kind import members
from glue_lib.landing.storage import open_storage
from glue_lib.runtime.execution import no_engine
from glue_lib.runtime.secrets import resolver
from glue_lib.spec.loader import loads
from tests.e2e.leaky_api import FAILURES, LeakyApi, Reply, serving

KEY = 'K3y/+="<v%-alue>'
PASSWORD = 'p4ss/wörd"& <mine>'
USER = "ann.of.leaky"
REFRESH = "r3fr3sh-token/one"
FORMS: tuple[Callable[[str], str], ...] = (
    *(str, quote, quote_plus, html.escape, lambda text: quote(text, safe="")),
    *(lambda text: json.dumps(text)[1:-1], lambda text: json.dumps(text, ensure_ascii=False)[1:-1]),
    *(lambda text: repr(text)[1:-1], lambda text: json.dumps(json.dumps(text)[1:-1])[1:-1]),
)

OAUTH = 'token_url: /token, client_id: leaky-app, client_secret: "${secret:leaky#key}"'
AUTHS = {
    "api_key": '{type: api_key, key: "${secret:leaky#key}", write: header.X-Api-Key}',
    "api_key in query": '{type: api_key, key: "${secret:leaky#key}", write: query.api_key}',
    "api_key in cookie": '{type: api_key, key: "${secret:leaky#cookie}", write: cookie.SID}',
    "api_key in body": '{type: api_key, key: "${secret:leaky#key}", write: body.api_key}',
    "basic": '{type: basic, username: "${secret:leaky#user}", password: "${secret:leaky#password}"}',
    "bearer": '{type: bearer, token: "${secret:leaky#key}"}',
    "digest": '{type: digest, username: "${secret:leaky#user}", password: "${secret:leaky#password}"}',
    "hmac": """{type: hmac, secret: "${secret:leaky#key}", sign: "{method}{path_query}{timestamp}{nonce}",
        write: {query.sig: "{signature}", header.X-Nonce: "{nonce}", header.Authorization: "HMAC {signature}"}}""",
    "oauth2_client_credentials": f"{{type: oauth2_client_credentials, {OAUTH}}}",
    "oauth2_client_credentials in body": f"{{type: oauth2_client_credentials, client_in: body, {OAUTH}}}",
    "oauth2_jwt_bearer": """{type: oauth2_jwt_bearer, token_url: /token, issuer: leaky-app, algorithm: ES256,
        private_key: "${secret:leaky#pem}"}""",
    "oauth2_password": f"""{{type: oauth2_password, username: "${{secret:leaky#user}}",
        password: "${{secret:leaky#password}}", {OAUTH}}}""",
    "oauth2_refresh_token": f"""{{type: oauth2_refresh_token, refresh_token: "${{secret:leaky#refresh}}", {OAUTH}}}""",
    "session": """{type: session, login: /login, read: cookie.SID, write: cookie.SID,
        body: {user: "${secret:leaky#user}", password: "${secret:leaky#password}"}}""",
    "session in query": """{type: session, login: /login, read: body.access_token, write: query.sid,
        form: {user: "${secret:leaky#user}", password: "${secret:leaky#password}"}}""",
    "sigv4": '{type: sigv4, access_key: "${secret:leaky#access}", secret_key: "${secret:leaky#key}", region: r}',
}
WITH_TOKENS = [name for name in AUTHS if name.startswith(("oauth2", "session"))]
DEFERRED, WHOLE = ("later",), ("linked",)


def _pem() -> str:
    kinds = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(*kinds).decode()


PEM = _pem()


@dataclass
class Trial:
    """One source and one lake, and all that an execution left behind."""

    api: LeakyApi
    folder: Path
    secrets_file: Path
    texts: list[str]

    def ingest(self, auth: str, streams: list[str], **retry: Any) -> dict[str, Outcome]:
        """Ingest the streams; return their outcomes by name."""
        self.api.wants_digest = auth == "digest"
        text = f"""
source: leaky
base_url: {self.api.base_url}
auth: {AUTHS[auth]}
limits: {{requests_per_second: 10000}}
headers: {{X-Also: "${{secret:leaky#also}}"}}
retry: {json.dumps({"tries": 2, "base_seconds": 0, "timeout_seconds": 0.15, **retry})}
defaults: {{records: data, pagination: {{type: next_url, read: body.next}}}}
streams: {json.dumps({name: {"path": f"/{name}"} for name in streams})}
"""
        execution = Execution(
            pipeline=loads(text, "leaky.yaml"),
            storage=open_storage(str(self.folder)),
            engine=no_engine,
            secrets=resolver({"HEADWATER_SECRETS_FILE": str(self.secrets_file)}),
        )
        try:
            outcomes = pipeline.ingest(execution)
        except ExecutionFailed as failed:
            self.texts.append("".join(traceback.format_exception(failed)))
            outcomes = failed.outcomes
        self.texts += [repr(execution.pipeline), *(json.dumps(one.to_json()) for one in outcomes)]
        return {one.stream: one for one in outcomes}

    def files(self) -> Iterator[tuple[str, str]]:
        """Yield the name and the text of every file in the lake."""
        for path in sorted(self.folder.rglob("*")):
            if path.is_file():
                content = path.read_bytes()
                yield str(path), (gzip.decompress(content) if path.suffix == ".gz" else content).decode()


@pytest.fixture
def trial(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[Trial]:
    stored = {"key": KEY, "password": PASSWORD, "user": USER, "refresh": REFRESH, "pem": PEM}
    secrets_file = tmp_path / "secrets.json"
    secrets_file.write_text(
        json.dumps({"leaky": stored | {"cookie": "c00kie-value", "also": "also-s3cr3t", "access": "leaky-access"}})
    )
    with serving(LeakyApi()) as api, caplog.at_level(logging.DEBUG):
        yield Trial(api, tmp_path / "lake", secrets_file, [])


def credentials(trial: Trial) -> set[str]:
    """Return what must not be shown, in every form: what was stored, and what the API saw or gave out."""
    stored = json.loads(trial.secrets_file.read_text())["leaky"]
    lines = [line for line in PEM.splitlines() if len(line) > 20 and "---" not in line]
    whole = {KEY, PASSWORD, REFRESH, *lines, *(value for name, value in stored.items() if name != "user")}
    whole |= {one for one in trial.api.seen if len(one) >= 8 and one not in (USER, "leaky-app")}
    return {form(one) for one in whole for form in FORMS}


def shown(trial: Trial, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> list[str]:
    """Return each place where a credential, or the beginning of one, is shown."""
    records = [json.dumps(str(record.__dict__)) for record in caplog.records]
    captured = capfd.readouterr()
    places = [("log", caplog.text), ("records", "\n".join(records)), ("stderr", captured.err + captured.out)]
    places += [("error or outcome", text) for text in trial.texts] + list(trial.files())
    assert len(places) > 6
    beginnings = {one if len(one) < 12 else one[:10] for one in credentials(trial)}
    return [
        f"{place} has {one!r}: {text[max(0, text.index(one) - 60) : text.index(one) + 60]}"
        for place, text in places
        for one in beginnings
        if one in text
    ]


def test_every_kind_of_auth_is_tried() -> None:
    assert {name.split()[0] for name in AUTHS} == set(members("glue_lib.api.auth", Auth)) - {"none"}


@pytest.mark.parametrize("auth", AUTHS)
def test_no_failure_shows_a_credential(
    auth: str, trial: Trial, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    outcomes = trial.ingest(auth, list(FAILURES))

    expected = {
        name: "incomplete" if name in DEFERRED else "complete" if name in WHOLE else "failed" for name in FAILURES
    }
    assert {name: outcome.status for name, outcome in outcomes.items()} == expected
    assert "***" in str(outcomes["broken"].error)
    assert trial.api.seen
    assert shown(trial, caplog, capfd) == []


def _echoing(status: int) -> Callable[[str], Reply]:
    return lambda echo: (status, {}, json.dumps({"error": "no", "error_description": f"no: {echo}"}).encode())


TOKEN_FAILURES: dict[str, Callable[[str], Reply]] = {
    "refused": _echoing(400),
    "troubled": _echoing(503),
    "html": lambda echo: (500, {}, f"<h1>{echo}</h1>".encode()),
    "no token": lambda echo: (200, {}, json.dumps({"other": echo, "message": echo}).encode()),
    "odd token": lambda echo: (
        200,
        {"Set-Cookie": f"SID={quote(echo)}\x7f"},
        json.dumps({"access_token": echo + "\n"}).encode(),
    ),
    "redirected": lambda echo: (302, {"Location": f"http://localhost:1/x?{quote(echo)}"}, b""),
    "cut": lambda echo: (200, {"Content-Length": "100000"}, echo.encode()),
}


@pytest.mark.parametrize("auth", WITH_TOKENS)
def test_no_failing_token_endpoint_shows_a_credential(
    auth: str, trial: Trial, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    for failure in TOKEN_FAILURES.values():
        trial.api.token_failure = failure
        outcomes = trial.ingest(auth, ["broken"])
        assert [outcome.status for outcome in outcomes.values()] == ["failed"]
        assert "the token" in str(outcomes["broken"].error)

    assert "/broken" not in trial.api.asked
    assert shown(trial, caplog, capfd) == []


def test_a_replaced_refresh_token_is_in_the_secrets_and_nowhere_else(
    trial: Trial, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    trial.ingest("oauth2_refresh_token", ["linked"])

    refresh = json.loads(trial.secrets_file.read_text())["leaky"]["refresh"]
    assert refresh != REFRESH and refresh in trial.api.seen
    assert shown(trial, caplog, capfd) == []


def test_executions_take_turns_when_a_refresh_token_is_replaced(trial: Trial) -> None:
    trial.ingest("oauth2_refresh_token", ["linked"])

    assert [path.name for path in trial.folder.glob("_headwater/leases/leaky/_auth/*")] == ["renew.json"]


def test_the_search_finds_what_is_there(
    trial: Trial, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    trial.ingest("bearer", ["broken"])
    logging.getLogger("elsewhere").warning("the key is %s", quote(KEY))

    assert [place.split()[0] for place in shown(trial, caplog, capfd)] == ["log", "records"]
