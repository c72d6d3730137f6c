"""Records get their key, and of several with one key the newest stays."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from glue_lib.lake.frame import KEY, ROOT_KEY
from glue_lib.shape.exact import exactly
from glue_lib.shape.keys import place_key, root_key
from glue_lib.shape.layout import Leaf, Stored, TableLayout
from glue_lib.shape.order import ORDER_TYPE, rank
from glue_lib.shape.paths import dotted, text
from glue_lib.shape.records import LANDED, LINE, PART, SLICE
from glue_lib.shape.relationalize import quoted
from glue_lib.shape.stream import StreamShape

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def keyed(records: "DataFrame", root: TableLayout, stream: StreamShape, run_id: str) -> "DataFrame":
    """Return the records with their key, its copies for child tables, and their ranks beside them."""
    records = records if stream.key else _with_line_numbers(records)
    key = _key(root, stream, run_id)
    return records.selectExpr(
        f"{key} as {KEY}",
        f"{key} as {ROOT_KEY}",
        *(f"{_copy(path, root)} as {quoted(name)}" for path, name in zip(stream.key, stream.root_columns, strict=True)),
        *(f"{_rank(path, root, stream)} as {name}" for path, name in zip(stream.order, stream.ranks, strict=True)),
        "*",
    )


def newest(rows: "DataFrame", stream: StreamShape) -> "DataFrame":
    """Return one record a key: the one of the highest ranks, and among equals the one that was landed last."""
    from pyspark.sql import Window
    from pyspark.sql import functions as F

    last_first = [F.col(name).desc_nulls_last() for name in (*stream.ranks, *LANDED)]
    place = F.row_number().over(Window.partitionBy(KEY).orderBy(*last_first))
    return rows.withColumn("_hw_place", place).where("_hw_place = 1").drop("_hw_place")


def stored_ranks(stream: StreamShape, stored: Stored) -> tuple[str, ...]:
    """Return, for each rank of a record that arrives, the SQL of the same rank of a stored root row."""
    return tuple(
        _first(
            [
                rank(quoted(name), kind, stream.order_format)
                for comment, (name, kind) in stored.columns.items()
                if comment.partition(" as ")[0] == text(tuple(path.split(".")))
            ]
        )
        for path in stream.order
    )


def _key(root: TableLayout, stream: StreamShape, run_id: str) -> str:
    if not stream.key:
        return place_key(run_id, SLICE, PART, LINE)
    values = [[(leaf.kind, read(leaf)) for leaf in _leaves(root, path)] for path in stream.key]
    return root_key(values) if all(values) else "cast(null as string)"  # the second: there are no records


def _copy(path: str, root: TableLayout) -> str:
    leaves = _leaves(root, path)
    if not leaves:
        return "cast(null as string)"
    plain = leaves[0].targets[0]
    values = [exactly(read(leaf), leaf.type, plain.type) for leaf in leaves if plain in leaf.targets]
    return f"coalesce({', '.join(values)})"


def _rank(path: str, root: TableLayout, stream: StreamShape) -> str:
    return _first([rank(read(leaf), leaf.type, stream.order_format) for leaf in _leaves(root, path)])


def _leaves(root: TableLayout, path: str) -> list[Leaf]:
    return [leaf for leaf in root.leaves if dotted(leaf.path) == path]


def read(leaf: Leaf) -> str:
    """Return the SQL of a leaf's value in the records as they were read."""
    return ".".join(map(quoted, leaf.reads))


def _first(ranks: Sequence[str]) -> str:
    return f"coalesce({', '.join(ranks)})" if ranks else f"cast(null as {ORDER_TYPE})"


def _with_line_numbers(records: "DataFrame") -> "DataFrame":
    """Count the lines of each part from zero: Spark's own numbers depend on which parts were read together."""
    from pyspark.sql import Window
    from pyspark.sql import functions as F

    in_part = Window.partitionBy(SLICE, PART).orderBy(LINE)
    return records.withColumn(LINE, F.row_number().over(in_part) - 1)
