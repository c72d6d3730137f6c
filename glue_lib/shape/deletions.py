"""Records that say that their key is deleted: marked as such, before the newest of a key is chosen."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from glue_lib.lake.frame import DELETED
from glue_lib.shape.keys import KeyValue, canonical
from glue_lib.shape.layout import Leaf, TableLayout
from glue_lib.shape.paths import members
from glue_lib.shape.sql import literal, quoted

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_NOT_DELETED = ("", "0", "false", "no", "n")


def mark_deleted(rows: "DataFrame", root: TableLayout, when: str, values: Collection[str]) -> "DataFrame":
    """Return the records with `_hw_is_deleted`: true where the field `when` has one of the values.

    Without values it is true where the field says anything but null, false, 0, no or nothing: a flag, or a time.
    """
    from pyspark.sql import functions as F

    leaves = root.leaves_at(members(when))
    tests = [_is_deleted(leaf, values) for leaf in leaves]
    return rows.withColumn(DELETED, F.expr(f"coalesce({', '.join([*tests, 'false'])})"))


def mark_all_deleted(rows: "DataFrame") -> "DataFrame":
    """Return the records of a stream that tells nothing but deletions."""
    from pyspark.sql import functions as F

    return rows.withColumn(DELETED, F.lit(True))


def _is_deleted(leaf: Leaf, values: Collection[str]) -> str:
    said = canonical(KeyValue(leaf.kind, quoted(*leaf.reads), leaf.type))
    if values:
        return f"{said} in ({', '.join(map(literal, values))})"
    return f"lower(trim({said})) not in ({', '.join(map(literal, _NOT_DELETED))})"
