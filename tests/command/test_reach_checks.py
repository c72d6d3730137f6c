"""What lies outside this machine, each failing and passing: loopback servers, moto, and names that nobody has."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from glue_lib.api.exchange import Response
from glue_lib.command import reach_checks
from glue_lib.command.reach_checks import (
    asked,
    lake_checks,
    lake_is_fit,
    pipeline_checks,
    proxy_for,
    reached,
    references_of,
    secrets,
    skew,
    urls,
    wants_secrets_manager,
    who,
)
from glue_lib.errors import ConfigError
from glue_lib.landing.folder import FolderStorage
from glue_lib.runtime.secrets import Resolver
from glue_lib.spec.loader import loads

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
HIDDEN = "s3cr3t-value-of-the-test"


def now() -> datetime:
    return datetime.now(UTC)


def pipeline(base_url: str = "https://api.example.org", more: str = ""):
    return loads(f'source: shop\nbase_url: "{base_url}"\nstreams: {{orders: {{path: /orders}}}}\n{more}', "shop.yaml")


@pytest.fixture
def serving() -> Iterator[Callable[..., str]]:
    """Servers on loopback that answer HEAD with a status and headers, and count."""
    servers = []

    def serve(status: int = 200, headers: dict[str, str] | None = None, body_bytes: int = 0) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_HEAD(self) -> None:
                self.send_response_only(status)
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(body_bytes))
                self.end_headers()

            def log_message(self, *_: Any) -> None: ...

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def date(seconds_from_now: float = 0) -> dict[str, str]:
    return {"Date": (now() + timedelta(seconds=seconds_from_now)).strftime("%a, %d %b %Y %H:%M:%S GMT")}


@pytest.mark.parametrize(
    ("status", "means"), [(200, "ok"), (401, "ok"), (404, "ok"), (407, "failed"), (503, "warning")]
)
def test_any_answer_shows_that_a_host_can_be_reached(serving: Callable[..., str], status: int, means: str):
    host, clock = reached(serving(status, date(), body_bytes=300), asked(), now)

    assert host.status == means
    assert clock.status == "ok"


def test_nobody_listens():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        (one,) = reached(f"http://127.0.0.1:{free.getsockname()[1]}/", asked(), now)

    assert (one.status, "refused" in one.found) == ("failed", True)


def test_a_name_that_dns_does_not_know():
    (one,) = reached("https://nobody.invalid/", asked(), now)

    assert (one.status, one.found) == ("failed", "the name `nobody.invalid` is not known to DNS")


def test_a_host_that_speaks_no_tls(serving: Callable[..., str]):
    (one,) = reached(serving().replace("http:", "https:"), asked(), now)

    assert one.status == "failed"


def test_a_certificate_that_is_not_trusted_says_where_to_name_its_authority():
    def refused(url: str) -> Response:
        from glue_lib.errors import ApiError

        raise ApiError("its certificate is not trusted; name the authority behind it under `tls.ca`")

    (one,) = reached("https://127.0.0.1/", refused, now)

    assert one.found == "cannot be reached: its certificate is not trusted"
    assert one.remedy == "name the authority behind it under `tls.ca`"


def test_a_host_behind_a_proxy_is_asked_through_it(serving: Callable[..., str], monkeypatch: pytest.MonkeyPatch):
    proxy = serving(407)
    monkeypatch.setenv("http_proxy", proxy.replace("127", f"user:{HIDDEN}@127"))
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)

    first, *_ = reached("http://nobody.invalid/", asked(), now)

    assert (first.status, first.found) == ("failed", "the proxy asks for a password")
    assert proxy_for("http://nobody.invalid/") == proxy.removeprefix("http://").rstrip("/")
    assert HIDDEN not in str(first)


def test_a_proxy_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)

    (one,) = reached("http://nobody.invalid/", asked(), now)

    assert (one.status, "through the proxy 127.0.0.1:9" in one.found) == ("failed", True)


@pytest.mark.parametrize(
    ("apart", "status"),
    [(0, "ok"), (-20, "ok"), (-60, "warning"), (60, "warning"), (-4000, "failed"), (4000, "failed")],
)
def test_a_clock_that_is_wrong_either_way(apart: int, status: str):
    told = (NOW + timedelta(seconds=apart)).strftime("%a, %d %b %Y %H:%M:%S GMT")

    assert skew("x", Response(200, {"date": told}), NOW, NOW).status == status


@pytest.mark.parametrize("told", [{}, {"Date": "yesterday"}], ids=["none", "nonsense"])
def test_a_clock_that_is_not_told_is_not_checked(told: dict[str, str]):
    assert skew("x", Response(200, told), NOW, NOW).status == "skipped"


SECRET_FILE = 'auth: {type: bearer, token: "${secret:shop/api#token}"}\nheaders: {X-Who: "${env:SHOP_USER}"}'


def test_references_are_resolved_and_no_value_is_told():
    known = Resolver({"HEADWATER_SECRET_SHOP_API_TOKEN": HIDDEN, "SHOP_USER": HIDDEN})

    found = secrets(pipeline(more=SECRET_FILE), known)

    assert [one.status for one in found] == ["ok", "ok"]
    assert {one.found for one in found} == {"${secret:shop/api#token}: found", "${env:SHOP_USER}: found"}
    assert HIDDEN not in str(found)


def test_what_cannot_be_resolved_is_told_with_where_it_is_looked_for(tmp_path: Path):
    file = tmp_path / "secrets.json"
    file.write_text(json.dumps({"shop/api": {"other": HIDDEN}}))

    found = secrets(pipeline(more=SECRET_FILE), Resolver({"HEADWATER_SECRETS_FILE": str(file), "SHOP_USER": " "}))

    assert {(one.status, one.found) for one in found} == {
        ("failed", "${secret:shop/api#token}: the secret has no field `token`"),
        ("failed", "${env:SHOP_USER}: is empty"),
    }
    assert HIDDEN not in str(found)


def test_a_file_without_references_has_none_to_resolve():
    (one,) = secrets(pipeline(), Resolver({}))

    assert one.status == "skipped"
    assert references_of(pipeline()) == []


def test_aws_is_asked_only_where_a_secret_can_be_nowhere_else():
    one = pipeline(more=SECRET_FILE)

    assert wants_secrets_manager(one, {})
    assert not wants_secrets_manager(one, {"HEADWATER_SECRET_SHOP_API_TOKEN": "x"})
    assert not wants_secrets_manager(one, {"HEADWATER_SECRETS_FILE": "x.json"})
    assert who("").status == "skipped"


@pytest.fixture
def no_aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))


def test_without_credentials_the_remedy_is_told(no_aws: None):
    with pytest.raises(ConfigError, match="no credentials were found; set AWS_PROFILE"):
        who("the lake")


def test_a_profile_that_is_not_there(no_aws: None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_PROFILE", "nobody")

    with pytest.raises(ConfigError, match="could not be asked"):
        who("the lake")


def test_the_identity_is_told(monkeypatch: pytest.MonkeyPatch):
    from moto import mock_aws

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        found = who("the lake")

    assert (found.status, "arn:aws:sts::123456789012" in found.found) == ("ok", True)


def test_the_hosts_of_a_pipeline_are_those_that_it_asks():
    more = (
        "hosts: [files.example.org]\nauth: {type: oauth2_client_credentials, client_id: a, client_secret: '${env:S}',"
        " token_url: 'https://login.example.org/token'}"
    )

    assert urls(pipeline("https://api.example.org/v1", more), Resolver({})) == {
        "api.example.org": "https://api.example.org/",
        "files.example.org": "https://files.example.org/",
        "login.example.org": "https://login.example.org/",
    }


def test_a_host_from_a_reference_is_shown_as_the_reference():
    one = pipeline("https://${env:SHOP}.example.org/v1")

    assert urls(one, Resolver({"SHOP": "hidden"})) == {
        "https://${env:SHOP}.example.org/v1": "https://hidden.example.org/"
    }
    assert urls(one, Resolver({})) == {}


def test_the_checks_of_a_pipeline_are_of_its_secrets_and_of_each_host():
    names = [check.name for check in pipeline_checks("shop.yaml", pipeline(), now)]

    assert names == ["secrets of shop", "api api.example.org"]


def test_a_lake_that_is_not_there_is_made_by_the_first_run(tmp_path: Path):
    assert lake_is_fit(str(tmp_path / "new" / "lake")).status == "ok"
    assert not (tmp_path / "new").exists()


def test_a_lake_is_left_as_it_was(tmp_path: Path):
    assert lake_is_fit(str(tmp_path)).status == "ok"
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and not path.name.startswith(".")]


def test_a_lake_that_is_a_file_is_none(tmp_path: Path):
    (tmp_path / "lake").write_text("")

    with pytest.raises(ConfigError, match="is a file; name a folder"):
        lake_is_fit(str(tmp_path / "lake"))


class Careless(FolderStorage):
    """Takes no heed of conditions."""

    def write_if_absent(self, key: str, content: bytes) -> bool:
        self.write(key, content)
        return True


class Deaf(FolderStorage):
    """Refuses every write on a condition."""

    def write_if_absent(self, key: str, content: bytes) -> bool:
        return False


class Stubborn(FolderStorage):
    """Replaces whatever stands there."""

    def replace(self, key: str, content: bytes, tag: str) -> bool:
        self.write(key, content)
        return True


class Blind(FolderStorage):
    """Lists nothing."""

    def list(self, prefix: str) -> list[str]:
        return []


@pytest.mark.parametrize("kind", [Careless, Deaf, Stubborn, Blind])
def test_a_storage_that_breaks_its_promises_is_found_out(
    kind: type[FolderStorage], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(reach_checks, "open_storage", lambda lake: kind(tmp_path))

    found = lake_is_fit(str(tmp_path))

    assert (found.status, bool(found.remedy)) == ("failed", True)


def test_a_bucket_is_tried_and_its_clock_read(s3_bucket: str):
    checks = {check.name: check for check in lake_checks(f"s3://{s3_bucket}/lake", [], now)}

    assert list(checks) == ["lake", "credentials", "clock"]
    assert checks["lake"].make()[0].status == "ok"
    assert checks["clock"].make()[0].status in ("ok", "skipped")
    with pytest.raises(ConfigError, match="there is no such bucket"):
        lake_is_fit("s3://no-such-bucket-here/lake")
