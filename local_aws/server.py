"""The server: moto behind one port of loopback, patched, its requests to S3 one at a time."""

import json
import logging
import os
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from local_aws import patches, told
from local_aws.patches.workflows import shorten_pauses
from local_aws.place import Place

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def server(folder: Path, port: int = 0, *, minute_seconds: float = 60.0, pause_factor: float = 1.0) -> Any:
    """Return a server that is bound to a port, a free one by default; `serve_forever` lets it answer."""
    from moto.core.config import default_user_config
    from moto.server import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    os.environ["TZ"] = "UTC"  # moto waits until a time of day here; on Glue, too, the clock shows UTC
    time.tzset()
    os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"  # roles may be given AWS's own
    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    application = _with_pages(_one_at_a_time(DomainDispatcherApplication(create_backend_app)))
    made = make_server("127.0.0.1", port, application, threaded=True, request_handler=MotoRequestHandler)
    os.environ["MOTO_PORT"] = str(made.server_port)  # a state machine calls the services there
    place = Place(folder.resolve(), f"http://127.0.0.1:{made.server_port}", minute_seconds, pause_factor)
    patches.mend(place)
    shorten_pauses(place)
    return made


def _one_at_a_time(application: Application) -> Application:
    """S3 decides a conditional write atomically and lists at one moment; moto looks, and then writes or lists."""
    lock = threading.Lock()

    def locked(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if "/s3/aws4_request" not in environ.get("HTTP_AUTHORIZATION", ""):
            return application(environ, start_response)
        with lock:
            return list(application(environ, start_response))

    return locked


def _with_pages(application: Application) -> Application:
    """Answer `/local-aws/…` with what AWS shows in its console or sends by mail."""

    def answered(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        page = told.PAGES.get(environ.get("PATH_INFO", ""))
        if page is None:
            return application(environ, start_response)
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(page(), indent=1, default=str).encode()]

    return answered
