"""What is to become of the stored rows of a record: told for each record before its frames are made.

A record that *came* brings its rows. One that is *gone* takes its stored rows along, at every depth. Of one that is
*kept* the stored rows stay, with other values in the columns that its line holds, such as `_hw_valid_to`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_lib.lake.frame import DELETED, END_RANK, GONE_AT, IS_CURRENT, KEY, ROOT_KEY, VALID_TO, Frame

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pyspark.sql import DataFrame
    from pyspark.sql.types import StructField

FATE = "_hw_fate"
CAME, GONE, KEPT = "came", "gone", "kept"

_RESTATED = (VALID_TO, IS_CURRENT, END_RANK, GONE_AT)


def fated(records: DataFrame) -> DataFrame:
    """Return the records with their fate: those that say that they are deleted are gone, the others came."""
    from pyspark.sql import functions as F

    if DELETED not in records.columns:
        return records
    return records.withColumn(FATE, F.when(F.col(DELETED), GONE).otherwise(CAME)).drop(DELETED)


def present(winners: DataFrame) -> DataFrame:
    """Return the records that frames are made of: those that came."""
    from pyspark.sql import functions as F

    return winners.where(F.col(FATE) == CAME).drop(FATE) if FATE in winners.columns else winners


def touched(
    stored: DataFrame,
    frame: Frame,
    winners: DataFrame,
    fields: Sequence[StructField],
    sent: Callable[[DataFrame], DataFrame] = lambda keys: keys,
) -> DataFrame:
    """Return the stored rows that may change: those of the winners, whose keys may be `sent` to them."""
    from pyspark.sql import functions as F

    if FATE in winners.columns and not _restated(winners, fields):
        winners = winners.where(F.col(FATE) != KEPT)
    keys = winners.select(F.col(KEY).alias(_key_of(frame)))
    return stored.join(sent(keys), on=_key_of(frame), how="left_semi")


def incoming(stored: DataFrame, frame: Frame, winners: DataFrame, fields: Sequence[StructField]) -> DataFrame:
    """Return all rows that the table is to have of the winners: the frame's, and the kept ones, with new values."""
    from pyspark.sql import functions as F

    from glue_lib.lake.columns import project

    came = project(frame.rows, fields)
    names = _restated(winners, fields)
    if FATE not in winners.columns or not names:
        return came
    kept = winners.where(F.col(FATE) == KEPT).select(F.col(KEY).alias(_key_of(frame)), *names)
    return came.unionByName(project(stored.drop(*names).join(kept, on=_key_of(frame), how="inner"), fields))


def _restated(winners: DataFrame, fields: Sequence[StructField]) -> list[str]:
    """Return the columns of a table that the line of a kept record says anew."""
    has = {field.name for field in fields}
    return [name for name in _RESTATED if name in has and name in winners.columns]


def _key_of(frame: Frame) -> str:
    return ROOT_KEY if frame.is_child else KEY
