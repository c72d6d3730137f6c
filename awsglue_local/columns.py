"""A column on its way through a transform: its name, the SQL that yields it, and its Glue type.

Transforms take columns apart and put them together as values; only the frame turns them into one Spark `select`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from awsglue.gluetypes import ChoiceType, DataType, StructType


@dataclass(frozen=True)
class Column:
    name: str
    sql: str
    kind: DataType

    def select(self) -> str:
        """Return the expression for `DataFrame.selectExpr`; an untouched column stays the same attribute."""
        return self.sql if self.sql == quote(self.name) else f"{self.sql} AS {quote(self.name)}"


def quote(name: str) -> str:
    """Return a column name as Spark SQL takes it, whatever is in it: dots, blanks, backticks."""
    return "`" + name.replace("`", "``") + "`"


def members(column: Column) -> list[Column]:
    """Return the members of a struct column, or of an open choice, which Spark holds as a struct of its types."""
    return [Column(name, f"{column.sql}.{quote(name)}", kind) for name, kind in member_kinds(column.kind).items()]


def member_kinds(kind: DataType) -> dict[str, DataType]:
    """Return the types inside a struct or choice by name; anything else has none."""
    if isinstance(kind, StructType):
        return {field.name: field.dataType for field in kind.fields}
    return dict(sorted(kind.choices.items())) if isinstance(kind, ChoiceType) else {}


def leaves(column: Column) -> Iterator[Column]:
    """Yield the column, or in place of a struct its members at any depth, named by dotted paths. Arrays stay whole."""
    if not isinstance(column.kind, StructType | ChoiceType):
        yield column
        return
    for member in members(column):
        yield from leaves(Column(f"{column.name}.{member.name}", member.sql, member.kind))
