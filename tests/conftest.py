"""What the tests of a process share: one Spark session, whose start is what costs, and one S3 server."""

import logging
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.errors import recorder
from tests.errors.whole_run import WholeRun

recorder.watch()

TABLES = ("lake", "shape", "awsglue_local")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(WholeRun())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep together what runs best in one process: two halves of what needs the one Spark session, all that look at
    what one `terraform test` made, else a file's tests.

    The halves come first, as they take longest.
    """
    groups = {item: _group(item) for item in items}
    for item, group in groups.items():
        item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=lambda item: not groups[item].startswith("spark"))


def _group(item: pytest.Item) -> str:
    fixtures = getattr(item, "fixturenames", ())
    if "glue_context" not in fixtures:
        return "terraform" if "tested" in fixtures else str(item.path)
    room = item.path.relative_to(Path(__file__).parent).parts[0]
    return "spark: tables" if room in TABLES else "spark: runs"


@pytest.fixture(scope="session")
def glue_context(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from glue_lib.runtime.session import glue_context

    warehouse = tmp_path_factory.mktemp("warehouse")
    return glue_context("", {"spark.sql.warehouse.dir": str(warehouse)})


@pytest.fixture(scope="session")
def spark(glue_context: Any) -> Any:
    return glue_context.spark_session


def one_at_a_time(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """S3 decides a conditional write atomically; moto looks and then writes, so its requests must not overlap."""
    lock = threading.Lock()

    def locked(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        with lock:
            return list(application(environ, start_response))

    return locked


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    from moto.server import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # its line for each request would bury what failed
    application = one_at_a_time(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=MotoRequestHandler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def s3_bucket(s3_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty bucket, and the environment in which boto3 and S3A find it."""
    import boto3

    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": s3_endpoint,
    }.items():
        monkeypatch.setenv(name, value)
    bucket = f"lake-{uuid.uuid4().hex}"
    boto3.client("s3").create_bucket(Bucket=bucket)
    return bucket
