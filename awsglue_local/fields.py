"""Transforms that keep, leave out, rename or flatten fields and change no value."""

import logging
from collections.abc import Iterable

from awsglue.gluetypes import StructType

from awsglue_local.absent import absent
from awsglue_local.columns import Column, Edit, edited, leaves, members, struct, told_apart
from awsglue_local.paths import split

log = logging.getLogger("awsglue_local")


def select(columns: list[Column], paths: Iterable[str]) -> list[Column]:
    """Keep the top-level fields that are named, in the order in which they are named."""
    by_name = {column.name: column for column in columns}
    wanted = [split(path) for path in paths]
    _warn_of_missing("select_fields", [path for path in wanted if path[0] not in by_name])
    for path in wanted:
        if len(path) > 1:
            absent(
                f"select_fields of `{'.'.join(path)}`",
                "top-level fields only, as in Glue: use apply_mapping, "
                f"or backticks where the dot is in the name: `` `{'.'.join(path)}` ``",
            )
    return [by_name[path[0]] for path in wanted if path[0] in by_name]


def drop(columns: list[Column], paths: Iterable[str]) -> list[Column]:
    """Leave out fields, also in structs and in the elements of arrays; a struct goes with its last member."""
    for path in [split(path) for path in paths]:
        columns = _without(columns, path)
    return columns


def split_off(columns: list[Column], paths: Iterable[str]) -> tuple[list[Column], list[Column]]:
    """Return the columns with the named fields only, and those without them."""
    wanted = list(paths)
    off: list[Column] = []
    for path in wanted:
        found = find(columns, split(path))
        if found is None:
            _warn_of_missing("split_fields", [split(path)])
        else:
            off = put(off, split(path), found)
    return off, drop(columns, wanted)


def rename(columns: list[Column], old: str, new: str) -> list[Column]:
    """Give a field another name or place. Its neighbours stay; moved into another struct, it comes last there."""
    source, target = split(old), split(new)
    if source[:-1] == target[:-1]:
        return _renamed(columns, source, target[-1])
    moved = find(columns, source)
    if moved is None:
        _warn_of_missing("rename_field", [source])
        return columns
    return put(_without(columns, source), target, moved)


def unnest(columns: list[Column]) -> list[Column]:
    """Put the members of structs, at any depth, in the place of the structs. Arrays stay as they are."""
    return told_apart([leaf for column in columns for leaf in leaves(column)])


def find(columns: list[Column], path: tuple[str, ...], *, any_case: bool = False) -> Column | None:
    """Return the column at a path through structs, or None."""
    fold = str.lower if any_case else str
    same = [column for column in columns if fold(column.name) == fold(path[0])]
    if not same:
        return None
    found = next((column for column in same if column.name == path[0]), same[0])
    return found if len(path) == 1 else find(members(found), path[1:], any_case=any_case)


def put(columns: list[Column], path: tuple[str, ...], column: Column) -> list[Column]:
    """Set the column at a path: in place of what is there, or as the last; structs on the way are made."""
    name, inner = path[0], path[1:]
    there = next((other for other in columns if other.name == name), None)
    if inner and there and not isinstance(there.kind, StructType):
        raise ValueError(f"`{name}` is a {there.kind.typeName()}: there can be no `{'.'.join(path)}` inside it")
    made = struct(name, put(members(there) if there else [], inner, column)) if inner else column.named(name)
    return [made if other is there else other for other in columns] + ([] if there else [made])


def _without(columns: list[Column], path: tuple[str, ...]) -> list[Column]:
    if len(path) == 1:
        return [column for column in columns if column.name != path[0]]
    kept = [_edit_at(column, path, lambda inside: _without(inside, path[1:])) for column in columns]
    return [column for column in kept if column is not None]


def _renamed(columns: list[Column], path: tuple[str, ...], name: str) -> list[Column]:
    if len(path) == 1:
        names = {column.name for column in columns}
        if path[0] not in names:
            _warn_of_missing("rename_field", [path])
        elif name in names - {path[0]}:
            raise ValueError(f"rename_field: there is a field `{name}` already; drop it first")
        return [column.named(name) if column.name == path[0] else column for column in columns]
    kept = [_edit_at(column, path, lambda inside: _renamed(inside, path[1:], name)) for column in columns]
    return [column for column in kept if column is not None]


def _edit_at(column: Column, path: tuple[str, ...], edit: Edit) -> Column | None:
    return edited(column, edit) if column.name == path[0] else column


def _warn_of_missing(transform: str, paths: list[tuple[str, ...]]) -> None:
    for path in paths:
        log.warning("%s: there is no field `%s`", transform, ".".join(path))
