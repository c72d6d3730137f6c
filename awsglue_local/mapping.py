"""apply_mapping: each line takes a field from a path in the old record to one in the new, and turns its type."""

import logging
from collections.abc import Sequence

from awsglue_local import casts
from awsglue_local.columns import Column, is_array
from awsglue_local.fields import find, put
from awsglue_local.paths import split
from awsglue_local.values import SAME, MappingSpec


def apply_mapping(columns: list[Column], specs: Sequence[MappingSpec], case_sensitive: bool) -> list[Column]:
    """Return the columns that the lines make, in their order; a dot in a target makes a struct. All others are gone."""
    made: list[Column] = []
    for spec in specs:
        source = find(columns, split(spec.source), any_case=not case_sensitive)
        if source is None:
            logging.getLogger("awsglue_local").warning("apply_mapping: there is no field `%s`", spec.source)
            continue
        made = put(made, split(spec.target), _as_type(source, spec.target_type))
    return made


def _as_type(column: Column, name: str) -> Column:
    if name == SAME:
        return column
    if name.strip().lower().split("<")[0] in casts.WHOLE:
        return column
    if is_array(column):
        raise ValueError(
            f"apply_mapping: `{column.name}` is an array and cannot become `{name}`; its target type is `array`"
        )
    if name.strip().lower() == "decimal" and column.kind.typeName() == "decimal":
        return column
    return casts.cast(column, casts.parse(name))
