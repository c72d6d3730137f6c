"""The client: asks an API for pages, at its pace, again where that helps, and never without end.

The only door to the network: everything that decides stands in the other modules.
"""

import logging
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Self

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, ReadTimeoutError

from glue_lib.api.asking import Asking, Question
from glue_lib.api.auth.base import Auth, Secrets
from glue_lib.api.auth.none import NoAuth
from glue_lib.api.authority import Authority
from glue_lib.api.body import Body, Room
from glue_lib.api.chain import Chain, Until
from glue_lib.api.content_coding import ACCEPTED, undone
from glue_lib.api.exchange import Cut, Response, Send, SignedRequest
from glue_lib.api.hosts import Host, Hosts
from glue_lib.api.limits import Limits, TokenBucket
from glue_lib.api.page import Page
from glue_lib.api.pagination.base import Pagination
from glue_lib.api.patience import PatientResponse, patience
from glue_lib.api.reading import Reading, reading
from glue_lib.api.request import Request
from glue_lib.api.retry import Retry
from glue_lib.api.seen import Seen
from glue_lib.api.workers import Workers
from glue_lib.errors import ApiError

_AT_ONCE = 2**18
_HOSTS_KEPT = 10
_WITHOUT_BODY = (204, 304)

# At DEBUG it tells whole URLs, and those can hold credentials.
logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)


class Client:
    """Asks the API of one source; threads may share it, and its clients share `bucket`, `send` and `authority`."""

    def __init__(
        self,
        base_url: str,
        *,
        name: str,
        secrets: Secrets,
        auth: Auth | None = None,
        authority: Authority | None = None,
        hosts: Iterable[Host] = (),
        limits: Limits | None = None,
        retry: Retry | None = None,
        headers: Mapping[str, str] | None = None,
        send: Send | None = None,
        bucket: TokenBucket | None = None,
        threads_ahead: int = 0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        on_wait: Callable[[float, str], None] | None = None,
    ) -> None:
        limits, retry = limits or Limits(), retry or Retry()
        send = send or HttpSend(limits.concurrency)
        self._authority = authority or Authority(
            auth or NoAuth(), secrets, send, base_url=base_url, retry=retry, now=now, sleep=sleep
        )
        self._base_url = self._authority.redaction.resolve(base_url)
        self._is_secret_url = self._base_url != base_url
        self._workers = Workers(threads_ahead) if threads_ahead else None
        self._asking = Asking(
            name,
            Hosts(self._base_url, tuple(hosts)),
            self._authority,
            send=send,
            bucket=bucket
            or TokenBucket(limits, clock=clock, sleep=sleep, now=now, longest_wait_seconds=retry.longest_wait_seconds),
            retry=retry,
            headers=headers or {},
            sleep=sleep,
            now=now,
            on_wait=on_wait,
        )

    def get(self, request: Request, records: str | Reading, *, number: int = 1) -> Page:
        """Return the page that `request` brings, asked for again as `retry` says until it comes whole."""
        return self._asking.page(Question(request, reading(records), number))

    def pages(
        self,
        request: Request,
        *,
        pagination: Pagination,
        records: str | Reading,
        seen: Seen | None = None,
        until: Until = lambda page: False,
    ) -> Iterator[Page]:
        """Yield the pages from `request` to the proven end; a circle is an error that names both requests.

        A page that `until` says yes to is the last: nothing behind it is asked for.
        """
        chain = Chain(
            self._asking,
            pagination,
            reading(records),
            seen or Seen(),
            workers=self._workers,
            until=until,
            store=self._storable,
        )
        return chain.pages(request)

    def _storable(self, request: Request) -> Request:
        """Return what may be stored of a request: no base URL that came from a reference, and no credential."""
        if self._is_secret_url and request.path.startswith(self._base_url):
            request = replace(request, path="/" + request.path.removeprefix(self._base_url).lstrip("/"))
        return self._authority.forget(request)


