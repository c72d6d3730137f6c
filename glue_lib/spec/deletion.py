"""Deleted records: how a record says of itself that the source has deleted it."""

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from glue_lib.api.records import is_dotted
from glue_lib.kind import Kind


def _dotted(text: str) -> str:
    if not is_dotted(text):
        raise ValueError(f"`{text}` is no field name such as `is_deleted` or `meta.status`")
    return text


def _as_text(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


Value = Annotated[
    str, BeforeValidator(_as_text), WithJsonSchema({"type": ["string", "number", "boolean"]})
]  # as the records have it, written as text


class Deletion(Kind):
    """Which records say that they are deleted: their rows go, with their child rows; a history ends their version.

        {"id": 7, "status": "deleted"}

        deleted: {when: status, is: [deleted, purged]}

    Without values, any that is not null, false, 0, no or empty means it, such as a time:

        {"id": 7, "deleted_at": "2026-01-01T00:00:00Z"}

        deleted: deleted_at
    """

    when: Annotated[str, AfterValidator(_dotted)] = Field(description="The field that says so, by its dotted path.")
    values: list[Value] = Field([], alias="is", description="Its values that mean it.")


def _from_text(value: Any) -> Any:
    return {"when": value} if isinstance(value, str) else value


DeletionField = Annotated[Deletion, BeforeValidator(_from_text, json_schema_input_type=str | Deletion)]
"""`deleted: deleted_at`, or a mapping with the values that count."""
