"""resolveChoice: what becomes of a field whose records differ in type.

Spark holds an open choice as a struct with one member per type, of which one is set. So `make_struct` costs nothing,
and so does leaving a choice open: `toDF()` then gives that struct.
"""

import logging
from collections.abc import Callable

from awsglue.gluetypes import ArrayType, ChoiceType, DataType, StructType

from awsglue_local import casts
from awsglue_local.columns import (
    Column,
    each_element,
    edited,
    is_array,
    is_choice,
    member_kinds,
    members,
    struct,
    struct_kind,
)
from awsglue_local.paths import ELEMENT, split

Path = tuple[str, ...]
ACTIONS = "cast:<type>, project:<type>, make_cols, make_struct, match_catalog"


def resolve(
    columns: list[Column], actions: dict[str, str], default: str = "", catalog: StructType | None = None
) -> list[Column]:
    """Return the columns with the actions taken at their paths, and `default` at every other open choice.

    `catalog` is the type of the table that `match_catalog` takes types from.
    """
    by_path = {split(path): action for path, action in actions.items()}
    met: set[Path] = set()

    def action_at(path: Path, column: Column) -> str:
        met.add(path)
        action = by_path.get(path) or (default if is_choice(column) else "")
        return _of_catalog(path, catalog) if action == "match_catalog" else action

    resolved = [made for column in columns for made in _resolved(column, (column.name,), action_at)]
    for path in by_path.keys() - met:
        logging.getLogger("awsglue_local").warning("resolveChoice: there is no field `%s`", ".".join(path))
    return resolved


def _of_catalog(path: Path, catalog: DataType | None) -> str:
    """Return the cast to the type that a catalog's table has at the path; none where the table lacks the field."""
    kind = catalog
    for name in path:
        inside = {ELEMENT: kind.elementType} if isinstance(kind, ArrayType) else member_kinds(kind) if kind else {}
        kind = inside.get(name) or inside.get(name.lower())
    if kind is None or isinstance(kind, ArrayType) or member_kinds(kind):
        logging.getLogger("awsglue_local").warning("match_catalog: the table has no type for `%s`", ".".join(path))
        return ""
    return f"cast:{casts.sql_name(kind)}"


def _resolved(column: Column, path: Path, action_at: Callable[[Path, Column], str]) -> list[Column]:
    action = action_at(path, column)
    if not action.lower().startswith(("cast:", "project:")):  # these take a value whole, with whatever is in it
        column = _inside(column, path, action_at)
    return take(action, column) if action else [column]


def _inside(column: Column, path: Path, action_at: Callable[[Path, Column], str]) -> Column:
    if is_array(column):
        return each_element(column, lambda element: _only(_resolved(element, (*path, ELEMENT), action_at))) or column

    def resolve_members(inside: list[Column]) -> list[Column]:
        return [made for member in inside for made in _resolved(member, (*path, member.name), action_at)]

    if not is_choice(column):
        return edited(column, resolve_members) or column
    before = members(column)
    after = [_inside(part, path, action_at) for part in before]  # `a.b` leads into the struct that `a` may be
    if after == before:
        return column
    made = struct(column.name, after)
    kind = ChoiceType([part.kind for part in after])
    return Column(column.name, f"IF({column.sql} IS NULL, NULL, {made.sql})", kind)


def take(action: str, column: Column) -> list[Column]:
    """Return what one action makes of one column. Only `cast` and `project` touch a column that is no choice."""
    name, _, type_name = action.partition(":")
    match name.lower():
        case "cast" if type_name:
            return [casts.cast(column, casts.parse(type_name))]
        case "project" if type_name:
            return [_project(column, type_name)]
        case "make_cols":
            return _as_columns(column) if is_choice(column) else [column]
        case "make_struct":
            return [Column(column.name, column.sql, struct_kind(members(column)))] if is_choice(column) else [column]
    raise ValueError(f"resolveChoice: `{action}` is not an action; allowed are {ACTIONS}")


def _project(column: Column, type_name: str) -> Column:
    """Keep the values that have the type; all others become null, also those which could be turned into it."""
    kind = casts.parse(type_name)
    has = [part for part in (members(column) if is_choice(column) else [column]) if type(part.kind) is type(kind)]
    return has[0].named(column.name) if has else casts.null(column.name, kind)


def _as_columns(column: Column) -> list[Column]:
    return [part.named(f"{column.name}_{part.name}") for part in members(column)]


def _only(made: list[Column]) -> Column:
    if len(made) != 1:
        raise ValueError(
            "resolveChoice: an element of an array cannot become columns; use make_struct, cast or project"
        )
    return made[0]
