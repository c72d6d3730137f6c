"""A job is a `with` block: arguments become an execution, leaving it cleanly commits, an exception does not."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from glue_lib.execution import Execution, Place
from glue_lib.landing.storage import open_storage
from glue_lib.runtime.arguments import Arguments, from_argv
from glue_lib.runtime.engine import SparkEngine
from glue_lib.runtime.execution import execution, margin
from glue_lib.runtime.metrics import measured, namespace_of
from glue_lib.runtime.progress import told
from glue_lib.runtime.session import is_on_glue, job_run_id

_MARGIN_SECONDS = 300  # to write the last parts, to load what is complete, and for the minute that Spark took to start


@contextmanager
def job(argv: Sequence[str], engine_at: Callable[[str, bool], SparkEngine] = SparkEngine) -> Iterator[Execution]:
    """Yield what the arguments ask for, and commit the job when the block is left cleanly.

    What a user can mend is raised as it is: on Glue its text is the run's error message.
    """
    given = from_argv(argv)
    engine = engine_at(spark_uri(given.lake), is_on_glue(argv))
    asked = execution(given, engine.started)
    allowed_seconds = asked.pipeline.glue.timeout_minutes * 60.0 if engine.is_on_glue else None
    if allowed_seconds:
        asked = replace(asked, deadline=_deadline(given, asked, allowed_seconds))
    asked = replace(asked, place=_place(argv, given, engine))
    with measured(asked, namespace_of(given, is_on_aws=engine.is_on_glue), allowed_seconds):
        with told():
            yield asked
        engine.commit(given.job_name, given.options)


def _place(argv: Sequence[str], given: Arguments, engine: SparkEngine) -> Place:
    """Return where the job runs; Glue alone gives it a run id."""
    return Place("glue", given.job_name, job_run_id(argv)) if engine.is_on_glue else Place()


def _deadline(given: Arguments, asked: Execution, seconds: float) -> datetime:
    """Return when to stop asking: some minutes before Glue would kill the job, so that the workflow starts it again."""
    return asked.now() + timedelta(seconds=seconds - margin(given, _MARGIN_SECONDS, seconds))


def spark_uri(lake: str) -> str:
    """Return the lake's address as Spark reads it."""
    return open_storage(lake).uri("").rstrip("/")
