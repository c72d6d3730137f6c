"""The authority: signs what a source is asked, with a token that all its threads and streams share.

A token is asked for once and renewed once, however many threads need it at the same moment; what the API refused is
not asked for again, since accounts are locked that way.
"""

import random
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from glue_lib import log
from glue_lib.api.auth.base import Auth, Moment, Secrets
from glue_lib.api.auth.challenge import Challenge, ChallengeAuth
from glue_lib.api.auth.token import Token, TokenAuth
from glue_lib.api.exchange import Cut, Response, Send, SignedRequest
from glue_lib.api.redaction import Redaction
from glue_lib.api.request import Request
from glue_lib.api.retry import Deferred, Retry, is_too_long, pause, retry_after, told_too_long
from glue_lib.api.verdict import remedy, said
from glue_lib.errors import ApiError, ConfigError, HeadwaterError

Keep = Callable[[str, str], None]
"""Stores a new value where a reference points to."""


class Authority:
    """Signs the requests of one source in one execution; threads and clients share it."""

    def __init__(
        self,
        auth: Auth,
        secrets: Secrets,
        send: Send,
        *,
        base_url: str = "",
        keep: Keep | None = None,
        reload: Callable[[], None] | None = None,
        alone: Callable[[], AbstractContextManager[Any]] = nullcontext,
        retry: Retry | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.auth = auth
        self.redaction = Redaction(self._secret)
        self._secrets = secrets
        self._send = send
        self._base_url = base_url
        self._keep, self._reload, self._alone = keep, reload, alone
        self._retry = retry or Retry()
        self._now = now
        self._sleep = sleep
        self._lock = threading.Lock()
        self._token: Token | None = None
        self._number = 0  # of the token
        self._refused: str | None = None
        self._replaced: dict[str, str] = {}
        self._challenged = threading.local()  # a challenge and its count are one connection's own

    def signed(self, request: SignedRequest) -> SignedRequest:
        """Return the request with its credentials; a token is asked for where there is none that holds."""
        at, number = Moment(self._now()), self._number
        if isinstance(self.auth, TokenAuth):
            token, number = self._fresh()
            signed = self.auth.sign_with(request, token)
        elif isinstance(self.auth, ChallengeAuth) and (challenge := self._next_challenge()):
            signed = self.auth.answer(request, challenge, self.redaction.resolve, at)
        else:
            signed = self.auth.sign_at(request, self.redaction.resolve, at)
        self.redaction.learn_signed(request, signed, is_lasting=self.auth.is_lasting)
        return replace(signed, token=number)

    def renewed(self, request: SignedRequest, response: Response) -> bool:
        """Return whether signing the request anew can help: the answer says that what it was signed with has expired.

        `request` is the one that was sent. The first thread that asks renews the token, the others find it renewed.
        """
        if isinstance(self.auth, ChallengeAuth):
            return self._challenges(self.auth.challenge_of(response))
        if not isinstance(self.auth, TokenAuth):
            return self._reread(request, response)
        if not self.auth.expired.tells(response):
            return False
        with self._lock:
            if request.token == self._number:
                self._renew(self.auth)
        return True

    def forget(self, request: Request) -> Request:
        """Return the request without credentials that the API repeated in a link it gave, fit to be stored."""
        return self.redaction.forget(self.auth.forget(request))

    def _challenges(self, challenge: Challenge | None) -> bool:
        if challenge:
            self._challenged.by = challenge
        return challenge is not None

    def _challenge(self) -> Challenge | None:
        return getattr(self._challenged, "by", None)

    def _next_challenge(self) -> Challenge | None:
        """Return this thread's challenge, to be answered once more."""
        if challenge := self._challenge():
            self._challenged.by = replace(challenge, count=challenge.count + 1)
        return self._challenge()

    def _reread(self, request: SignedRequest, response: Response) -> bool:
        """Return whether the stored credentials are no longer those that the request was signed with."""
        if response.status != 401:
            return False
        with self._lock:
            if request.token == self._number and self._were_replaced(response):
                self._number += 1
            return request.token != self._number

    def _fresh(self) -> tuple[Token, int]:
        assert isinstance(self.auth, TokenAuth)
        with self._lock:
            token = self._token
            if token is None or (token.fresh_until and self._now() >= token.fresh_until):
                token = self._renew(self.auth)
            return token, self._number

    def _renew(self, auth: TokenAuth) -> Token:
        if self._refused:
            raise ApiError(self._refused)
        if auth.kept():
            with self._alone():  # an API that sees a refresh token twice may take it for stolen
                token = self._exchanged(auth)
        else:
            token = self._asked(auth)
        self.redaction.learn(token.value)
        self._token, self._number = token, self._number + 1
        return token

    def _exchanged(self, auth: TokenAuth) -> Token:
        """Return a new token for the credential that is stored by now, and store the one that comes in its place."""
        if self._reload:
            self._reload()
        token = self._asked(auth)
        self.redaction.learn(*token.replaced.values())
        for reference, value in token.replaced.items():
            if value != self._secret(reference):
                self._store(reference, value)
        return token

    def _asked(self, auth: TokenAuth) -> Token:
        """Return a new token, asked for again as `retry` says until it comes."""
        attempt = 1
        while True:
            response, reason = self._answer(self._request(auth))
            if response and 200 <= response.status < 300:
                return self._token_of(auth, response)
            if attempt > 1 or response is None or not self._were_replaced(response):
                self._wait(response, reason, attempt)
            attempt += 1

    def _request(self, auth: TokenAuth) -> SignedRequest:
        resolve = self.redaction.resolve
        request = auth.token_request(resolve, resolve(self._base_url), Moment(self._now()))
        self.redaction.learn_signed(SignedRequest(request.method, request.url), request, is_lasting=False)
        return request

    def _answer(self, request: SignedRequest) -> tuple[Response | None, str]:
        """Return what came and how to tell of it; None and the reason when nothing whole came."""
        asked = f"the token: {request.method} {request.url.partition('?')[0]}"
        try:
            response = self._send(request, self._retry.timeout_seconds)
        except Cut as cut:
            return None, f"{asked} brought no whole answer: {cut}"
        reason = said(response)
        return response, f"{asked} answered {response.status}{f' ({reason})' if reason else ''}"

    def _were_replaced(self, response: Response) -> bool:
        """Return whether other credentials are stored by now than the refused ones: another execution got them."""
        if self._reload is None or response.status not in (400, 401, 403):
            return False
        refused = self._credentials()
        self._reload()
        return self._credentials() != refused

    def _credentials(self) -> list[str]:
        return [self.redaction.resolve(reference) for reference in self.auth.references()]

    def _token_of(self, auth: TokenAuth, response: Response) -> Token:
        try:
            return auth.token_of(response, self._now())
        except ApiError as error:
            reason = said(response)
            self._refused = self.redaction.clean(f"the token: {error}{f' ({reason})' if reason else ''}; check `auth`")
            raise ApiError(self._refused) from None

    def _wait(self, response: Response | None, reason: str, attempt: int) -> None:
        reason = self.redaction.clean(reason)
        status = response.status if response else None
        asked = retry_after(response, self._now()) if response else None
        seconds = pause(self._retry, status=status, asked=asked, attempt=attempt, chance=random.random())
        if seconds is None:
            advice = f"; {self._remedy(response)}" if response else ""
            refused = ApiError(reason + (told_too_long(asked) if asked is not None and is_too_long(asked) else advice))
            if status not in (None, *self._retry.statuses):
                self._refused = str(refused)
            raise refused
        if seconds > self._retry.longest_wait_seconds:
            resume_at = self._now() + timedelta(seconds=seconds)
            raise Deferred(f"{reason}; the run can go on at {resume_at:%Y-%m-%d %H:%M:%S %Z}", resume_at)
        log.warning("source waiting", seconds=f"{seconds:.1f}", reason=reason)
        self._sleep(seconds)

    def _remedy(self, response: Response) -> str:
        about_credentials = Response(401) if response.status in (400, 401, 403) else response
        return remedy(about_credentials, self.auth.secret_names())

    def _store(self, reference: str, value: str) -> None:
        """Write a replaced credential back to where it came from; the old one may hold no longer."""
        try:
            if self._keep is None:
                raise ConfigError(f"{reference}: what holds it cannot be written to")
            self._keep(reference, value)
        except HeadwaterError as error:
            self._replaced[reference] = value
            told = "the API replaced a credential, and it could not be stored: the next execution may need a new one"
            log.warning(told, reference=reference, reason=self.redaction.clean(str(error)))

    def _secret(self, text: str) -> str:
        return self._replaced.get(text) or self._secrets(text)
