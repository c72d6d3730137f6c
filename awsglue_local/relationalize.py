"""Glue's relationalize: structs become dotted columns, and every array becomes a table of its own.

    {"zip": 1, "tags": ["a", "b"]}   →   root: (zip 1, tags 1)    root_tags: (id 1, index 0, tags.val a), (1, 1, b)

In the parent a long takes the array's place; the child has it as `id`, once per element. The ids are made while Spark
runs, so the input is kept (in Spark's store: memory, then disk) from its first reading on: what fills the child cannot
come from another order of records than what filled the parent. Glue keeps its child tables as CSV files instead, which
shows in their values: `_read_back_from_csv` and `_elements` are all there is to it.
"""

from awsglue.gluetypes import IntegerType, LongType, StringType, StructType
from pyspark.sql import DataFrame

from awsglue_local import quirks
from awsglue_local.columns import Column, is_array, leaves, quote, struct_kind, told_apart

Tables = dict[str, tuple[DataFrame, StructType]]


def relationalize(rows: DataFrame, columns: list[Column], root: str) -> Tables:
    """Return rows and schema of each table by its name, the root first. Only shuffles before it run now."""
    flat = told_apart([leaf for column in columns for leaf in leaves(column)])
    kept = rows.localCheckpoint(eager=False) if any(map(is_array, flat)) else rows
    found: Tables = {}
    _add_tables(found, kept, flat, root, root)
    return found


def _add_tables(found: Tables, rows: DataFrame, flat: list[Column], table: str, root: str) -> None:
    arrays = [leaf for leaf in flat if is_array(leaf)]
    key = _unused_name(rows)
    keyed = rows.selectExpr("*", f"monotonically_increasing_id() + 1 AS {key}") if arrays else rows
    own = [_join_key(leaf, key) for leaf in flat]
    found[table] = keyed.selectExpr(*[column.select() for column in own]), struct_kind(own)
    for leaf in arrays:
        name = leaf.name
        while f"{root}_{name}" in found:  # a field's own name may look like the path to another
            name = "." + name
        _add_tables(found, _elements(keyed, leaf, key), _child_columns(leaf), f"{root}_{name}", root)


def _join_key(leaf: Column, key: str) -> Column:
    """Put the key in the place of an array. A null array has no rows in the child, and so no key."""
    if not is_array(leaf):
        return leaf
    return Column(leaf.name, f"IF({leaf.sql} IS NULL, NULL, {key})", LongType())


def _elements(keyed: DataFrame, leaf: Column, key: str) -> DataFrame:
    """Return one row per element of the array; an empty one gives, by Glue's quirk, a row with its `id` only."""
    rows = keyed.where(f"{leaf.sql} IS NOT NULL")
    explode = "posexplode_outer" if quirks.on("placeholder_row") else "posexplode"
    return rows.selectExpr(f"{key} AS id", f"{explode}({leaf.sql}) AS (index, val)")


def _child_columns(leaf: Column) -> list[Column]:
    element = Column(f"{leaf.name}.val", "val", leaf.kind.elementType)
    keys = [Column("id", "id", LongType()), Column("index", "index", IntegerType())]
    return keys + [_read_back_from_csv(member) for member in told_apart(list(leaves(element)))]


def _read_back_from_csv(leaf: Column) -> Column:
    """CSV cannot tell a missing text from an empty one: it comes back empty. A missing number comes back null."""
    if not (isinstance(leaf.kind, StringType) and quirks.on("csv_text")):
        return leaf
    return Column(leaf.name, f"coalesce({leaf.sql}, '')", leaf.kind)


def _unused_name(rows: DataFrame) -> str:
    name = "array_key"
    while name in rows.columns:
        name += "_"
    return quote(name)
