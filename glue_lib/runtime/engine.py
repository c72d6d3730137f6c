"""Spark and the catalog, as an execution needs them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from glue_lib.errors import ConfigError
from glue_lib.lake.catalog import GlueCatalog, SessionCatalog
from glue_lib.lake.lake import Lake, Table
from glue_lib.lake.spark_errors import spark_errors_of
from glue_lib.runtime.session import glue_context

LITTLE_BYTES = 32 * 2**20
"""Of raw records and of the stored root table together; up to here compiling a plan costs more than it saves."""

_INTERPRETED = {
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.shuffle.partitions": "2",
}

# To look for what kept columns could be compressed by takes more than a third of the processor time of keeping records
# with their keys, and saved 4 % of the room in those of `bench/load.py`: hashes and long texts do not repeat.
#
# Spark counts the bytes of landed parts as they are zipped, and gives a task 128 MB of them. That is half a gigabyte of
# records, more than the memory of a laptop's session holds beside the rest, and one file, which each later run touches.
_COMPILED = {
    "spark.sql.inMemoryColumnarStorage.compressed": "false",
    "spark.sql.files.maxPartitionBytes": "32m",
}


@dataclass
class SparkEngine:
    """Spark for one lake; it runs from when it is first asked for something."""

    lake_uri: str  # as Spark reads it
    is_on_glue: bool

    def started(self) -> Self:
        """Start Spark, which takes some seconds; return this engine."""
        _ = self.glue_context
        return self

    def commit(self, job_name: str, options: Mapping[str, str]) -> None:
        """Tell Glue that the job did what it had to; where Spark never started there is nobody to tell."""
        from awsglue.job import Job

        if self.is_on_glue or "glue_context" in self.__dict__:
            job = Job(self.glue_context)
            job.init(job_name, dict(options))
            job.commit()

    @cached_property
    def glue_context(self) -> Any:
        """Return the Glue context: Glue's own, or the stand-in's."""
        return glue_context(self.lake_uri)

    def lake(self, source: str, database: str) -> Lake:
        """Return the tables of a source."""
        return Lake(self.glue_context.spark_session, self.lake_uri, source, database)

    @contextmanager
    def fitted(self, size_bytes: int) -> Iterator[None]:
        """Let Spark interpret its plans while they run over little data: compiling them would take most of the time."""
        conf = self.glue_context.spark_session.conf
        wanted = _INTERPRETED if size_bytes <= LITTLE_BYTES else _COMPILED
        before = {name: conf.get(name, None) for name in wanted}
        try:
            for name, value in wanted.items():
                conf.set(name, value)
            yield
        finally:
            for name, value in before.items():
                conf.unset(name) if value is None else conf.set(name, value)

    @property
    def tasks_at_once(self) -> int:
        """How many tasks can run side by side, also those for which the cluster would have to grow."""
        context = self.glue_context.spark_session.sparkContext
        conf = context.getConf()
        grown = 0
        if conf.get("spark.dynamicAllocation.enabled", "false") == "true":
            executors = int(conf.get("spark.dynamicAllocation.maxExecutors", "0"))
            grown = executors * int(conf.get("spark.executor.cores", "1"))
        return max(int(context.defaultParallelism), grown)

    def each(self, work: Callable[[Any], Any], values: Sequence[Any], *, name: str) -> list[Any]:
        """Return what `work` makes of each value, a task each, in one action."""
        context = self.glue_context.spark_session.sparkContext
        if context.getConf().get("spark.speculation", "false") == "true":
            told = "Spark would do the same work twice (`spark.speculation`), and an API would be asked twice"
            raise ConfigError(f"{name}: {told}; switch it off, or take out `spread: executors`")
        with spark_errors_of(name):
            context.setJobDescription(name)
            try:
                return list(context.parallelize(values, len(values)).map(work).collect())
            finally:
                context.setJobDescription(None)

    def register(self, lake: Lake, table: Table) -> None:
        """Register a table in the Glue Data Catalog, or for this session where that is not ours to write."""
        (GlueCatalog() if self.is_on_glue else SessionCatalog()).register(lake, table)
