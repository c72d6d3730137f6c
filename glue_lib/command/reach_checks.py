"""What lies outside this machine: the lake, the AWS identity, the secrets, the hosts of the APIs, and their clocks."""

import os
import socket
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from glue_lib.api.client import HttpSend
from glue_lib.api.exchange import Cut, Response, SignedRequest
from glue_lib.api.tls import contexts
from glue_lib.command.finding import Check, Finding, failed, ok, skipped, warning
from glue_lib.errors import ApiError, ConfigError, HeadwaterError
from glue_lib.landing.storage import Storage, open_storage
from glue_lib.runtime.identity import identity
from glue_lib.runtime.secrets import resolver, variable_of
from glue_lib.spec import references
from glue_lib.spec.pipeline import Pipeline

CONNECT_SECONDS = 4.0
_SKEW = (30, 300)  # seconds: AWS and signed requests refuse more than five minutes
_NETWORK = "check the address in the pipeline file, the network, and HTTPS_PROXY where there is a proxy"

Ask = Callable[[str], Response]
"""Asks an address without credentials; raises `Cut` or an ApiError."""


def lake_checks(lake: str, pipelines: Sequence[Pipeline], now: Callable[[], datetime]) -> list[Check]:
    """Return the checks of the lake and, where AWS is needed, of the identity and S3's clock."""
    is_on_s3 = lake.startswith("s3")
    checks = [Check("lake", lambda: [lake_is_fit(lake)])]
    wants = "the lake" if is_on_s3 else "a secret" if any(map(wants_secrets_manager, pipelines)) else ""
    checks.append(Check("credentials", lambda: [who(wants)]))
    if is_on_s3:
        url = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or "https://s3.amazonaws.com"
        checks.append(Check("clock", lambda: [f for f in reached(url, asked(), now) if f.check.startswith("clock")]))
    return checks


def lake_is_fit(lake: str) -> Finding:
    """Write, read, replace and delete an object, also under conditions: runs hang on these."""
    storage = open_storage(lake)
    folder = Path(lake.removeprefix("file://")).expanduser()
    if "s3" not in lake.partition("://")[0] and not folder.exists():
        standing = next(path for path in folder.resolve().parents if path.exists())
        if not os.access(standing, os.W_OK):
            return failed("lake", f"{lake}: `{standing}` cannot be written to", "name another folder with `--lake`")
        return ok("lake", f"{lake}: is made by the first run")
    return _tried(storage, lake)


def _tried(storage: Storage, lake: str) -> Finding:
    key = f"_headwater/doctor/{uuid.uuid4().hex}"
    try:
        if not storage.write_if_absent(key, b"1"):
            return failed("lake", f"{lake}: a conditional write did not work", _CONDITIONS)
        is_twice = storage.write_if_absent(key, b"2")
        found = storage.read_tagged(key)
        if is_twice or found is None or found[0] != b"1":
            return failed("lake", f"{lake}: a conditional write was no condition at all", _CONDITIONS)
        if not storage.replace(key, b"3", found[1]) or storage.replace(key, b"4", found[1]):
            return failed("lake", f"{lake}: a write on condition of a tag did not work", _CONDITIONS)
        if key not in storage.list("_headwater/doctor/"):
            return failed("lake", f"{lake}: what was written is not listed", "name a storage that lists what it holds")
    finally:
        storage.delete([key])
    return ok("lake", f"{lake}: can be read and written, also on conditions")


_CONDITIONS = "use S3, or an S3-like storage that knows If-None-Match and If-Match: without them two runs could mix"


def who(wanted_by: str) -> Finding:
    """Ask AWS who this process is, where something here needs AWS."""
    if not wanted_by:
        return skipped(
            "credentials", "nothing here needs AWS: the lake is a folder, and no secret is in Secrets Manager"
        )
    return ok("credentials", f"{identity()}, for {wanted_by}")


def wants_secrets_manager(pipeline: Pipeline, environment: Mapping[str, str] = os.environ) -> bool:
    """Say whether a secret of a pipeline is neither in the environment nor, as far as one can tell, in a file."""
    secrets = [found for found in references_of(pipeline) if found.store == "secret"]
    return "HEADWATER_SECRETS_FILE" not in environment and any(
        variable_of(found.name, found.field) not in environment for found in secrets
    )


def pipeline_checks(file: str, pipeline: Pipeline, now: Callable[[], datetime]) -> list[Check]:
    """Return the checks of what a pipeline needs: its secrets, and the hosts that it asks."""
    return [
        Check(f"secrets of {pipeline.source}", lambda: secrets(pipeline, resolver())),
        *(
            Check(f"api {host}", lambda url=url: reached(url, asked(pipeline), now))  # type: ignore[misc]
            for host, url in urls(pipeline, resolver()).items()
        ),
    ]


def references_of(pipeline: Pipeline) -> list[references.Reference]:
    """Return each reference that stands in a pipeline, once."""
    return list(dict.fromkeys(found for text in _texts(pipeline.model_dump()) for found in references.find(text)))


