"""What the arguments ask for, as an execution, which is handed all that differs from place to place; without Spark."""

from collections.abc import Callable
from pathlib import Path

from glue_lib import log
from glue_lib.errors import ConfigError
from glue_lib.execution import Engine, Execution
from glue_lib.execution import no_engine as no_engine  # where there is no Spark
from glue_lib.landing.storage import open_storage
from glue_lib.runtime.arguments import Arguments
from glue_lib.runtime.secrets import resolver
from glue_lib.spec.loader import load, loads
from glue_lib.spec.pipeline import Pipeline


def execution(given: Arguments, engine: Callable[[], Engine]) -> Execution:
    """Return the execution that these arguments ask for, with its share of what the API allows."""
    log.to_stderr()
    pipeline = read_pipeline(given)
    return Execution(
        pipeline=pipeline.model_copy(update={"limits": pipeline.limits.part(given.share)}),
        storage=open_storage(given.lake),
        engine=engine,
        secrets=resolver(),
        streams=given.streams,
        start=given.start,
        end=given.end,
        full_refresh=given.full_refresh,
        rebuild=given.rebuild,
        run_id=given.run_id,
    )


def margin(given: Arguments, usual_seconds: float, allowed_seconds: float) -> float:
    """Return how long before the end of its time an execution stops to ask: what was given, else what is usual.

    Where little time is allowed, most of it must be left for asking.
    """
    if given.margin_seconds is not None and given.margin_seconds >= allowed_seconds:
        told = f"`{given.margin_seconds:g}` leaves nothing of the {allowed_seconds:g} seconds that there are for asking"
        raise ConfigError(f"arguments: --margin_seconds: {told}; give less, or allow more time")
    if given.margin_seconds is not None:
        return given.margin_seconds
    return min(usual_seconds, allowed_seconds / 4)


def read_pipeline(given: Arguments) -> Pipeline:
    """Return the pipeline file, from a folder or from S3."""
    overrides = {**given.overrides, **({"database": given.database} if given.database else {})}
    if "://" not in given.pipeline:
        return load(Path(given.pipeline).expanduser(), overrides)
    folder, _, name = given.pipeline.rpartition("/")
    content = open_storage(folder).read(name)
    if content is None:
        raise ConfigError(f"{given.pipeline}: there is no such file; `--pipeline` takes a path or `s3://bucket/key`")
    return loads(content.decode("utf-8-sig", errors="replace"), given.pipeline, overrides)
