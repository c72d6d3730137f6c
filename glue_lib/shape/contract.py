"""The schema contract: what becomes of values that the stored tables have no place for yet."""

from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field

from glue_lib.kind import Kind

Policy = Literal["evolve", "freeze", "discard_value", "discard_row"]
Subject = Literal["tables", "columns", "types"]


class Contract(Kind):
    """What a new child table, a new column, or a value that its column cannot hold does to the tables.

    - `evolve`: they get what is new; a value that its column cannot hold goes to a column of its own beside it.
    - `freeze`: the load fails before any table changes, and names what is new.
    - `discard_value`: the value is left out, and counted.
    - `discard_row`: the whole record goes to the stream's quarantine.

    One word for all, or one for each; what is not named evolves:

        schema: freeze
        schema: {columns: discard_value, types: discard_row}

    What a stream's first load makes is not new. A value that a type under `types:` cannot hold never is in its place.
    """

    tables: Policy = Field("evolve", description="What an array does that no child table is there for.")
    columns: Policy = Field("evolve", description="What a field does that its table has no column for.")
    types: Policy = Field("evolve", description="What a value does that the column of its field cannot hold exactly.")

    def policy(self, subject: Subject) -> Policy:
        """Return what is to be done with something new of this sort."""
        policy: Policy = getattr(self, subject)
        return policy


def _from_text(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if value not in get_args(Policy):
        raise ValueError(
            f"`{value}` is not one of {', '.join(get_args(Policy))}, or a mapping of tables, columns, types"
        )
    return dict.fromkeys(get_args(Subject), value)


ContractField = Annotated[Contract, BeforeValidator(_from_text, json_schema_input_type=Policy | Contract)]
"""One word for all that is new, or one for tables, columns and types each."""
