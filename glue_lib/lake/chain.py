"""The chain of a record's versions: each holds until the next begins, and none says the same as the one before it.

The chain is made anew of what is stored and what came, for the records that came, so that one which comes late finds
its place. Only keys, moments and hashes are compared; the records themselves are joined to the outcome.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_lib.lake.columns import quoted
from glue_lib.lake.fate import CAME, FATE, GONE, KEPT
from glue_lib.lake.frame import DELETED, ENTITY_KEY, IS_CURRENT, KEY, RUN_ID, SAID, VALID_FROM, VALID_TO

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from pyspark.sql import Column, DataFrame

_FROM, _RANK, _WAS_TO = "_hw_from", "_hw_rank", "_hw_was_to"
_ARRIVED, _STORED, _END = "arrived", "stored", "end"  # an end is what a deletion left: a version that no other follows


def chained(
    records: DataFrame, stored: DataFrame | None, ranks: Mapping[str, str], later: Collection[str]
) -> DataFrame:
    """Return the lines that `lake.fate` reads: versions that came, and stored ones that end elsewhere or go."""
    from pyspark.sql import functions as F

    came = _arrived(records, ranks)
    links = came if stored is None else came.unionByName(_known(records, stored, ranks, later))
    outcome = _outcome(links.repartition(ENTITY_KEY)).where(F.col(FATE).isNotNull())
    told = records.drop(VALID_TO, IS_CURRENT, DELETED)
    return told.join(outcome.select(KEY, FATE, VALID_TO, IS_CURRENT), on=KEY, how="right")


def _arrived(records: DataFrame, ranks: Mapping[str, str]) -> DataFrame:
    from pyspark.sql import functions as F

    rank = F.struct(*(F.col(quoted(name)) for name in ranks), F.lit(False).alias("_hw_is_later"))
    is_deleted = F.col(DELETED) if DELETED in records.columns else F.lit(False)
    no_end = F.lit(None).cast("timestamp").alias(_WAS_TO)
    return records.select(
        KEY,
        ENTITY_KEY,
        VALID_FROM,
        SAID,
        is_deleted.alias(DELETED),
        rank.alias(_RANK),
        F.lit(_ARRIVED).alias(_FROM),
        no_end,
    )


def _known(records: DataFrame, stored: DataFrame, ranks: Mapping[str, str], later: Collection[str]) -> DataFrame:
    """Return the stored versions of the records that came, and the ends that deletions left."""
    from pyspark.sql import Window
    from pyspark.sql import functions as F

    is_later = F.col(RUN_ID).isin(*later).alias("_hw_is_later")
    rank = F.struct(*(F.expr(sql).alias(name) for name, sql in ranks.items()), is_later)
    # An explicit distinct list: a record may come with many versions.
    ours = stored.join(records.select(ENTITY_KEY).distinct(), on=ENTITY_KEY, how="left_semi")
    following = F.lead(VALID_FROM).over(Window.partitionBy(ENTITY_KEY).orderBy(VALID_FROM))
    versions = ours.select(
        KEY,
        ENTITY_KEY,
        VALID_FROM,
        SAID,
        F.lit(False).alias(DELETED),
        rank.alias(_RANK),
        F.lit(_STORED).alias(_FROM),
        F.col(VALID_TO).alias(_WAS_TO),
        following.alias("_hw_following"),
    )
    is_end = F.col(_WAS_TO).isNotNull() & ~F.col(_WAS_TO).eqNullSafe(F.col("_hw_following"))
    version = F.struct(F.col(VALID_FROM), F.col(DELETED), F.col(_FROM), F.col(_WAS_TO))
    end = F.struct(
        F.col(_WAS_TO).alias(VALID_FROM),
        F.lit(True).alias(DELETED),
        F.lit(_END).alias(_FROM),
        F.lit(None).cast("timestamp").alias(_WAS_TO),
    )
    links = F.explode(F.when(is_end, F.array(version, end)).otherwise(F.array(version))).alias("link")
    return versions.select(KEY, ENTITY_KEY, SAID, _RANK, links).select(KEY, ENTITY_KEY, SAID, _RANK, "link.*")


def _outcome(links: DataFrame) -> DataFrame:
    """Return the links with their fate, null where nothing is to be done, and with the moment to which they hold."""
    from pyspark.sql import Window
    from pyspark.sql import functions as F

    # Of one moment the higher rank counts, then what came now, as of the records of one run. That holds for deletions,
    # too: a replay brings those of later runs behind it.
    moment = Window.partitionBy(ENTITY_KEY, VALID_FROM)
    first = [F.col(_RANK).desc(), (F.col(_FROM) == _ARRIVED).desc(), F.col(_FROM)]
    placed = links.withColumn("_hw_lost", F.row_number().over(moment.orderBy(*first)) > 1)
    line = Window.partitionBy(ENTITY_KEY, "_hw_lost").orderBy(VALID_FROM)
    before = F.lag(F.struct(DELETED, SAID)).over(line)
    repeats = ~F.col(DELETED) & F.coalesce(~before[DELETED] & before[SAID].eqNullSafe(F.col(SAID)), F.lit(False))
    told = placed.withColumn("_hw_out", F.col("_hw_lost") | repeats)
    rest = Window.partitionBy(ENTITY_KEY, "_hw_out").orderBy(VALID_FROM)
    told = told.withColumn(VALID_TO, F.lead(VALID_FROM).over(rest)).withColumn(IS_CURRENT, F.col(VALID_TO).isNull())
    is_version = ~F.col("_hw_out") & ~F.col(DELETED)
    told = told.withColumn("_hw_came", is_version & (F.col(_FROM) == _ARRIVED))
    return told.withColumn(FATE, _fate(is_version, F.max("_hw_came").over(moment)))


def _fate(is_version: Column, has_followed: Column) -> Column:
    from pyspark.sql import functions as F

    is_stored = F.col(_FROM) == _STORED
    moved = ~F.col(_WAS_TO).eqNullSafe(F.col(VALID_TO))
    return (
        F.when(F.col("_hw_came"), CAME)
        .when(is_stored & is_version & moved, KEPT)
        .when(is_stored & ~is_version & ~has_followed, GONE)
    )
