"""A job is a `with` block: arguments become an execution, leaving it cleanly commits, an exception does not."""

import logging
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from glue_lib.errors import ConfigError
from glue_lib.execution import Execution
from glue_lib.landing.storage import open_storage
from glue_lib.log import LOGGER
from glue_lib.runtime.arguments import Arguments, arguments
from glue_lib.runtime.engine import SparkEngine
from glue_lib.runtime.secrets import secret
from glue_lib.runtime.session import is_on_glue
from glue_lib.spec import references
from glue_lib.spec.loader import loads
from glue_lib.spec.pipeline import Pipeline


@contextmanager
def job(argv: Sequence[str]) -> Iterator[Execution]:
    """Yield what the arguments ask for, and commit the job when the block is left cleanly.

    What a user can mend is raised as it is: on Glue its text is the run's error message.
    """
    _log_to_stderr()
    given = arguments(argv)
    engine = SparkEngine(spark_uri(given.lake), is_on_glue=is_on_glue(argv))
    yield execution(given, engine)
    engine.commit(given.job_name, given.options)


def execution(given: Arguments, engine: SparkEngine) -> Execution:
    """Return the execution that these arguments ask for."""
    return Execution(
        pipeline=read_pipeline(given),
        storage=open_storage(given.lake),
        engine=lambda: engine,
        secrets=resolved,
        streams=given.streams,
        start=given.start,
        end=given.end,
        full_refresh=given.full_refresh,
        run_id=given.run_id,
    )


def read_pipeline(given: Arguments) -> Pipeline:
    """Return the pipeline file, from a folder or from S3."""
    folder, _, name = given.pipeline.rpartition("/")
    content = open_storage(folder or ".").read(name)
    if content is None:
        raise ConfigError(f"{given.pipeline}: there is no such file; `--pipeline` takes a path or `s3://bucket/key`")
    return loads(content.decode(errors="replace"), given.pipeline, given.overrides)


def resolved(text: str) -> str:
    """Return a text with its references replaced by their values, from where this process runs."""
    return references.resolve(text, secret, os.environ)


def spark_uri(lake: str) -> str:
    """Return the lake's address as Spark reads it."""
    return open_storage(lake).uri("").rstrip("/")


def _log_to_stderr() -> None:
    """Send events to stderr as lines, unless somebody has said already where they go."""
    if not LOGGER.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        LOGGER.addHandler(handler)
        LOGGER.setLevel(logging.INFO)
