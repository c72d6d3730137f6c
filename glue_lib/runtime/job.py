"""A job is a `with` block: arguments become an execution, leaving it cleanly commits, an exception does not."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from glue_lib.execution import Execution
from glue_lib.landing.storage import open_storage
from glue_lib.runtime.arguments import from_argv
from glue_lib.runtime.engine import SparkEngine
from glue_lib.runtime.execution import execution
from glue_lib.runtime.session import is_on_glue


@contextmanager
def job(argv: Sequence[str], engine_at: Callable[[str, bool], SparkEngine] = SparkEngine) -> Iterator[Execution]:
    """Yield what the arguments ask for, and commit the job when the block is left cleanly.

    What a user can mend is raised as it is: on Glue its text is the run's error message.
    """
    given = from_argv(argv)
    engine = engine_at(spark_uri(given.lake), is_on_glue(argv))
    yield execution(given, engine.started)
    engine.commit(given.job_name, given.options)


def spark_uri(lake: str) -> str:
    """Return the lake's address as Spark reads it."""
    return open_storage(lake).uri("").rstrip("/")
