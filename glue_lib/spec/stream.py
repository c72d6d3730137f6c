"""A stream: one endpoint read as records, and the table they become."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from glue_lib.api.batch import Batch
from glue_lib.api.cursor import Cursor
from glue_lib.api.decoding.base import Decoder
from glue_lib.api.embedded import EmbeddedList
from glue_lib.api.error_rule import ErrorField, ErrorRule
from glue_lib.api.fan_out import batched, copies, holes, merged, parents_of
from glue_lib.api.missing import MissingParent, MissingParentField
from glue_lib.api.pagination.base import Pagination
from glue_lib.api.reading import Reading
from glue_lib.api.records import Records, RecordsField, is_dotted
from glue_lib.kind import Kind, one_of
from glue_lib.lake.write.base import WriteMode
from glue_lib.shape.contract import Contract, ContractField
from glue_lib.shape.partition import Partition
from glue_lib.spec.deletion import DeletionField
from glue_lib.spec.nesting import ElementKeys, faults, typed_paths
from glue_lib.spec.types import ColumnType

_READING = {"name", "path", "method", "params", "headers", "body", "records", "pagination", "cursor"}
_READING |= {"only_changed", "batch", "copied", "complete"}


def stream_path(text: str) -> str:
    """Return the path of an endpoint; a ValueError says what a path is."""
    if not text.startswith("/"):
        raise ValueError(f"`{text}` must begin with `/`; it is put behind `base_url`")
    if "?" in text or "#" in text:
        raise ValueError(f"`{text}` must be the path alone; put what follows `?` under `params:`")
    if re.search(r"\s", text):
        raise ValueError(f"`{text}` has a space in it; write it as `%20`")
    return text


def names(values: list[str]) -> list[str]:
    """Return the field names of a key or an order; a ValueError says which is wrong."""
    for position, value in enumerate(values):
        if not is_dotted(value):
            raise ValueError(f"`{value}` is no field name such as `id` or `account.id`")
        if value in values[:position]:
            raise ValueError(f"`{value}` is given twice; keep one")
    return values


Sent = Annotated[str, WithJsonSchema({"type": ["string", "number", "boolean", "null"]})]
"""Text that goes into a request; numbers go as they are written, a null takes away what `defaults` gave."""

Names = Annotated[list[str], AfterValidator(names)]


class Stream(Kind):
    """One endpoint, its records and their table; what is left out comes from `defaults`, then from here."""

    name: str = Field("", description="The stream's name: its key under `streams:`.")
    path: Annotated[str, AfterValidator(stream_path)] = Field(
        description="Endpoint behind `base_url`; `{campaigns.id}` stands for that field of each record of `campaigns`.",
        examples=["/contacts", "/campaigns/{campaigns.id}/comments"],
    )
    method: Literal["GET", "POST"] = Field("GET", description="HTTP method.")
    params: dict[str, Sent] = Field({}, description="Query parameters of every request.")
    headers: dict[str, Sent] = Field({}, description="Headers of every request; credentials belong in `auth`.")
    body: dict[str, Any] | None = Field(None, description="Body of every request, as JSON or as `Content-Type` says.")
    format: one_of("glue_lib.api.decoding", Decoder) = Field(  # type: ignore[valid-type]
        "json", validate_default=True, description="What the answers are written in."
    )
    records: RecordsField = Field(
        Records(), description="Dotted path to the array of records; empty when the answer is the array."
    )
    error: ErrorField = Field(ErrorRule(), description="What makes an answer of status 200 an error.")
    pagination: one_of("glue_lib.api.pagination", Pagination) = Field(  # type: ignore[valid-type]
        "none", validate_default=True, description="How the next page is asked for."
    )
    key: Names = Field([], description="Fields that identify a record.", examples=[["id"]])
    cursor: Cursor | None = Field(None, description="How only what is new is asked for.")
    order: Names = Field([], description="Fields that settle duplicates: the latest wins. Default: the cursor field.")
    write: one_of("glue_lib.lake.write", WriteMode) = Field(  # type: ignore[valid-type]
        "replace", validate_default=True, description="How rows get into the table."
    )
    deleted: DeletionField | None = Field(None, description="Which records say that they are deleted.")
    deletes: str = Field(
        "", description="The stream whose records are deleted by this one's, which hold their `key`; it has no table."
    )
    schema_mode: ContractField = Field(
        Contract(), alias="schema", description="What a new table, column or type does: one word, or one for each."
    )
    types: Annotated[dict[str, ColumnType], AfterValidator(typed_paths)] = Field(
        {},
        description="Types demanded for paths; `epoch_s`, `epoch_ms` for numbers that count from 1970, `map` for an "
        "object with ids as keys: one row for each of its entries.",
        examples=[{"amount": "decimal(18,2)", "prices": "map", "prices.*.amount": "decimal(18,2)"}],
    )
    times: Literal["text", "recognised"] = Field(
        "text",
        description="New columns of texts that all are moments by UTC, or all dates: text as sent, or of that type.",
    )
    element_keys: ElementKeys = Field(
        {},
        description="The field that identifies an element in its array, or several; else it is its position.",
        examples=[{"line_items": "id", "line_items.taxes": ["code", "region"]}],
    )
    max_bad_records: Annotated[int, Field(ge=0)] | None = Field(
        None, description="How many records of a run may be set aside as bad; one more fails its load."
    )
    max_bad_share: Annotated[float, Field(ge=0, le=1)] | None = Field(
        None, description="The same as a share of the run's records; without either: a tenth, or ten if that is more."
    )
    partition_by: Partition | None = Field(None, description="What the root table is parted by, into folders.")
    cluster_by: Annotated[Names, Field(max_length=4)] = Field(
        [],
        description="Fields by which maintenance orders the rows of a large root table, for queries that name them.",
        examples=[["customer_id", "created_at"]],
    )
    relationalize: Literal["headwater", "glue"] = Field(
        "headwater", description="Whose Relationalize makes the child tables: ours, with stable keys, or AWS Glue's."
    )
    spread: Literal["threads", "executors"] = Field(
        "threads", description="Where slices are read side by side: in threads of one machine, or as Spark tasks."
    )
    pattern: Literal["direct", "decoupled"] | None = Field(
        None,
        description="How AWS runs it: API to tables in one job, or landed by one and loaded by another. "
        "Default: direct, but decoupled for `runs_on: lambda`.",
    )
    runs_on: Literal["glue", "lambda"] = Field(
        "glue", description="What asks the API: a Glue job, or an AWS Lambda function, for small and quick streams."
    )
    only_changed: bool = Field(False, description="A fan-out asks only for parents that changed since its last run.")
    key_is_global: bool = Field(False, description="A fan-out's `key` is unique without its parent's key.")
    batch: Batch | None = Field(None, description="A fan-out asks for several parents at a time: how many, and how.")
    copied: Names = Field(
        [], alias="copy", description="Fields of the parent that a fan-out's records repeat.", examples=[["name"]]
    )
    complete: list[EmbeddedList] = Field(
        [], description="Lists inside the records that the API cuts after some elements."
    )
    missing_parent: MissingParentField = Field(
        MissingParent(), description="What it means that the API does not know a parent: set_aside, empty or error."
    )

    @property
    def holes(self) -> list[str]:
        """Return the placeholders of a fan-out, such as `campaigns.id`."""
        return holes(self.path, self.params, self.headers, self.body)

    @property
    def parents(self) -> Mapping[str, list[str]]:
        """Return the streams whose records fill the requests, each with the fields that they need."""
        return parents_of(self.path, self.params, self.headers, self.body)

    @property
    def copies(self) -> Mapping[str, list[str]]:
        """Return the fields that records repeat of their parents, by stream."""
        return copies(self.copied, list(self.parents))

    @property
    def wanted(self) -> Mapping[str, list[str]]:
        """Return the fields that a fan-out takes of other streams' records, into its requests and as copies."""
        return merged(self.parents, self.copies)

    @property
    def carried(self) -> Mapping[str, list[str]]:
        """Return the fields of parents that the records carry: all of them, but for the one of a batch."""
        return {
            parent: [field for field in fields if f"{parent}.{field}" != self.batched]
            for parent, fields in self.wanted.items()
        }

    @property
    def batched(self) -> str | None:
        """Return the placeholder that several values at a time stand for."""
        return batched(self.path, self.headers, [self.params, self.body]) if self.batch else None

    @property
    def is_decoupled(self) -> bool:
        """Whether AWS lands the records by one job and loads them by another."""
        return self.runs_on == "lambda" or self.pattern == "decoupled"

    @model_validator(mode="after")
    def _lambda_has_no_spark(self) -> Self:
        if self.runs_on == "lambda" and self.pattern == "direct":
            told = "`pattern: direct` loads in the job that asks, and `runs_on: lambda` has no Spark to load with"
            raise ValueError(f"{told}; take one of them out")
        if self.runs_on == "lambda" and self.spread == "executors":
            raise ValueError("`spread: executors` needs Spark, and `runs_on: lambda` has none; take one of them out")
        return self

    @model_validator(mode="after")
    def _records_fit_the_format(self) -> Self:
        if wrong := self.format.fault(self.records):
            raise ValueError(wrong)
        return self

    @model_validator(mode="after")
    def _nesting_fits(self) -> Self:
        named = {"key": self.key, "order": self.order_fields}
        named["partition_by"] = [self.partition_by.field] if self.partition_by else []
        named["cluster_by"] = self.cluster_by
        if wrong := next(faults(self.types, self.element_keys, named, self.relationalize), None):
            raise ValueError(wrong)
        return self

    @property
    def reading(self) -> Reading:
        """Return how answers become records."""
        return Reading(self.records, self.format, self.error.complaint)

    @property
    def order_fields(self) -> list[str]:
        """Return the fields that settle duplicates: `order`, else the cursor's field."""
        if self.order:
            return self.order
        return [self.cursor.field] if self.cursor else []

    def fingerprint(self) -> str:
        """Return a hash of what decides which requests are made; it stays when a new option has its default."""
        given = self.model_dump(mode="json", include=_READING, exclude_defaults=True)
        decoder = self.format.model_dump(mode="json")
        kinds = [self.pagination.type, *([] if decoder == {"type": "json"} else [decoder])]
        text = json.dumps([*kinds, given], sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:32]