class HttpSend:
    """Sends over HTTP with kept connections; follows no redirect, keeps no cookie, reads no `.netrc`.

    `tls` holds the contexts of hosts with client certificates, by the beginning of their URLs.
    """

    def __init__(
        self,
        connections: int,
        *,
        connect_seconds: float = Retry().connect_seconds,
        total_seconds: float = Retry().total_seconds,
        largest_bytes: int = Response.largest_bytes,
        tls: Mapping[str, ssl.SSLContext] | None = None,
    ) -> None:
        self._connect_seconds, self._total_seconds, self._largest_bytes = connect_seconds, total_seconds, largest_bytes
        self._session = requests.Session()
        self._surroundings: dict[str, Any] = {}
        for start in ("http://", "https://"):
            self._session.mount(start, _Adapter(connections))
        for start, context in (tls or {}).items():
            self._session.mount(start, _Adapter(connections, context))

    @classmethod
    def within(cls, limits: Limits, retry: Retry, tls: Mapping[str, ssl.SSLContext] | None = None) -> Self:
        """Return what sends within the bounds that a pipeline file sets."""
        return cls(
            limits.concurrency,
            connect_seconds=retry.connect_seconds,
            total_seconds=retry.total_seconds,
            largest_bytes=limits.largest_answer_mb * 2**20,
            tls=tls,
        )

    def __call__(self, request: SignedRequest, timeout_seconds: float) -> Response:
        """Return the whole answer; without one, raise `Cut`."""
        patience.begin(timeout_seconds, self._total_seconds)
        try:
            return self._whole(request, timeout_seconds)
        except (requests.Timeout, ReadTimeoutError):
            raise Cut(patience.over()) from None
        except requests.exceptions.SSLError as error:
            if isinstance(_innermost(error), ssl.SSLCertVerificationError):
                raise ApiError("its certificate is not trusted; name the authority behind it under `tls.ca`") from None
            raise Cut(_said(error)) from None
        except (requests.ConnectionError, HTTPError) as error:
            raise Cut(_said(error)) from None
        except requests.RequestException as error:
            # `from None`, here and above: these errors hold the URL, and a URL can hold a credential.
            raise ApiError(f"cannot be sent: {type(error).__name__}") from None
        except OSError as error:
            raise ApiError(f"its answer cannot be held in a temporary file: {error.strerror}") from None

    def _whole(self, request: SignedRequest, timeout_seconds: float) -> Response:
        headers = {"Accept-Encoding": ACCEPTED, **request.headers}
        # Straight to the adapter: a session would add cookies, and what a `.netrc` says in place of our header.
        prepared = requests.Request(request.method, request.url, headers, data=request.content).prepare()
        url = prepared.url or ""
        timeout = (min(timeout_seconds, self._connect_seconds), timeout_seconds)
        answer = self._session.get_adapter(url).send(prepared, stream=True, timeout=timeout, **self._surrounding(url))
        try:
            sent = _Sized(_pieces(answer))
            pieces = undone(sent, answer.headers.get("Content-Encoding"))
            body = Body.of(Room(self._largest_bytes).filled(pieces))
            return Response(answer.status_code, dict(answer.headers), body, self._largest_bytes, sent.bytes)
        except BaseException:
            answer.close()  # or a half-read connection would be used again
            raise

    def _surrounding(self, url: str) -> dict[str, Any]:
        """Return the proxies and the trust that the environment names for a host."""
        host = "/".join(url.split("/", 3)[:3])
        if host not in self._surroundings:
            found = self._session.merge_environment_settings(url, {}, None, None, None)
            self._surroundings[host] = {name: found[name] for name in ("proxies", "verify", "cert")}
        return dict(self._surroundings[host])


class _Adapter(HTTPAdapter):
    """Keeps connections whose answers are waited for with patience, and no longer."""

    def __init__(self, connections: int, context: ssl.SSLContext | None = None) -> None:
        self._tls = {} if context is None else {"ssl_context": context}
        super().__init__(pool_connections=_HOSTS_KEPT, pool_maxsize=connections)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **kwargs: Any) -> None:
        super().init_poolmanager(connections, maxsize, block, **self._tls, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **self._tls, **kwargs)
        if not proxy.lower().startswith("socks"):
            manager.pool_classes_by_scheme = _POOLS
        return manager


class _Connection(HTTPConnection):
    response_class = PatientResponse


class _SecureConnection(HTTPSConnection):
    response_class = PatientResponse


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


_POOLS = {"http": _Pool, "https": _SecurePool}


class _Sized:
    """Gives pieces on, and knows how many bytes they were."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self.bytes = pieces, 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self.bytes += len(piece)
            yield piece


def _pieces(answer: requests.Response) -> Iterator[bytes]:
    """Yield the body as it was sent; one that is shorter or longer than it was announced is `Cut`."""
    size = 0
    while piece := answer.raw.read(_AT_ONCE, decode_content=False):
        size += len(piece)
        yield piece
    announced = answer.headers.get("Content-Length", "")
    is_bodiless = answer.status_code in _WITHOUT_BODY or answer.request.method == "HEAD"
    is_measured = "Transfer-Encoding" not in answer.headers and not is_bodiless
    if is_measured and announced.isdecimal() and size != int(announced):
        raise Cut(f"{size} of {announced} bytes came")


def _innermost(error: BaseException) -> BaseException:
    while inner := error.__cause__ or error.__context__:
        error = inner
    return error


def _said(error: BaseException) -> str:
    inner = _innermost(error)
    return (isinstance(inner, OSError) and inner.strerror) or type(inner).__name__
