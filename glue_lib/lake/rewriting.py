"""Files of a table are written anew without some of their rows, and the rows that take their place beside them.

Delta's own merge looks for the files once more, which the comparison has seen already, and sends and sorts all rows of
them to put changes in their places. Here they are read once and stay in their order; only keys are sent to them. What
Delta does for a merge beyond that, it also does here: it checks what others committed meanwhile, and takes the number
of a load once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from glue_lib.lake.columns import project
from glue_lib.lake.entries import delta_log
from glue_lib.lake.frame import KEY
from glue_lib.lake.settings import USER_METADATA, settings

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from glue_lib.lake.lake import Table

LEAST_BYTES = 8 * 2**20
"""Of the files together. Below that a merge costs no more, and brings changes and small files into one."""

_PLAIN_WRITER = 2  # with a higher one, tables may have a change feed, or rows that are deleted without being taken out
_FILE_BYTES = 32 * 2**20
_TASK_BYTES = "spark.sql.files.maxPartitionBytes"


@dataclass(frozen=True)
class Rewriting:
    """The files of a table that are to be written anew, in one transaction that has begun."""

    spark: SparkSession
    transaction: Any  # Delta's
    files: tuple[Any, ...]

    @classmethod
    def begun(cls, table: Table, names: Collection[str]) -> Rewriting | None:
        """Begin with the files of these names; None where that must be left to a merge, or is better left to it."""
        transaction = delta_log(table.spark, table.uri).startTransaction()
        if transaction.protocol().minWriterVersion() > _PLAIN_WRITER:
            return None
        if not transaction.metadata().partitionColumns().isEmpty():
            return None
        files = tuple(one for one in _each(transaction.filterFiles()) if _name(one.path()) in names)
        if len(files) < len(names):  # somebody has written the table since it was compared
            return None
        rewriting = cls(table.spark, transaction, files)
        return rewriting if sum(rewriting.sizes) >= LEAST_BYTES else None

    @cached_property
    def sizes(self) -> list[int]:
        """Return the bytes of each file."""
        return [int(one.size()) for one in self.files]

    def has(self, app_id: str, number: int) -> bool:
        """Say whether the table has this number of a load; should it get it before the commit, Delta refuses that."""
        return int(self.transaction.txnVersion(app_id)) >= number

    def commit(
        self,
        gone: DataFrame,
        rows: DataFrame,
        note: str,
        number: tuple[str, int] | None,
        check: Callable[[], object],
    ) -> None:
        """Take the rows of the `gone` keys out of the files and put these rows in their place, if `check` passes."""
        from pyspark.sql import DataFrame
        from pyspark.sql import functions as F

        jvm: Any = self.spark._jvm
        delta, nothing = jvm.org.apache.spark.sql.delta, jvm.scala.Option.empty()
        log, snapshot = self.transaction.deltaLog(), self.transaction.snapshot()
        stored = DataFrame(log.createDataFrame(snapshot, self._seq(self.files), False, nothing), self.spark)
        stay = stored.join(F.broadcast(gone.select(KEY)), on=KEY, how="left_anti")
        whole = project(stay, rows.schema.fields).union(rows)
        # A file is read by one task, and written as one: rows that were near each other still are.
        task_bytes = max(_FILE_BYTES, *self.sizes)
        with settings(self.spark, {USER_METADATA: note, _TASK_BYTES: str(task_bytes)}):
            written = self.transaction.writeFiles(whole._jdf)
            actions = [*_each(written), *(one.remove() for one in self.files)]
            if number:
                actions.append(delta.actions.SetTransaction(*number, nothing))
            operation = getattr(delta, "DeltaOperations$ManualUpdate$")
            check()  # to write has taken its time
            self.transaction.commit(self._seq(actions), getattr(operation, "MODULE$"))

    def _seq(self, values: Collection[Any]) -> Any:
        jvm: Any = self.spark._jvm
        listed = jvm.java.util.ArrayList()
        for value in values:
            listed.add(value)
        return jvm.scala.collection.JavaConverters.asScalaBuffer(listed).toList()


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _each(values: Any) -> Iterator[Any]:
    iterator = values.iterator()
    while iterator.hasNext():
        yield iterator.next()
