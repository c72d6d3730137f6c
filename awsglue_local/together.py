"""Two frames to one: union, join, and the merge in which a staging frame's records take the place of others."""

from __future__ import annotations

from awsglue import gluetypes as glue
from pyspark.sql import Column as SparkColumn
from pyspark.sql import DataFrame
from pyspark.sql import functions as f

from awsglue_local.columns import Column, is_choice, struct_kind, told_apart
from awsglue_local.fields import find
from awsglue_local.kinds import fit, merged, missing
from awsglue_local.paths import split
from awsglue_local.python_records import Made

Side = tuple[DataFrame, list[Column]]


def fitted(rows: DataFrame, columns: list[Column], kind: glue.StructType) -> Made:
    """Return the rows as this type, in which theirs is contained."""
    own = {column.name: column for column in columns}
    made = [fit(own.get(field.name, missing(field.name)), field.dataType) for field in kind.fields]
    return rows.selectExpr(*[column.select() for column in made]), kind


def union(left: Side, right: Side) -> Made:
    """Return the records of both. A field that one of them lacks is null there; of two types it becomes a choice."""
    kind = merged(struct_kind(left[1]), struct_kind(right[1]))
    assert isinstance(kind, glue.StructType)
    return fitted(*left, kind)[0].union(fitted(*right, kind)[0]), kind


def joined(left: Side, right: Side, left_keys: list[str], right_keys: list[str]) -> Made:
    """Return the pairs of records whose keys are equal, with all fields of both.

    Where both have a field of one name, the one from the right gets dots in front.
    """
    if len(left_keys) != len(right_keys) or not left_keys:
        raise ValueError(f"join: keys come in pairs, these are {left_keys} and {right_keys}")
    a = left[0].selectExpr(*_numbered("l", left[1]), *_keys("k", left, left_keys))
    b = right[0].selectExpr(*_numbered("r", right[1]), *_keys("m", right, right_keys))
    columns = _both(left[1], right[1])
    rows = a.join(b, on=_same(len(left_keys)), how="inner").selectExpr(*[column.select() for column in columns])
    return rows, struct_kind(columns)


def overwritten(source: Side, stage: Side, keys: list[str]) -> Made:
    """Return all staged records, and those of the source whose keys are not staged. Duplicates stay, on both sides."""
    a = source[0].selectExpr(*_numbered("l", source[1]), *_keys("k", source, keys))
    b = stage[0].selectExpr(*_keys("m", stage, keys))
    columns = [Column(own.name, f"l{number}", own.kind) for number, own in enumerate(source[1])]
    rest = a.join(b, on=_same(len(keys)), how="left_anti").selectExpr(*[column.select() for column in columns])
    return union((rest, source[1]), stage)


def _same(count: int) -> list[SparkColumn]:
    return [f.col(f"k{number}") == f.col(f"m{number}") for number in range(count)]


def _numbered(letter: str, columns: list[Column]) -> list[str]:
    return [f"{column.sql} AS {letter}{number}" for number, column in enumerate(columns)]


def _both(left: list[Column], right: list[Column]) -> list[Column]:
    """Return the columns of a join, each under a name of its own."""
    sides = (("l", left), ("r", right))
    return told_apart(
        [Column(own.name, f"{letter}{number}", own.kind) for letter, side in sides for number, own in enumerate(side)]
    )


def _keys(letter: str, side: Side, paths: list[str]) -> list[str]:
    return [f"{_key(side[1], path).sql} AS {letter}{number}" for number, path in enumerate(paths)]


def _key(columns: list[Column], path: str) -> Column:
    found = find(columns, split(path))
    if found is None:
        raise ValueError(f"join or merge: there is no field `{path}`, which is a key")
    if is_choice(found):
        raise ValueError(f"join or merge: the key `{path}` has several types; resolve them first with resolveChoice")
    return found
