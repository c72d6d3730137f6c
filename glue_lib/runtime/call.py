"""A call of an AWS Lambda function is a `with` block: it stops itself before its time is over, and is gone on with.

The next call with the same event goes on under the same id, so that no stream which came to its end is read again.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from glue_lib.execution import Execution, Place
from glue_lib.landing.calls import Call
from glue_lib.landing.outcomes import read_outcome
from glue_lib.landing.run_id import new_run_id
from glue_lib.runtime.arguments import Arguments, from_event
from glue_lib.runtime.execution import execution, margin, no_engine
from glue_lib.runtime.metrics import is_on_lambda, measured, namespace_of
from glue_lib.runtime.progress import told

_MARGIN_SECONDS = 30  # to write the last parts and the outcomes


@contextmanager
def call(event: Mapping[str, Any], context: object) -> Iterator[Execution]:
    """Yield what the event asks for; `context` is Lambda's, and tells how much time there is."""
    given = from_event(event)
    asked = execution(given, no_engine)
    asked = replace(asked, deadline=_deadline(context, given, asked.now()), place=_place(context))
    with measured(asked, namespace_of(given, is_on_aws=is_on_lambda()), _seconds_left(context)), told():
        yield from _continued(event, asked)


def _continued(event: Mapping[str, Any], asked: Execution) -> Iterator[Execution]:
    """Yield the execution under the id of the one that it goes on with."""
    if asked.run_id:
        yield asked
        return
    before = Call(asked.storage, asked.pipeline.source, _mark(event, asked))
    asked = replace(asked, run_id=before.run_id() or new_run_id(asked.now()))
    try:
        yield asked
    finally:
        before.keep(str(asked.run_id)) if _is_incomplete(asked) else before.forget()


def _deadline(context: object, given: Arguments, now: datetime) -> datetime | None:
    seconds = _seconds_left(context)
    if seconds is None:
        return None
    return now + timedelta(seconds=seconds - margin(given, _MARGIN_SECONDS, seconds))


def _place(context: object) -> Place:
    """Return where the call runs; elsewhere it is one that a test or a laptop makes."""
    if not is_on_lambda():
        return Place()
    memory_mb = int(os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "0"))
    name, request_id = os.environ.get("AWS_LAMBDA_FUNCTION_NAME"), getattr(context, "aws_request_id", None)
    return Place("lambda", name, request_id, memory_mb)


def _seconds_left(context: object) -> float | None:
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    return None if remaining is None else remaining() / 1000


def _mark(event: Mapping[str, Any], asked: Execution) -> str:
    """Return the same for calls that ask for the same of the same pipeline file."""
    text = json.dumps([event, asked.pipeline.model_dump(mode="json")], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _is_incomplete(asked: Execution) -> bool:
    left = (read_outcome(asked.storage, str(asked.run_id), stream.name) for stream in asked.in_order())
    return any(outcome is not None and outcome.status == "incomplete" for outcome in left)
