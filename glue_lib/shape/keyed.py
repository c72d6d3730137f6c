"""Records get their key, and of several with one key the newest stays."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from glue_lib.lake.frame import KEY, ROOT_KEY
from glue_lib.shape.cells import cell
from glue_lib.shape.keys import KeyValue, place_key, root_key
from glue_lib.shape.layout import Leaf, TableLayout
from glue_lib.shape.order import ORDER_TYPE, rank
from glue_lib.shape.paths import members, text
from glue_lib.shape.records import LANDED, LINE, PART, SLICE
from glue_lib.shape.sql import quoted
from glue_lib.shape.stream import StreamShape
from glue_lib.shape.targets import Stored, Target
from glue_lib.shape.types import TEXT, decimal_digits

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def numbered(records: "DataFrame") -> "DataFrame":
    """Count the lines of each part from zero: Spark's own numbers depend on which parts were read together.

    It must be all lines of a part, or one that is set aside would change the keys of those behind it.
    """
    from pyspark.sql import Window
    from pyspark.sql import functions as F

    in_part = Window.partitionBy(SLICE, PART).orderBy(LINE)
    return records.withColumn(LINE, F.row_number().over(in_part) - 1)


def keyed(records: "DataFrame", root: TableLayout, stream: StreamShape, run_id: str) -> "DataFrame":
    """Return the records with their key, its copies for child tables, and their ranks beside them.

    Without a key, the records must be numbered.
    """
    return ranked(unranked(records, root, stream, run_id), root, stream)


def unranked(records: "DataFrame", root: TableLayout, stream: StreamShape, run_id: str) -> "DataFrame":
    """Return the records with their key and its copies only."""
    key = _key(root, stream, run_id)
    return records.selectExpr(
        f"{key} as {KEY}",
        f"{key} as {ROOT_KEY}",
        *(f"{cell(target, root.leaves, _value)} as {quoted(name)}" for name, target in copies(root, stream).items()),
        "*",
    )


def ranked(rows: "DataFrame", root: TableLayout, stream: StreamShape) -> "DataFrame":
    """Return keyed records with their ranks, which are dear where they are read from text."""
    ranks = zip(stream.order, stream.ranks, strict=True)
    return rows.selectExpr("*", *(f"{_rank(path, root, stream)} as {name}" for path, name in ranks))


def copies(root: TableLayout, stream: StreamShape) -> Mapping[str, Target]:
    """Return the columns of child tables that repeat the root's key, each with the root's column that it repeats."""
    leaves = [leaf for path in stream.key for leaf in root.leaves_at(members(path))]
    return {f"_root_{target.name}": target for leaf in leaves for target in leaf.targets}


def lasting(root: TableLayout, stream: StreamShape) -> list[str]:
    """Return the copies of key columns in which a value stands whatever else its run brought.

    That is a plain column of numbers, which is tried before all others, or of text, where it holds nothing but text.
    """
    found = []
    for path in map(members, stream.key):
        kinds = {leaf.kind for leaf in root.leaves_at(path)}
        plain = next((t for leaf in root.leaves_at(path) for t in leaf.targets if t.comment == text(path)), None)
        is_text = plain is not None and plain.type == TEXT and kinds == {"string"}
        if plain and (is_text or plain.type == "bigint" or decimal_digits(plain.type)):
            found.append(f"_root_{plain.name}")
    return found


def newest(rows: "DataFrame", stream: StreamShape) -> "DataFrame":
    """Return one record a key: the one of the highest ranks, and among equals the one that was landed last."""
    from pyspark.sql import Window
    from pyspark.sql import functions as F

    last_first = [F.col(name).desc_nulls_last() for name in (*stream.ranks, *LANDED)]
    place = F.row_number().over(Window.partitionBy(KEY).orderBy(*last_first))
    return rows.withColumn("_hw_place", place).where("_hw_place = 1").drop("_hw_place")


def newest_of_many(kept: "DataFrame", root: TableLayout, stream: StreamShape) -> "DataFrame":
    """Return the same of records that are persisted: where no key stands twice, as mostly, none of them travels.

    So they stay in the order in which they were landed, and what a source numbers as it comes stands close together.
    Ranks are looked at only where a key stands twice.
    """
    from pyspark.sql import Window
    from pyspark.sql import functions as F

    if kept.groupBy(KEY).count().where("count > 1").isEmpty():
        return kept
    last_first = [F.col(name).desc_nulls_last() for name in (*stream.ranks, *LANDED)]
    place = F.row_number().over(Window.partitionBy(KEY).orderBy(*last_first))
    with_ranks = kept if set(stream.ranks) <= set(kept.columns) else ranked(kept, root, stream)
    placed = with_ranks.select(KEY, *stream.ranks, *LANDED).withColumn("_hw_place", place)
    lost = placed.where("_hw_place > 1").select(*LANDED)
    return kept.join(lost, on=list(LANDED), how="left_anti")


def stored_ranks(stream: StreamShape, stored: Stored) -> tuple[str, ...]:
    """Return, for each rank of a record that arrives, the SQL of the same rank of a stored root row."""
    return tuple(
        _first([rank(quoted(name), kind, stream.form_of(path)) for name, kind in stored.of(members(path))])
        for path in stream.order
    )


def _key(root: TableLayout, stream: StreamShape, run_id: str) -> str:
    if not stream.key:
        return place_key(run_id, SLICE, PART, LINE)
    leaves = [root.leaves_at(members(path)) for path in stream.key]
    if not all(leaves):  # there are no records
        return "cast(null as string)"
    columns = [[KeyValue(leaf.kind, _value(leaf), leaf.type) for leaf in of_path] for of_path in leaves]
    return root_key(columns, refusal=f"{stream.source}.{stream.name}: a record has no {stream.key_named}")


def _rank(path: str, root: TableLayout, stream: StreamShape) -> str:
    leaves = root.leaves_at(members(path))
    return _first([rank(_value(leaf), leaf.type, stream.form_of(path)) for leaf in leaves])


def _value(leaf: Leaf) -> str:
    """Return the SQL of a leaf's value in the records as they were read."""
    return quoted(*leaf.reads)


def _first(ranks: Sequence[str]) -> str:
    return f"coalesce({', '.join(ranks)})" if ranks else f"cast(null as {ORDER_TYPE})"
