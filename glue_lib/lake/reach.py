"""Which part of its tables a run can touch: between the least and the greatest of the keys that it brought.

Sources number their records as they come, and mostly change the young ones. So the rows of a run stand close together
in files that were written in that order, and the statistics in Delta's log tell which files need not be read at all.
What is between the bounds is only ever looked at; rows are told by their keys.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from glue_lib.lake.columns import quoted

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

ROOTS = "_root_"
"""How a child's copy of a column of its root's key is named: `_root_id` for `id`."""

FEW = 200_000
"""Keys that every task can hold; with so few, no row of a table must travel to be looked at."""


@dataclass(frozen=True)
class Reach:
    """The bounds of a run's keys by the root's columns, where every record has a value in such a column."""

    bounds: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    records: int | None = None  # None: not counted

    @property
    def is_narrow(self) -> bool:
        """Whether the run brought so few records that their keys can be sent to the table's rows."""
        return self.records is not None and self.records <= FEW

    def of(self, columns: Sequence[str], table: str = "") -> Column | None:
        """Return the condition that rows of a table with these columns may be of the run; None where any may."""
        from pyspark.sql import functions as F

        found = None
        for name, (least, greatest) in self.bounds.items():
            place = next((one for one in (f"{ROOTS}{name}", name) if one in columns), None)
            if place:
                column = F.col(quoted(table, place) if table else quoted(place))
                within = column.between(F.lit(least), F.lit(greatest))
                found = within if found is None else found & within
        return found

    def within(self, stored: DataFrame) -> DataFrame:
        """Return the stored rows that may be of the run."""
        condition = self.of(stored.columns)
        return stored if condition is None else stored.where(condition)

    def sent(self, keys: DataFrame) -> DataFrame:
        """Return the keys of the run's records as the side of a join that is sent to the other one, if few."""
        from pyspark.sql import functions as F

        return F.broadcast(keys) if self.is_narrow else keys


EVERYWHERE = Reach()
"""A run of which nothing is known."""


def reach(records: DataFrame, names: Sequence[str]) -> Reach:
    """Return how far these records reach by the named copies of their key's columns, as child rows will have them."""
    from pyspark.sql import functions as F

    told = [each for name in names for each in _bounds(name)]
    row = records.agg(F.count("*").alias("records"), *told).head()
    assert row is not None
    bounds = {
        name.removeprefix(ROOTS): (row[f"{name} least"], row[f"{name} greatest"])
        for name in names
        if row["records"] and row[f"{name} count"] == row["records"]
    }
    return Reach(bounds, row["records"])


def _bounds(name: str) -> list[Column]:
    from pyspark.sql import functions as F

    column = F.col(quoted(name))
    told = {"count": F.count(column), "least": F.min(column), "greatest": F.max(column)}
    return [value.alias(f"{name} {word}") for word, value in told.items()]