def secrets(pipeline: Pipeline, resolve: Callable[[str], str]) -> list[Finding]:
    """Resolve every reference; no value is told, not even its length."""
    name = f"secrets of {pipeline.source}"
    found = references_of(pipeline)
    if not found:
        return [skipped(name, "the pipeline file names none")]
    return [_resolved(name, str(reference), resolve) for reference in found]


def _resolved(name: str, reference: str, resolve: Callable[[str], str]) -> Finding:
    try:
        value = resolve(reference)
    except ConfigError as error:
        return failed(name, *_split(str(error), "store it where it is looked for"))
    if not value.strip():
        return failed(name, f"{reference}: is empty", "store the value there")
    return ok(name, f"{reference}: found")


def _split(text: str, otherwise: str) -> tuple[str, str]:
    found, _, remedy = text.rpartition("; ")
    return (found, remedy) if found else (text, otherwise)


def urls(pipeline: Pipeline, resolve: Callable[[str], str]) -> dict[str, str]:
    """Return the addresses of the hosts that a pipeline asks, by their names; what cannot be resolved is left out."""
    found = [pipeline.base_url, *(f"https://{host.host}" for host in pipeline.hosts)]
    found += [text for text in _texts(pipeline.auth.model_dump()) if text.startswith("https://")]
    resolved: dict[str, str] = {}
    for text in found:
        try:
            parts = urlsplit(resolve(text))
        except HeadwaterError:  # its secret is told as missing
            continue
        # Of a host that stands behind a reference, only the reference is shown.
        resolved.setdefault(text if "${" in text else parts.netloc, f"{parts.scheme}://{parts.netloc}/")
    return resolved


def asked(pipeline: Pipeline | None = None) -> Ask:
    """Return what asks an address, as a run would reach it: through its proxy, and with its certificates."""
    tls = contexts(pipeline.tls, resolver(), pipeline.base_url, pipeline.hosts) if pipeline else {}
    send = HttpSend(1, connect_seconds=CONNECT_SECONDS, total_seconds=2 * CONNECT_SECONDS, tls=tls)
    return lambda url: send(SignedRequest("HEAD", url), CONNECT_SECONDS)


def reached(url: str, ask: Ask, now: Callable[[], datetime]) -> list[Finding]:
    """Say whether a host answers, and how far its clock is from ours."""
    host = urlsplit(url).netloc
    check = f"api {host}"
    proxy = proxy_for(url)
    if not proxy and (unknown := _unknown(urlsplit(url).hostname or "")):
        return [failed(check, unknown, _NETWORK)]
    try:
        begun = now()
        response = ask(url)
    except (Cut, ApiError) as error:
        through = f" through the proxy {proxy}" if proxy else ""
        return [failed(check, *_split(f"cannot be reached{through}: {error}", _NETWORK))]
    return [_answered(check, response, proxy), skew(host, response, begun, now())]


def _answered(check: str, response: Response, proxy: str) -> Finding:
    through = f" through the proxy {proxy}" if proxy else ""
    if response.status == 407:
        return failed(check, "the proxy asks for a password", "put user and password into HTTPS_PROXY")
    if response.status >= 500:
        return warning(
            check, f"answers with status {response.status}{through}", "the API may have trouble; try again later"
        )
    return ok(check, f"answers (status {response.status}, without credentials){through}")


def skew(host: str, response: Response, begun: datetime, ended: datetime) -> Finding:
    """Compare the clock of a host with ours; the Date header has whole seconds, and was made between the two."""
    check = f"clock against {host}"
    try:
        told = parsedate_to_datetime(response.header("Date") or "")
    except ValueError:
        return skipped(check, "the answer has no Date header")
    told = told if told.tzinfo else told.replace(tzinfo=UTC)
    seconds = max((begun - told).total_seconds() - 1, (told - ended).total_seconds(), 0.0)
    remedy = "set this machine's clock by NTP: windows of cursors, signatures and tokens hang on it"
    if seconds > _SKEW[1]:
        return failed(check, f"{seconds:,.0f} s apart", remedy)
    return (
        warning(check, f"{seconds:,.0f} s apart", remedy) if seconds > _SKEW[0] else ok(check, "less than 30 s apart")
    )


def proxy_for(url: str, environment: Mapping[str, str] = os.environ) -> str:
    """Return the proxy's host for an address, without what may be its password; empty where there is none."""
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(url)
    if proxy_bypass(parts.hostname or ""):
        return ""
    return urlsplit(getproxies().get(parts.scheme, "")).netloc.rpartition("@")[2]


def _unknown(host: str) -> str:
    try:
        socket.getaddrinfo(host, None)
    except (OSError, UnicodeError):
        return f"the name `{host}` is not known to DNS"
    return ""


def _texts(value: Any) -> Iterator[str]:
    """Yield every text in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)
