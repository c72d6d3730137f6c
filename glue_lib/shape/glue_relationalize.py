"""AWS's own Relationalize, with the moving ids of its tables replaced by keys that stay.

Its quirks are kept, since whoever asks for it wants them: child tables pass through CSV, so that a null text comes
back empty, and an empty array leaves a placeholder row. Keys travel by joins, one a child table.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from awsglue.dynamicframe import DynamicFrame, DynamicFrameCollection
from awsglue.transforms import GlueTransform
from awsglue.transforms import Relationalize as AwsRelationalize

from glue_lib.errors import ShapeError
from glue_lib.lake.frame import KEY
from glue_lib.shape.keys import child_key
from glue_lib.shape.relationalize import NO_LABELS, NO_OWN_KEYS, OwnKey
from glue_lib.shape.sql import quoted

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


class GlueRelationalize(GlueTransform):  # type: ignore[misc]
    """Takes and gives what our Relationalize does; the work in between is AWS's, its CSV files go to `staging_path`."""

    def __call__(
        self,
        frame: DynamicFrame,
        staging_path: str,
        name: str = "roottable",
        key: str = KEY,
        carry: Sequence[str] = (),
        labels: Mapping[str, str] = NO_LABELS,
        own_keys: Mapping[str, OwnKey] = NO_OWN_KEYS,
    ) -> DynamicFrameCollection:
        if own_keys:
            raise ShapeError(
                f"{name}: `relationalize: glue` tells elements apart by their position only; for maps (`types:`) and "
                "`element_keys` write `relationalize: headwater`"
            )
        context = frame.glue_ctx
        theirs = AwsRelationalize.apply(frame, staging_path=staging_path, name=name)
        tables: dict[str, DataFrame] = {}
        for table in sorted(theirs.keys(), key=len):
            rows = theirs[table].toDF()
            tables[table] = rows if table == name else _with_keys(rows, table, name, tables, (key, *carry), labels)
        return DynamicFrameCollection(
            {table: DynamicFrame.fromDF(rows, context, table) for table, rows in tables.items()}, context
        )


def _with_keys(
    rows: "DataFrame",
    table: str,
    root: str,
    tables: Mapping[str, "DataFrame"],
    kept: Sequence[str],
    labels: Mapping[str, str],
) -> "DataFrame":
    """Give a child's rows the keys of the parent that its join ids point to, and their own."""
    from pyspark.sql import functions as F

    key, *carry = kept
    array = table.removeprefix(f"{root}_")
    holder = tables[_holder(array, root, tables)]
    parents = holder.select(
        F.col(quoted(array)).alias("_join"), F.col(quoted(key)).alias("_parent"), *(F.col(quoted(c)) for c in carry)
    )
    own = f"{child_key('_parent', labels.get(array, array), '`index`')} as {quoted(key)}"
    joined = rows.join(parents, on=rows["id"] == parents["_join"], how="inner")
    values = [quoted(column) for column in rows.columns if column not in ("id", "index")]
    return joined.selectExpr(own, "_parent as id", "cast(`index` as int) as index", *map(quoted, carry), *values)


def _holder(array: str, root: str, tables: Mapping[str, "DataFrame"]) -> str:
    """Return the table that holds the array's column: the deepest one whose path leads to it."""
    return next((table for table in sorted(tables, key=len, reverse=True) if array in tables[table].columns), root)
