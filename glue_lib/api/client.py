"""The client: asks an API for pages, at its pace, again where that helps, and never without end.

The only door to the network: everything that decides stands in the other modules.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from http.cookiejar import DefaultCookiePolicy

import requests
from requests.adapters import HTTPAdapter

from glue_lib.api.asking import Asking, Question
from glue_lib.api.auth.base import Auth, Secrets
from glue_lib.api.auth.none import NoAuth
from glue_lib.api.authority import Authority
from glue_lib.api.chain import Chain, Until
from glue_lib.api.exchange import Cut, Response, Send, SignedRequest
from glue_lib.api.hosts import Host, Hosts
from glue_lib.api.limits import Limits, TokenBucket
from glue_lib.api.page import Page
from glue_lib.api.pagination.base import Pagination
from glue_lib.api.reading import Reading, reading
from glue_lib.api.request import Request
from glue_lib.api.retry import Retry
from glue_lib.api.seen import Seen
from glue_lib.api.workers import Workers
from glue_lib.errors import ApiError

_CONNECT_SECONDS = 30.0


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
    """Sends over HTTP with kept connections; follows no redirect, keeps no cookie, reads no `.netrc`."""

    def __init__(self, connections: int) -> None:
        self._session = requests.Session()
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(pool_maxsize=connections))

    def __call__(self, request: SignedRequest, timeout_seconds: float) -> Response:
        """Return the whole answer; without one, raise `Cut`."""
        try:
            answer = self._session.request(
                request.method,
                request.url,
                headers=dict(request.headers),
                data=request.content,
                timeout=(min(timeout_seconds, _CONNECT_SECONDS), timeout_seconds),
                allow_redirects=False,
                auth=_leave_as_it_is,
            )
        except requests.Timeout:
            raise Cut(f"no byte within {timeout_seconds:g} seconds") from None
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError) as error:
            raise Cut(_innermost(error)) from None
        except requests.RequestException as error:
            # `from None`, here and above: these errors hold the URL, and a URL can hold a credential.
            raise ApiError(f"cannot be sent: {type(error).__name__}") from None
        return Response(answer.status_code, dict(answer.headers), answer.content)


def _leave_as_it_is(prepared: requests.PreparedRequest) -> requests.PreparedRequest:
    # Without an `auth`, requests puts what a `.netrc` says in place of our header.
    return prepared


def _innermost(error: BaseException) -> str:
    while inner := error.__cause__ or error.__context__:
        error = inner
    return (isinstance(error, OSError) and error.strerror) or type(error).__name__
