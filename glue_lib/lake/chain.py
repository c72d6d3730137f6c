"""The chain of a record's versions: each holds until the next begins, and none says the same as the one before it.

The chain is made anew of what is stored and what came, for the records that came, so that one which comes late finds
its place. Only keys, moments and hashes are compared; the records themselves are joined to the outcome.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from glue_lib.lake.columns import quoted
from glue_lib.lake.fate import CAME, FATE, GONE, KEPT
from glue_lib.lake.frame import DELETED, END_RANK, ENTITY_KEY, IS_CURRENT, KEY, RUN_ID, SAID, VALID_FROM, VALID_TO

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from pyspark.sql import Column, DataFrame

_FROM, _RANK, _WAS_TO, _WAS_RANK = "_hw_from", "_hw_rank", "_hw_was_to", "_hw_was_rank"
_ARRIVED, _STORED, _END = "arrived", "stored", "end"  # an end is what a deletion left: a version that no other follows


def chained(
    records: DataFrame, stored: DataFrame | None, ranks: Mapping[str, str], later: Collection[str]
) -> DataFrame:
    """Return the lines that `lake.fate` reads: versions that came, and stored ones that end elsewhere or go."""
    from pyspark.sql import functions as F

    # By one field alone, what is of the moment of an end ranks as the deletion that made it.
    has_end_ranks = len(ranks) > 1 or (len(ranks) == 1 and stored is not None and END_RANK in stored.columns)
    came = _arrived(records, ranks)
    links = came
    if stored is not None:
        links = came.unionByName(_known(records, _told(stored, has_end_ranks=has_end_ranks), ranks, later))
    outcome = _outcome(links.repartition(ENTITY_KEY), has_end_ranks=has_end_ranks).where(F.col(FATE).isNotNull())
    told = records.drop(VALID_TO, IS_CURRENT, DELETED)
    line = [KEY, FATE, VALID_TO, IS_CURRENT, *([END_RANK] if has_end_ranks else [])]
    return told.join(outcome.select(line), on=KEY, how="right")


def _told(stored: DataFrame, *, has_end_ranks: bool) -> DataFrame:
    """Return the stored versions with what is known of the ranks of their ends; older tables know nothing."""
    from pyspark.sql import functions as F

    if has_end_ranks and END_RANK in stored.columns:
        return stored
    return stored.withColumn(END_RANK, F.lit(None).cast("string"))


def _arrived(records: DataFrame, ranks: Mapping[str, str]) -> DataFrame:
    from pyspark.sql import functions as F

    rank = F.struct(*(F.col(quoted(name)) for name in ranks), F.lit(False).alias("_hw_is_later"))
    is_deleted = F.col(DELETED) if DELETED in records.columns else F.lit(False)
    no_end = [F.lit(None).cast("timestamp").alias(_WAS_TO), F.lit(None).cast("string").alias(_WAS_RANK)]
    return records.select(
        KEY,
        ENTITY_KEY,
        VALID_FROM,
        SAID,
        is_deleted.alias(DELETED),
        rank.alias(_RANK),
        F.lit(_ARRIVED).alias(_FROM),
        *no_end,
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
        F.col(END_RANK).alias(_WAS_RANK),
    )
    is_end = F.col(_WAS_TO).isNotNull() & ~F.col(_WAS_TO).eqNullSafe(F.col("_hw_following"))
    version = F.struct(F.col(VALID_FROM), F.col(DELETED), F.col(_FROM), F.col(_WAS_TO), F.col(_WAS_RANK), F.col(_RANK))
    end = F.struct(
        F.col(_WAS_TO).alias(VALID_FROM),
        F.lit(True).alias(DELETED),
        F.lit(_END).alias(_FROM),
        F.lit(None).cast("timestamp").alias(_WAS_TO),
        F.lit(None).cast("string").alias(_WAS_RANK),
        (_end_rank(versions) if ranks else F.col(_RANK)).alias(_RANK),
    )
    links = F.explode(F.when(is_end, F.array(version, end)).otherwise(F.array(version))).alias("link")
    return versions.select(KEY, ENTITY_KEY, SAID, links).select(KEY, ENTITY_KEY, SAID, "link.*")


def _end_rank(versions: DataFrame) -> Column:
    """Return the rank of an end: of the deletion where that was kept, else of the version that it ended."""
    from pyspark.sql import functions as F

    rank, is_later = F.col(_RANK), "_hw_is_later"
    fields = versions.select(f"{_RANK}.*").drop(is_later).schema
    kept = F.from_json(F.col(_WAS_RANK), fields)
    told = F.struct(*(kept[name].alias(name) for name in fields.names), rank[is_later].alias(is_later))
    return F.when(F.col(_WAS_RANK).isNotNull(), told).otherwise(rank)


def _outcome(links: DataFrame, *, has_end_ranks: bool) -> DataFrame:
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
    told = told.withColumn(END_RANK, F.lead(_rank_told()).over(rest) if has_end_ranks else F.lit(None).cast("string"))
    told = told.withColumn(VALID_TO, F.lead(VALID_FROM).over(rest)).withColumn(IS_CURRENT, F.col(VALID_TO).isNull())
    is_version = ~F.col("_hw_out") & ~F.col(DELETED)
    told = told.withColumn("_hw_came", is_version & (F.col(_FROM) == _ARRIVED))
    return told.withColumn(FATE, _fate(is_version, F.max("_hw_came").over(moment)))


def _rank_told() -> Column:
    """Return the rank of a deletion as it is kept with the version that it ends."""
    from pyspark.sql import functions as F

    return F.when(F.col(DELETED), F.to_json(F.col(_RANK).dropFields("_hw_is_later")))


def _fate(is_version: Column, has_followed: Column) -> Column:
    from pyspark.sql import functions as F

    is_stored = F.col(_FROM) == _STORED
    moved = ~F.col(_WAS_TO).eqNullSafe(F.col(VALID_TO)) | ~F.col(_WAS_RANK).eqNullSafe(F.col(END_RANK))
    return (
        F.when(F.col("_hw_came"), CAME)
        .when(is_stored & is_version & moved, KEPT)
        .when(is_stored & ~is_version & ~has_followed, GONE)
    )
