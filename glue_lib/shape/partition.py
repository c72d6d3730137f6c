"""Which partition of its table a record is in: one column beside the others, whatever they are called and hold.

Only the root table is parted. The column is text, `_hw_partition`, so that empty text, long text and times of any form
stay as they are in their own column, and a query that names a partition reads its files alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field

from glue_lib.errors import LoadError, ShapeError
from glue_lib.kind import Kind
from glue_lib.lake.frame import PARTITION, Frame
from glue_lib.shape.paths import members, text
from glue_lib.shape.sql import quoted
from glue_lib.shape.targets import Stored, variant_comment

if TYPE_CHECKING:
    from pyspark.sql.types import StructType

_PATTERNS = {"day": "yyyy-MM-dd", "month": "yyyy-MM", "year": "yyyy"}
_TIMES = ("timestamp", "date", "string")
_LONGEST = 100  # characters of a value that a folder is named after


def _field(name: str) -> str:
    if not name or any(not step for step in name.split(".")):
        raise ValueError(f"`{name}` is no field name such as `created_at` or `account.country`")
    return name


class Partition(Kind):
    """The field by which the stream's table is parted into folders.

        partition_by: {field: created_at, every: month}

    Rows get a column `_hw_partition`, such as `2024-05`, and `where _hw_partition >= '2024-05'` reads no older files.
    Without `every` it is the field's value, of which there should be few: a country, a kind. For tables of many
    gigabytes; smaller ones are quicker in one piece. It is settled when the table is made.
    """

    field: Annotated[str, AfterValidator(_field)] = Field(
        description="Dotted path of the field.", examples=["created_at"]
    )
    every: Literal["day", "month", "year"] | None = Field(
        None, description="The span of time, by UTC, that a partition holds; left out: one for each value."
    )

    @property
    def comment(self) -> str:
        """Return what the column says of itself."""
        return f"{self.every or 'value'} of {text(members(self.field))}"


def check_partition(name: str, stored: Stored | None, wanted: Partition | None) -> None:
    """Raise a LoadError where a table that exists is parted otherwise than the pipeline file says."""
    if stored is None:
        return
    found = next((comment for comment, (column, _) in stored.columns.items() if column == PARTITION), None)
    told = wanted.comment if wanted else None
    if found != told:
        raise LoadError(
            f"{name}: the table is parted by {_said(found)}, and `partition_by` says {_said(told)}; a table stays as "
            "it was made: undo the change, or build the tables anew from the raw zone: `headwater load FILE --stream "
            f"{name.rpartition('.')[2]} --rebuild`"
        )


def partitioned(frame: Frame, wanted: Partition) -> Frame:
    """Return the frame with the column that its table is parted by."""
    from pyspark.sql import functions as F

    found = list(_columns(frame.rows.schema, wanted.field))
    fit = [(name, kind) for name, kind in found if not wanted.every or kind in _TIMES]
    if found and not fit:
        kinds = ", ".join(f"`{kind}`" for _, kind in found)
        raise ShapeError(
            f"{frame.table}: partition_by: `{wanted.field}` is {kinds} and tells no {wanted.every}; name a field that "
            "is a time, or leave `every` out"
        )
    values = [_value(name, kind, wanted.every) for name, kind in fit]
    sql = f"coalesce({', '.join(values)})" if values else "cast(null as string)"
    column = F.expr(sql).alias(PARTITION, metadata={"comment": wanted.comment})
    return replace(frame, rows=frame.rows.select("*", column))


def _columns(schema: StructType, field: str) -> Iterator[tuple[str, str]]:
    """Yield name and type of the field's column and of its variants."""
    path = members(field)
    for column in schema:
        comment = column.metadata.get("comment", "")
        if comment == text(path) or comment.startswith(variant_comment(path)):
            yield column.name, column.dataType.simpleString()


def _value(name: str, kind: str, every: str | None) -> str:
    column = quoted(name)
    if every:
        instant = f"try_cast({column} as timestamp)" if kind == "string" else column
        return f"date_format({instant}, '{_PATTERNS[every]}')"
    return f"nullif(left(cast({column} as string), {_LONGEST}), '')"


def _said(comment: str | None) -> str:
    return f"the {comment}" if comment else "nothing"
