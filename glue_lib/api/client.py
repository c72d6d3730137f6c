"""The client: asks an API for pages, at its pace, again where that helps, and never without end.

The only door to the network: everything that decides stands in the other modules.
"""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.cookiejar import DefaultCookiePolicy

import requests
from requests.adapters import HTTPAdapter

from glue_lib import __version__, log
from glue_lib.api import selection
from glue_lib.api.address import url_of
from glue_lib.api.auth.base import Auth, Secrets
from glue_lib.api.auth.none import NoAuth
from glue_lib.api.exchange import Cut, Response, Send, SignedRequest
from glue_lib.api.limits import Limits, QuotaSpent, TokenBucket
from glue_lib.api.page import Page
from glue_lib.api.pagination.base import Pagination
from glue_lib.api.reading import Reading, reading
from glue_lib.api.redaction import Redaction
from glue_lib.api.request import Request
from glue_lib.api.retry import Deferred, Retry, pause, retry_after
from glue_lib.api.seen import Seen
from glue_lib.api.verdict import message, remedy
from glue_lib.errors import ApiError

_EMPTY_PAGES_IN_A_ROW = 1000
_CONNECT_SECONDS = 30.0
_SHOWN = 2**16  # bytes of a refusal that are read for what it says


class _Setback(Exception):
    """One try that brought no page."""

    def __init__(
        self, reason: str, *, status: int | None = None, asked_seconds: float | None = None, advice: str = ""
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice
        self.status = status
        self.asked_seconds = asked_seconds


class Client:
    """Asks the API of one source; threads may share it, and its clients share `bucket` and `send`."""

    def __init__(
        self,
        base_url: str,
        *,
        name: str,
        secrets: Secrets,
        auth: Auth | None = None,
        limits: Limits | None = None,
        retry: Retry | None = None,
        headers: Mapping[str, str] | None = None,
        send: Send | None = None,
        bucket: TokenBucket | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        on_wait: Callable[[float, str], None] | None = None,
    ) -> None:
        limits = limits or Limits()
        self._name = name
        self._auth = auth or NoAuth()
        self._retry = retry or Retry()
        self._redaction = Redaction(secrets)
        self._base_url = self._redaction.resolve(base_url)
        self._is_secret_url = self._base_url != base_url
        self._headers = headers or {}
        self._send = send or HttpSend(limits.concurrency)
        self._bucket = bucket or TokenBucket(
            limits, clock=clock, sleep=sleep, now=now, longest_wait_seconds=self._retry.longest_wait_seconds
        )
        self._sleep = sleep
        self._now = now
        self._on_wait = on_wait or self._log_wait

    def get(self, request: Request, records: str | Reading, *, number: int = 1) -> Page:
        """Return the page that `request` brings, asked for again as `retry` says until it comes whole."""
        with self._naming(request, number):
            attempt = 1
            while True:
                try:
                    return self._ask(request, records, number)
                except _Setback as setback:
                    self._wait(setback, attempt)
                attempt += 1

    def pages(
        self, request: Request, *, pagination: Pagination, records: str | Reading, seen: Seen | None = None
    ) -> Iterator[Page]:
        """Yield the pages from `request` to the proven end; a circle is an error that names both requests."""
        seen = seen or Seen()
        following: Request | None = pagination.first_request(request)
        empty_pages = 0
        while following is not None:
            page = self._next_page(following, pagination, records, seen)
            empty_pages = 0 if page.records else empty_pages + 1
            if empty_pages >= _EMPTY_PAGES_IN_A_ROW:
                raise ApiError(f"{self._name}: {page.request}: {empty_pages} empty pages in a row, and no end")
            yield page
            following = page.next

    def _next_page(self, request: Request, pagination: Pagination, records: str | Reading, seen: Seen) -> Page:
        number = seen.count + 1
        with self._naming(request, number):
            if earlier := seen.request(request):
                raise ApiError(f"the same request as {earlier}: the pages go in a circle; check `pagination`")
        page = self.get(request, records, number=number)
        with self._naming(request, number):
            if earlier := seen.page(page):
                raise ApiError(f"the same records as {earlier}: the API does not go on; check `pagination`")
            seen.add(page)
            following = pagination.next_request(page)
            return replace(page, next=self._auth.forget(self._without_secret(following)) if following else None)

    def _without_secret(self, request: Request) -> Request:
        """Return the request relative to a base URL that came from a reference: it is stored, and must not tell it."""
        if self._is_secret_url and request.path.startswith(self._base_url):
            return replace(request, path="/" + request.path.removeprefix(self._base_url).lstrip("/"))
        return request

    def _ask(self, request: Request, records: str | Reading, number: int) -> Page:
        url = url_of(self._base_url, request)
        response = self._exchange(request, url)
        if not 200 <= response.status < 300 or response.status in self._retry.statuses:
            raise self._setback(response)
        self._bucket.speed_up()
        try:
            found = reading(records).decoded(response)
        except selection.Truncated as error:
            raise _Setback(f"answered {response.status}, but {error}") from error
        except ApiError as error:
            error.status = response.status
            raise
        return Page(request, number, found.records, response.status, response.headers, found.envelope, url)

    def _exchange(self, request: Request, url: str) -> Response:
        try:
            with self._bucket.turn():
                return self._send(self._signed(request, url), self._retry.timeout_seconds)
        except Cut as cut:
            raise _Setback(f"brought no whole answer: {cut}") from None
        except QuotaSpent as spent:
            raise self._deferred(str(spent), spent.wait_seconds) from spent

    def _signed(self, request: Request, url: str) -> SignedRequest:
        signed = SignedRequest(
            request.method, url, {"Accept": "application/json", "User-Agent": f"headwater/{__version__}"}
        )
        for name, value in self._headers.items():
            signed = signed.with_header(name, self._redaction.resolve(value))
        for name, value in request.headers.items():
            signed = signed.with_header(name, value)
        if content := request.content():
            signed = replace(signed.with_header("Content-Type", content[0]), content=content[1])
        return self._auth.sign(signed, self._redaction.resolve)

    def _setback(self, response: Response) -> _Setback:
        said = message(response.body.start(_SHOWN))
        # Some APIs repeat the key that they refuse.
        reason = self._redaction.clean(f"answered {response.status}{f' ({said})' if said else ''}")
        return _Setback(
            reason,
            status=response.status,
            asked_seconds=retry_after(response, self._now()),
            advice=f"; {remedy(response, self._auth.secret_names())}",
        )

    def _wait(self, setback: _Setback, attempt: int) -> None:
        seconds = pause(
            self._retry,
            status=setback.status,
            asked=setback.asked_seconds,
            attempt=attempt,
            chance=random.random(),
        )
        if seconds is None:
            tries = f"tried {attempt} times, at last it " if attempt > 1 else ""
            refused = ApiError(f"{tries}{setback.reason}{setback.advice}")
            refused.status = setback.status
            raise refused
        if seconds > self._retry.longest_wait_seconds:
            raise self._deferred(setback.reason, seconds)
        self._on_wait(seconds, setback.reason)
        if setback.status in (403, 429):
            self._bucket.slow_down(seconds)  # all threads wait, this one included
        else:
            self._sleep(seconds)

    def _log_wait(self, seconds: float, reason: str) -> None:
        log.warning("waiting", stream=self._name, seconds=f"{seconds:.1f}", reason=reason)

    def _deferred(self, reason: str, seconds: float) -> Deferred:
        resume_at = self._now() + timedelta(seconds=seconds)
        return Deferred(f"{reason}; the run can go on at {resume_at:%Y-%m-%d %H:%M:%S %Z}", resume_at)

    @contextmanager
    def _naming(self, request: Request, number: int) -> Iterator[None]:
        """Put in front of every error where it happened, and take credentials out of it."""
        try:
            yield
        except ApiError as error:
            error.args = (self._redaction.clean(f"{self._name}: {request}, page {number}: {error}"),)
            raise


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
