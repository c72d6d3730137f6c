"""The family of write modes: what `write:` in a pipeline file may say."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from glue_lib.kind import Kind

if TYPE_CHECKING:
    from datetime import datetime

    from pyspark.sql import DataFrame

    from glue_lib.lake.frame import Frame
    from glue_lib.lake.lake import Lake, Table


@dataclass(frozen=True)
class TableReport:
    """What one run did to one table. Not committed means: nothing differed, so the table kept its version."""

    table: str
    inserted: int = 0
    updated: int = 0
    deleted: int = 0
    added_columns: tuple[str, ...] = ()
    left_out: int = 0  # records with values that the schema contract left out of this table
    committed: bool = False
    version: int | None = None  # the version that was committed


class WriteMode(Kind):
    """One way to bring a frame into its table, in one commit, or in none when nothing differs."""

    needs_key: ClassVar[bool] = False
    last_run_tells_all: ClassVar[bool] = False  # of several runs that are due, only the last one need be loaded
    deletes: ClassVar[bool] = False  # knows of records that say that they are deleted
    forgets: ClassVar[bool] = False  # keys that a run did not bring may go: a replay of it goes on to the newest run
    keeps_versions: ClassVar[bool] = False  # a row is a version of a record

    def winners(
        self,
        records: DataFrame,
        table: Table,
        ranks: Mapping[str, str],
        later: Collection[str] = (),
        whole_at: datetime | None = None,
    ) -> DataFrame:
        """Return the records that may be written, before child rows are made of them: here all.

        `ranks` are the columns of `records` that decide which of two is newer, each with the SQL that gives the same
        for a stored row of the root table `table`; `later` are the stream's runs after the one that is loaded, which
        their ids do not tell; `whole_at` is the moment of a run that brought all there is. What is returned is kept,
        until `unpersist`, since all frames are made of it.
        """
        return records.persist()

    def present(self, winners: DataFrame) -> DataFrame:
        """Return those of the winners that frames are made of; the others only tell what is to become of their rows."""
        from glue_lib.lake.fate import present

        return present(winners)

    def write(self, frame: Frame, lake: Lake, run_id: str, records: DataFrame | None = None) -> TableReport:
        """Bring `frame` into its table; `records` are the winners that the run's frames were made of."""
        raise NotImplementedError
