"""Asking: one request, signed and sent, again where that helps, until its page has come whole."""

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from glue_lib import __version__, log
from glue_lib.api import redirects, selection
from glue_lib.api.authority import Authority
from glue_lib.api.exchange import Cut, Response, Send, SignedRequest
from glue_lib.api.hosts import Hosts
from glue_lib.api.limits import QuotaSpent, TokenBucket
from glue_lib.api.page import Page
from glue_lib.api.reading import Reading
from glue_lib.api.request import Request
from glue_lib.api.retry import Deferred, Retry, is_too_long, pause, retry_after, told_too_long
from glue_lib.api.throttle import throttle_of
from glue_lib.api.verdict import remedy, said
from glue_lib.errors import ApiError

_IF_NO_PAGE = "; where that means that there are no more pages, write `past_end: {empty_body: true}`"
_Exchange = tuple[SignedRequest, Response]


@dataclass(frozen=True)
class Question:
    """What is asked: the request, how its answer is read, and where in a chain of pages it stands."""

    request: Request
    reading: Reading
    number: int = 1
    is_past_end: Callable[[Response], bool] = lambda response: False  # whether an answer is that of no page
    is_wanted: Callable[[], bool] = lambda: True  # whether anybody still waits for the page

    @property
    def sent(self) -> Request:
        """The request as it is sent: it asks for the format that its answer is read as, unless the file does."""
        asked = {"Accept": self.reading.format.accept}
        names = {name.lower() for name in self.request.headers}
        return self.request if "accept" in names else replace(self.request, headers={**asked, **self.request.headers})


