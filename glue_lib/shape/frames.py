"""Keyed records become one frame a table: relationalized, named, and each value in the column that holds it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from glue_lib.lake.frame import INDEX, KEY, LOADED_AT, PARENT_KEY, ROOT_KEY, RUN_ID, Frame
from glue_lib.shape.exact import first_held
from glue_lib.shape.glue_relationalize import GlueRelationalize
from glue_lib.shape.layout import Layout, TableLayout, Target
from glue_lib.shape.paths import text
from glue_lib.shape.records import LANDED
from glue_lib.shape.relationalize import Relationalize, quoted
from glue_lib.shape.stream import StreamShape

if TYPE_CHECKING:
    from datetime import datetime

    from pyspark.sql import Column, DataFrame

TRANSFORMS = {"headwater": Relationalize, "glue": GlueRelationalize}
"""The transforms that `relationalize:` in a pipeline file chooses from."""


def frames(
    rows: "DataFrame", layout: Layout, stream: StreamShape, *, run_id: str, loaded_at: "datetime", glue_context: Any
) -> list[Frame]:
    """Return the frames of keyed records, parents first."""
    from awsglue.dynamicframe import DynamicFrame

    nested = DynamicFrame.fromDF(rows.drop(*LANDED, *stream.ranks), glue_context, stream.name)
    flat = TRANSFORMS[stream.relationalize].apply(
        nested,
        name=stream.name,
        carry=(ROOT_KEY, *stream.root_columns),
        labels={table.array_column: text(table.path) for table in layout.tables},
    )
    return [
        Frame(
            table=table.name,
            rows=_typed(flat[_relationalized_name(table, stream)].toDF(), table, stream, run_id, loaded_at),
            root=stream.name,
            is_child=bool(table.path),
            has_lasting_keys=bool(stream.key),
        )
        for table in layout.tables
    ]


def _relationalized_name(table: TableLayout, stream: StreamShape) -> str:
    return f"{stream.name}_{table.array_column}" if table.path else stream.name


def _typed(
    rows: "DataFrame", table: TableLayout, stream: StreamShape, run_id: str, loaded_at: "datetime"
) -> "DataFrame":
    from pyspark.sql import functions as F

    own = [F.col(KEY)]
    if table.path:
        own += [F.col("id").alias(PARENT_KEY), F.col(ROOT_KEY), F.col("index").cast("bigint").alias(INDEX)]
        own += [F.col(quoted(name)) for name in stream.root_columns]
    values = {target: _value(target, table) for target in table.columns}
    needed = _needed(rows, table, values)
    columns = [_column(target, sql) for target, sql in values.items() if target.name in needed]
    arrival = [F.lit(run_id).alias(RUN_ID), F.lit(loaded_at).cast("timestamp").alias(LOADED_AT)]
    return rows.select(*own, *columns, *arrival)


def _value(target: Target, table: TableLayout) -> str:
    """Return the SQL of a column: of each leaf that may go there, what no earlier column of its chain held."""
    pieces = []
    for leaf in table.leaves:
        if target in leaf.targets:
            chain = first_held(quoted(table.column_of(leaf)), leaf.type, tuple(t.type for t in leaf.targets))
            pieces.append(chain[leaf.targets.index(target)])
    return pieces[0] if len(pieces) == 1 else f"coalesce({', '.join(pieces)})"


def _column(target: Target, sql: str) -> "Column":
    from pyspark.sql import functions as F

    return F.expr(sql).alias(target.name, metadata={"comment": target.comment})


def _needed(rows: "DataFrame", table: TableLayout, values: dict[Target, str]) -> Sequence[str]:
    """Return the columns that the table gets: of the unproven ones only those that some value really goes to."""
    from pyspark.sql import functions as F

    unproven = [target for target in values if target.name in table.unproven]
    if not unproven:
        return [target.name for target in values]
    seen = rows.agg(*[F.max(F.expr(f"({values[target]}) is not null")).alias(target.name) for target in unproven]).first()
    return [target.name for target in values if target not in unproven or (seen and seen[target.name])]
