"""A frame is what one run brings for one table: typed rows, not yet written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

KEY = "_hw_key"
PARENT_KEY = "_hw_parent_key"
ROOT_KEY = "_hw_root_key"
INDEX = "_hw_index"
RUN_ID = "_hw_run_id"
LOADED_AT = "_hw_loaded_at"

# Of a table of versions: whose version a row is of, and from when to when it said what was so. Child rows repeat them.
ENTITY_KEY = "_hw_entity_key"
VALID_FROM, VALID_TO = "_hw_valid_from", "_hw_valid_to"
IS_CURRENT = "_hw_is_current"
VERSION = (ENTITY_KEY, VALID_FROM, VALID_TO, IS_CURRENT)
SAID = "_hw_said"  # of a root row: a hash of all that the record says, children included
END_RANK = "_hw_end_rank"  # of a root row that a deletion ended, where several fields tell the order: theirs, as JSON
GONE_AT = "_hw_gone_at"  # of a root row: when the source was first seen without it

PARTITION = "_hw_partition"  # of a root row: which part of its table it is in, where the table has parts

# Of a record on its way: true where it says that its key is deleted.
DELETED = "_hw_is_deleted"

# Columns that say when a row came, not what it says: a row that differs only in them is unchanged.
ARRIVAL = (RUN_ID, LOADED_AT)
KEYS = (KEY, PARENT_KEY, ROOT_KEY)


@dataclass(frozen=True)
class Frame:
    """The rows of one table, keys unique; a column's comment holds the JSON path that it came from."""

    table: str
    rows: DataFrame
    root: str  # the table of the stream's records: the same as `table` unless the frame is a child
    is_child: bool
    # False: without a `key:` the same record gets another `_hw_key` in every run, and no other table refers to it; so
    # its keys are no part of what it says. Where child tables hold the root's keys, both change together or not at all.
    has_lasting_keys: bool = True
