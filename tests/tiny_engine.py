"""Spark as a load of a handful of rows needs it: no step in more than one task, and no table has a name."""

from collections.abc import Iterator
from contextlib import contextmanager

from glue_lib.lake.lake import Lake, Table
from glue_lib.lake.settings import settings
from glue_lib.runtime.engine import SparkEngine


class TinyEngine(SparkEngine):
    """What else Spark does, this does too."""

    @contextmanager
    def fitted(self, size_bytes: int) -> Iterator[None]:
        one_task = {"spark.sql.shuffle.partitions": "1"}
        with super().fitted(size_bytes), settings(self.glue_context.spark_session, one_task):
            yield

    def register(self, lake: Lake, table: Table) -> None:
        """Leave the table without a name: it is read by its path."""
