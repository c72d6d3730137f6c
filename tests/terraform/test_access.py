"""What the roles may do in S3 is enough for what the code really does there, S3A and Delta included. Slow: Spark."""

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.conftest import one_at_a_time
from tests.e2e.calling import one_session
from tests.e2e.small_api import PIPELINE, SmallApi, first_edition, serve
from tests.guarded_s3 import Guard

LAKE = "headwater-dev-lake-123456789012"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def guard() -> Guard:
    from moto.server import DomainDispatcherApplication, create_backend_app

    return Guard(one_at_a_time(DomainDispatcherApplication(create_backend_app)))


@pytest.fixture
def endpoint(guard: Guard, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    from moto.server import MotoRequestHandler
    from werkzeug.serving import make_server

    server = make_server("127.0.0.1", 0, guard, threaded=True, request_handler=MotoRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.port}",
    }.items():
        monkeypatch.setenv(name, value)
    guard.statements = None
    boto3.client("s3").create_bucket(Bucket=LAKE)
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()


@pytest.fixture
def headwater(endpoint: str, guard: Guard, tested: Any, tmp_path: Path) -> Iterator[Callable[..., dict[str, Any]]]:
    """Call the command as the role of a job; its exit code and what it printed come back."""
    with one_session(tmp_path) as command:

        def call(job: str, *words: str) -> dict[str, Any]:
            policy = tested.resources[f'module.source["donorbox"].aws_iam_role_policy.job["{job}"]']["policy"]
            guard.statements = json.loads(policy.replace("donorbox", "small"))["Statement"]
            return command(*words, "--lake", f"s3://{LAKE}")

        yield call


@pytest.fixture
def api() -> Iterator[SmallApi]:
    small = SmallApi(first_edition())
    server = serve(small)
    yield small
    server.shutdown()
    server.server_close()


def test_a_source_that_is_new_in_an_empty_lake_is_synced_rebuilt_and_maintained_by_its_own_roles(
    headwater: Callable[..., dict[str, Any]], guard: Guard, api: SmallApi, tmp_path: Path
) -> None:
    (tmp_path / "small.yaml").write_text(PIPELINE.format(base_url=api.base_url))
    shops = ("small.yaml", "--stream", "shops")

    done = {
        "sync": headwater("sync", "run", *shops),
        "load": headwater("load", "load", *shops, "--all", "--rebuild"),
        "maintain": headwater("maintain", "maintain", *shops),
    }

    assert {job: one["code"] for job, one in done.items()} == dict.fromkeys(done, 0), done
    # S3A takes no offence at these: an empty folder above its own that it would tidy away, and one it would look into.
    tolerated = {"s3:DeleteObject", "s3:ListBucket"}
    others = {deed for deed in guard.denied if not (deed.action in tolerated and deed.resource.count("/") <= 3)}
    assert others == set()


def test_a_role_reads_nothing_of_another_source(guard: Guard, tested: Any, endpoint: str) -> None:
    s3 = boto3.client("s3")
    keys = [f"{place}/crm/x" for place in ("raw", "tables", "_headwater/positions", "_headwater/tmp")]
    for key in keys:
        s3.put_object(Bucket=LAKE, Key=key, Body=b"theirs")

    for job in ("ingest", "load", "maintain", "sync"):
        policy = tested.resources[f'module.source["donorbox"].aws_iam_role_policy.job["{job}"]']["policy"]
        guard.statements = json.loads(policy)["Statement"]
        for key in keys:
            for ask in (
                lambda key=key: s3.get_object(Bucket=LAKE, Key=key),
                lambda key=key: s3.put_object(Bucket=LAKE, Key=key, Body=b"mine"),
                lambda key=key: s3.list_objects_v2(Bucket=LAKE, Prefix=key.removesuffix("x")),
                lambda: s3.list_objects_v2(Bucket=LAKE),
            ):
                with pytest.raises(s3.exceptions.ClientError, match="AccessDenied"):
                    ask()
