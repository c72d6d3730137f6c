"""The connection to a source: what all of its streams ask through, under one budget of requests and one signature."""

from collections.abc import Callable
from types import TracebackType
from typing import Self

from glue_lib import log
from glue_lib.api.authority import Authority
from glue_lib.api.client import Client, HttpSend
from glue_lib.api.deadline import Deadline
from glue_lib.api.exchange import Send
from glue_lib.api.limits import TokenBucket
from glue_lib.api.redaction import Redaction
from glue_lib.api.tls import contexts
from glue_lib.errors import HeadwaterError
from glue_lib.execution import Execution
from glue_lib.landing.leases import Lease
from glue_lib.landing.quota import QuotaLedger
from glue_lib.spec.stream import Stream

_RENEWAL_SECONDS = 60  # that an execution waits while another of the source is given a new refresh token


class Connection:
    """Opened once in an execution; leaving its block gives back what was reserved of the day's requests."""

    def __init__(self, execution: Execution) -> None:
        pipeline = execution.pipeline
        self._execution = execution
        self._deadline = Deadline(execution.deadline, now=execution.now)
        self._send = self._deadline.bounded(execution.meter.counted(_send(execution)))
        self._sleep = execution.meter.timed(self._deadline.sleep)
        self._authority = _authority(execution, self._send, self._sleep)
        self._bucket = TokenBucket(
            pipeline.limits,
            now=execution.now,
            sleep=self._sleep,
            blocks=QuotaLedger(execution.storage, pipeline.source),
            longest_wait_seconds=pipeline.retry.longest_wait_seconds,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        try:
            self._bucket.close()
        except HeadwaterError as failed:  # they count as made, which harms nobody but today's other runs
            log.warning("quota not given back", source=self._execution.pipeline.source, reason=str(failed))

    @property
    def redaction(self) -> Redaction:
        """Return what knows every credential that was used."""
        return self._authority.redaction

    def client(self, stream: Stream) -> Client:
        """Return the client that asks for one stream."""
        pipeline = self._execution.pipeline
        return Client(
            pipeline.base_url,
            name=f"{pipeline.source}.{stream.name}",
            secrets=self._execution.secrets,
            authority=self._authority,
            limits=pipeline.limits,
            retry=pipeline.retry,
            headers=pipeline.headers,
            hosts=pipeline.hosts,
            send=self._send,
            bucket=self._bucket,
            now=self._execution.now,
            sleep=self._sleep,
            threads_ahead=pipeline.limits.concurrency,
        )


def _send(execution: Execution) -> HttpSend:
    """Return what all streams send with."""
    pipeline = execution.pipeline
    tls = contexts(pipeline.tls, execution.secrets, pipeline.base_url, pipeline.hosts)
    return HttpSend.within(pipeline.limits, pipeline.retry, tls)


def _authority(execution: Execution, send: Send, sleep: Callable[[float], None]) -> Authority:
    """Return what signs for all streams; a credential that the API replaces goes back to where it came from."""
    pipeline, secrets = execution.pipeline, execution.secrets
    return Authority(
        pipeline.auth,
        secrets,
        send,
        base_url=pipeline.base_url,
        keep=getattr(secrets, "keep", None),
        reload=getattr(secrets, "reload", None),
        alone=lambda: Lease(
            execution.storage, pipeline.source, "_auth", "renew", wait_seconds=_RENEWAL_SECONDS, sleep=sleep
        ),
        retry=pipeline.retry,
        now=execution.now,
        sleep=sleep,
    )
