"""A column on its way through a transform: its name, the SQL that yields it, and its Glue type.

Transforms take columns apart and put them together as values; only the frame turns them into one Spark `select`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from awsglue.gluetypes import ArrayType, ChoiceType, DataType, Field, MapType, StructType

Edit = Callable[[list["Column"]], list["Column"]]


@dataclass(frozen=True)
class Column:
    name: str
    sql: str
    kind: DataType

    def select(self) -> str:
        """Return the expression for `DataFrame.selectExpr`; an untouched column stays the same attribute."""
        return self.sql if self.sql == quote(self.name) else f"{self.sql} AS {quote(self.name)}"

    def named(self, name: str) -> "Column":
        return replace(self, name=name)


def quote(name: str) -> str:
    """Return a column name as Spark SQL takes it, whatever is in it: dots, blanks, backticks."""
    if not name:
        raise ValueError("a field has an empty name, which Spark's SQL has no way to write; name it in the source")
    return "`" + name.replace("`", "``") + "`"


def literal(text: str) -> str:
    """Return a text as Spark SQL takes it."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def columns_of(kind: StructType) -> list[Column]:
    """Return the columns of rows of this type as they are."""
    return [Column(field.name, quote(field.name), field.dataType) for field in kind.fields]


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
    if not isinstance(column.kind, StructType):
        yield column
        return
    for member in members(column):
        yield from leaves(member.named(f"{column.name}.{member.name}"))


def told_apart(columns: list[Column]) -> list[Column]:
    """Return the columns under names of their own: one that comes later under a name that is taken gets dots before."""
    made: dict[str, Column] = {}
    for column in columns:
        name = column.name
        while name in made:
            name = "." + name
        made[name] = column.named(name)
    return list(made.values())


def struct(name: str, parts: list[Column]) -> Column:
    """Put columns together to one struct column."""
    sql = f"struct({', '.join(f'{part.sql} AS {quote(part.name)}' for part in parts)})"
    return Column(name, sql, struct_kind(parts))


def struct_kind(parts: list[Column]) -> StructType:
    return StructType([Field(part.name, part.kind) for part in parts])


def edited(column: Column, edit: Edit) -> Column | None:
    """Return a struct column with its members edited, also one in an array; None when no member is left.

    A null struct stays null. A column that has no members, or whose members stay as they are, comes back as it is.
    """
    if isinstance(column.kind, StructType):
        before = members(column)
        after = edit(before)
        if after == before:
            return column
        made = struct(column.name, after)
        return replace(made, sql=f"IF({column.sql} IS NULL, NULL, {made.sql})") if after else None
    return each_element(column, lambda element: edited(element, edit)) if is_array(column) else column


def each_element(column: Column, change: Callable[[Column], Column | None]) -> Column | None:
    """Return an array column with every element changed; None when no element is left."""
    element = Column("element", "element", column.kind.elementType)
    made = change(element)
    if made is None or made == element:
        return made and column
    return Column(column.name, f"transform({column.sql}, element -> {made.sql})", ArrayType(made.kind))


def is_array(column: Column) -> bool:
    return isinstance(column.kind, ArrayType)


def holds_choice(kind: DataType) -> bool:
    """Say whether a type is an open choice, or has one anywhere inside."""
    if isinstance(kind, ArrayType):
        return holds_choice(kind.elementType)
    if isinstance(kind, MapType):
        return holds_choice(kind.valueType)
    return isinstance(kind, ChoiceType) or any(map(holds_choice, member_kinds(kind).values()))


def is_choice(column: Column) -> bool:
    return isinstance(column.kind, ChoiceType)