class _Setback(Exception):
    """One try that brought no page."""

    def __init__(
        self,
        reason: str,
        *,
        status: int | None = None,
        asked_seconds: float | None = None,
        is_throttled: bool = False,
        advice: str = "",
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice
        self.status = status
        self.asked_seconds = asked_seconds
        self.is_throttled = is_throttled


class Asking:
    """Asks for pages of one stream; threads share it."""

    def __init__(
        self,
        name: str,
        hosts: Hosts,
        authority: Authority,
        *,
        send: Send,
        bucket: TokenBucket,
        retry: Retry,
        headers: Mapping[str, str],
        sleep: Callable[[float], None],
        now: Callable[[], datetime],
        on_wait: Callable[[float, str], None] | None = None,
    ) -> None:
        self.name = name
        self._hosts, self._authority, self._redaction = hosts, authority, authority.redaction
        self._send, self._bucket, self._retry = send, bucket, retry
        self._headers = headers
        self._told: set[str] = set()  # doubts, each of which is told once
        self._sleep, self._now = sleep, now
        self._on_wait = on_wait or self._log_wait

    def page(self, question: Question) -> Page:
        """Return the page that the request brings, asked for again as `retry` says until it comes whole."""
        with self.naming(question.request, question.number):
            attempt = 1
            while True:
                if not question.is_wanted():
                    raise ApiError("was given up, since nobody waits for it any more")
                try:
                    return self._page(question)
                except _Setback as setback:
                    self._wait(setback, attempt)
                attempt += 1

    @contextmanager
    def naming(self, request: Request, number: int) -> Iterator[None]:
        """Put in front of every error where it happened, and take credentials out of it."""
        try:
            yield
        except ApiError as error:
            error.args = (self._redaction.clean(f"{self.name}: {request}, page {number}: {error}"),)
            raise
        except UnicodeEncodeError:  # an API gave half of a surrogate pair, as JSON can, to ask on with
            shown = f"{self.name}: {request}, page {number}".encode("utf-8", "backslashreplace").decode()
            told = "a value of the request is broken text (half of a character), which cannot be sent"
            raise ApiError(self._redaction.clean(f"{shown}: {told}")) from None

    def _page(self, question: Question) -> Page:
        response, url = self._answer(question.sent)
        page = Page(question.request, question.number, (), response.status, response.headers, url=url)
        page = replace(page, hosts=self._hosts, size=response.body.size)
        page = replace(page, is_export=question.reading.format.is_export)
        if question.is_past_end(response):
            return replace(page, is_past_end=True)
        self._refuse(response)
        self._bucket.speed_up()
        is_empty = question.number > 1 and response.is_empty
        if is_empty and question.reading.format.may_be_empty:
            return page
        try:
            found = question.reading.decoded(response)
        except selection.Truncated as error:
            advice = _IF_NO_PAGE if is_empty else ""
            raise _Setback(f"answered {response.status}, but {error}", advice=advice) from error
        except ApiError as error:
            error.status = response.status
            raise
        if found.doubt and found.doubt not in self._told:
            self._told.add(found.doubt)
            told = self._redaction.clean(found.doubt)
            log.warning("records in doubt", stream=self.name, request=str(question.request), reason=told)
        return replace(page, records=found.records, body=found.envelope, doubt=found.doubt)

    def _answer(self, request: Request) -> tuple[Response, str]:
        """Return what the request brings in the end, and the URL that brought it: redirects are followed."""
        for _ in range(redirects.MOST + 1):
            url = self._hosts.url_of(request)
            response = self._exchange(request, url)
            following = redirects.redirected(request, response, url, self._hosts)
            if following is None:
                return response, url
            request = self._authority.forget(following)
        raise ApiError(f"was redirected more than {redirects.MOST} times")

    def _exchange(self, request: Request, url: str) -> Response:
        """Return the answer; where it says that credentials have expired, that of a second try with new ones."""
        unsigned = self._unsigned(request, url)
        if not self._hosts.take_credentials(url):
            return self._sent(unsigned, None)[1]
        unsigned = self._with_own_headers(unsigned)
        signed, response = self._sent(unsigned, self._authority.signed)
        if self._authority.renewed(signed, response):
            _, response = self._sent(unsigned, self._authority.signed)
        return response

    def _sent(self, unsigned: SignedRequest, sign: Callable[[SignedRequest], SignedRequest] | None) -> _Exchange:
        """Return what was sent and its answer; signed when its turn has come, since a signature can hold the time."""
        try:
            with self._bucket.turn():
                request = sign(unsigned) if sign else unsigned
                response = self._send(request, self._retry.timeout_seconds)
                if sign:  # another host has limits of its own
                    self._bucket.heed(response, self._now())
        except Cut as cut:
            raise _Setback(f"brought no whole answer: {cut}") from None
        except QuotaSpent as spent:
            raise self._deferred(str(spent), spent.wait_seconds) from spent
        return request, response

    def _unsigned(self, request: Request, url: str) -> SignedRequest:
        unsigned = SignedRequest(request.method, url, {"User-Agent": f"headwater/{__version__}"})
        for name, value in request.headers.items():
            unsigned = unsigned.with_header(name, value)
        if content := request.content():
            unsigned = replace(unsigned.with_header("Content-Type", content[0]), content=content[1])
        return unsigned

    def _with_own_headers(self, request: SignedRequest) -> SignedRequest:
        """Return the request with the source's headers, which may be credentials; those of the stream come first."""
        named = {name.lower() for name in request.headers} - {"accept", "user-agent"}
        for name, value in self._headers.items():
            if name.lower() not in named:
                request = request.with_header(name, self._redaction.resolve(value))
        return request

    def _refuse(self, response: Response) -> None:
        """Raise what an answer means that has no records to give."""
        throttle = throttle_of(response, self._now(), self._bucket.zone)
        if throttle or not 200 <= response.status < 300 or response.status in self._retry.statuses:
            reason = said(response)
            asked = throttle.wait_seconds if throttle else None
            raise _Setback(
                # Some APIs repeat the key that they refuse.
                self._redaction.clean(f"answered {response.status}{f' ({reason})' if reason else ''}"),
                status=response.status,
                asked_seconds=retry_after(response, self._now()) if asked is None else asked,
                is_throttled=throttle is not None,
                advice=f"; {remedy(response, self._authority.auth.secret_names())}",
            )

    def _wait(self, setback: _Setback, attempt: int) -> None:
        seconds = pause(
            self._retry,
            status=setback.status,
            asked=setback.asked_seconds,
            attempt=attempt,
            chance=random.random(),
            is_throttled=setback.is_throttled,
        )
        if seconds is None:
            tries = f"tried {attempt} times, at last it " if attempt > 1 else ""
            asked = setback.asked_seconds
            advice = told_too_long(asked) if asked is not None and is_too_long(asked) else setback.advice
            refused = ApiError(f"{tries}{setback.reason}{advice}")
            refused.status = setback.status
            raise refused
        if seconds > self._retry.longest_wait_seconds:
            raise self._deferred(setback.reason, seconds)
        self._on_wait(seconds, setback.reason)
        if setback.is_throttled:
            self._bucket.slow_down(seconds)  # all threads wait, this one included
        else:
            self._sleep(seconds)

    def _log_wait(self, seconds: float, reason: str) -> None:
        log.warning("waiting", stream=self.name, seconds=f"{seconds:.1f}", reason=reason)

    def _deferred(self, reason: str, seconds: float) -> Deferred:
        resume_at = self._now() + timedelta(seconds=seconds)
        return Deferred(f"{reason}; the run can go on at {resume_at:%Y-%m-%d %H:%M:%S %Z}", resume_at)
