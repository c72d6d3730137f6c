"""Keyed records become one frame a table: relationalized, named, and each value in the column that holds it."""

from collections.abc import Container, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from glue_lib.lake.frame import (
    END_RANK,
    GONE_AT,
    INDEX,
    KEY,
    LOADED_AT,
    PARENT_KEY,
    ROOT_KEY,
    RUN_ID,
    SAID,
    VERSION,
    Frame,
)
from glue_lib.shape.cells import cell
from glue_lib.shape.glue_relationalize import GlueRelationalize
from glue_lib.shape.keyed import copies
from glue_lib.shape.keys import KeyValue, element_key
from glue_lib.shape.layout import Layout, Leaf, TableLayout, place_comment
from glue_lib.shape.paths import ENTRY, text
from glue_lib.shape.records import LANDED
from glue_lib.shape.relationalize import Relationalize
from glue_lib.shape.sql import quoted
from glue_lib.shape.stream import StreamShape
from glue_lib.shape.targets import Target

if TYPE_CHECKING:
    from datetime import datetime

    from pyspark.sql import Column, DataFrame

TRANSFORMS: Mapping[str, Any] = {"headwater": Relationalize, "glue": GlueRelationalize}
"""The transforms that `relationalize:` in a pipeline file chooses from."""

_ROOTS_OWN = (SAID, END_RANK, GONE_AT)  # columns of ours that no child table repeats


def frames(
    rows: "DataFrame",
    layout: Layout,
    stream: StreamShape,
    *,
    run_id: str,
    loaded_at: "datetime",
    glue_context: Any,
    staging_path: str = "",
) -> list[Frame]:
    """Return the frames of keyed records, parents first; AWS's Relationalize needs a folder for what it stages."""
    from awsglue.dynamicframe import DynamicFrame
    from pyspark.sql import functions as F

    copied = copies(layout.tables[0], stream)
    nested = DynamicFrame.fromDF(rows.drop(*LANDED, *stream.ranks), glue_context, stream.name)
    version = [name for name in VERSION if name in rows.columns]
    flat = TRANSFORMS[stream.relationalize].apply(
        nested,
        staging_path=staging_path,
        name=stream.name,
        carry=(ROOT_KEY, *version, *copied),
        labels={table.array_column: text(table.path) for table in layout.tables},
        own_keys={table.array_column: partial(_own_key, table) for table in layout.tables if table.own_key},
    )
    arrival = [F.lit(run_id).alias(RUN_ID), F.lit(loaded_at).cast("timestamp").alias(LOADED_AT)]
    # Keys that are made anew in every run may be left out of a comparison only where no other table holds them.
    has_lasting_keys = bool(stream.key) or len(layout.tables) > 1
    made: list[Frame] = []
    for table in layout.tables:
        of_table = flat[f"{stream.name}_{table.array_column}" if table.path else stream.name].toDF()
        root_columns = made[0].rows.columns if made else []
        own = _own(table, {name: target for name, target in copied.items() if target.name in root_columns})
        beside = version if table.path else [*version, *(name for name in _ROOTS_OWN if name in rows.columns)]
        typed = of_table.select(*own, *beside, *_cells(of_table, table), *arrival)
        made.append(
            Frame(table.name, typed, root=stream.name, is_child=bool(table.path), has_lasting_keys=has_lasting_keys)
        )
    return made


def _own(table: TableLayout, copied: Mapping[str, Target]) -> list["Column"]:
    """Return the columns that every table has; a child's hold the root's key besides, by the root's column names."""
    from pyspark.sql import functions as F

    if not table.path:
        return [F.col(KEY)]
    # The members of an object have no order: where they would have a place, each new one would change those behind it.
    index = F.lit(None) if table.path[-1] is ENTRY else F.col("index")
    place = index.cast("bigint").alias(INDEX, metadata={"comment": place_comment(table.path)})
    keys = [F.col(KEY), F.col("id").alias(PARENT_KEY), F.col(ROOT_KEY), place]
    return keys + [F.col(quoted(name)) for name in copied]


def _own_key(table: TableLayout, element: str) -> str:
    """Return the SQL of what identifies an element of the table's array."""

    def value(leaf: Leaf) -> KeyValue:
        return KeyValue(leaf.kind, ".".join([element, quoted(*leaf.reads)] if leaf.reads else [element]), leaf.type)

    return element_key([[value(leaf) for leaf in leaves] for leaves in table.own_key])


def _cells(rows: "DataFrame", table: TableLayout) -> list["Column"]:
    """Return the data columns of the table, each with the path that it comes from."""
    from pyspark.sql import functions as F

    def value(leaf: Leaf) -> str:
        return quoted(table.column_of(leaf))

    values = {target: cell(target, table.leaves, value) for target in table.columns}
    unneeded = _unneeded(rows, {target: values[target] for target in table.unproven})
    return [
        F.expr(sql).alias(target.name, metadata={"comment": target.comment})
        for target, sql in values.items()
        if target not in unneeded
    ]


def _unneeded(rows: "DataFrame", unproven: Mapping[Target, str]) -> Container[Target]:
    """Return those of the columns that no value really goes to: the only look at the values before they are written."""
    from pyspark.sql import functions as F

    if not unproven:
        return ()
    counts = rows.agg(*(F.count(F.expr(sql)).alias(target.name) for target, sql in unproven.items())).collect()[0]
    return [target for target in unproven if not counts[target.name]]
