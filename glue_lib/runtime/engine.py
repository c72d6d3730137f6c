"""Spark and the catalog, as an execution needs them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from glue_lib.lake.catalog import GlueCatalog, SessionCatalog
from glue_lib.lake.lake import Lake, Table
from glue_lib.runtime.session import glue_context


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

    def register(self, lake: Lake, table: Table) -> None:
        """Register a table in the Glue Data Catalog, or for this session where that is not ours to write."""
        (GlueCatalog() if self.is_on_glue else SessionCatalog()).register(lake, table)
