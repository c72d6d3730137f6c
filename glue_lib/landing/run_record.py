"""What one run leaves of itself: one flat JSON object, of one stream in one execution; see docs/runs.md.

Its fields are the columns of the table that Athena has over these objects, so a name is a promise. Moments are written
as Athena's JSON SerDe reads them: in UTC, without a zone.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self, get_args, get_origin, get_type_hints

Status = Literal["complete", "incomplete", "failed", "stopped", "running"]
STATUSES: tuple[Status, ...] = ("complete", "incomplete", "failed", "stopped", "running")


@dataclass(frozen=True)
class TableChange:
    """What a run did to one table."""

    name: str
    inserted: int = 0
    updated: int = 0
    deleted: int = 0
    left_out: int = 0
    version: int | None = None
    committed: bool = False


@dataclass(frozen=True)
class SchemaChange:
    """A table that was made, or a column that came to one."""

    name: str
    change: str  # `table created`, `column added`
    column_name: str | None = None


@dataclass(frozen=True)
class RunRecord:
    """One run of one stream, as one execution saw it."""

    source: Annotated[str, "the source; it stands in the object's key too, where the table reads it"]
    stream: Annotated[str, "the stream"]
    execution: Annotated[str, "the execution: one process; its runs share this id"]
    step: Annotated[str, "what the execution did: `sync`, `ingest` or `load`"]
    status: Annotated[Status, "`complete`, `incomplete` (goes on later), `failed`, or `stopped` (killed)"]
    started_at: Annotated[str, "when the execution began with the stream, UTC"]
    run_id: Annotated[str | None, "the run in the raw zone; null where none was opened"] = None
    mode: Annotated[str | None, "`full`, `incremental` or `backfill`; null for a load"] = None
    ended_at: Annotated[str | None, "when the stream had come to its end; of a stopped run, when last seen alive"] = (
        None
    )
    resume_at: Annotated[str | None, "when an incomplete run can go on"] = None
    duration_seconds: Annotated[float, "seconds worked on the stream: the four below together"] = 0.0
    fetch_seconds: Annotated[float, "asking, reading answers, landing"] = 0.0
    wait_seconds: Annotated[float, "in which the API was waited for and no request was under way"] = 0.0
    shape_seconds: Annotated[float, "reading the raw zone and the tables, planning, shaping"] = 0.0
    write_seconds: Annotated[float, "writing tables, with what Spark does lazily when it writes"] = 0.0
    slices: Annotated[int | None, "slices of the run's plan"] = None
    whole_slices: Annotated[int | None, "those of them that are landed whole"] = None
    pages: Annotated[int, "pages landed of the run, by all its executions"] = 0
    records: Annotated[int, "records landed of the run, by all its executions"] = 0
    requests: Annotated[int, "requests of this execution, those for tokens and those refused too"] = 0
    retries: Annotated[int, "requests made again after a refusal or a cut"] = 0
    waits: Annotated[int, "how often a thread waited: for its pace, a limit, or before it asked again"] = 0
    wire_bytes: Annotated[int, "bytes of answers as they were sent, often compressed"] = 0
    raw_bytes: Annotated[int, "bytes of answers, unpacked"] = 0
    rows_read: Annotated[int, "records read from the raw zone to load them"] = 0
    rows_inserted: Annotated[int, "rows inserted, in all tables but the quarantine"] = 0
    rows_updated: Annotated[int, "rows updated"] = 0
    rows_deleted: Annotated[int, "rows deleted"] = 0
    rows_quarantined: Annotated[int, "records set aside in the quarantine table"] = 0
    tables: Annotated[tuple[TableChange, ...], "the same for each table"] = ()
    schema_changes: Annotated[tuple[SchemaChange, ...], "tables made and columns added"] = ()
    parents: Annotated[tuple[str, ...], "streams whose records this one's path needs"] = ()
    evidence: Annotated[str | None, "what shows that the run is complete, or how far it is, as JSON"] = None
    error: Annotated[str | None, "what went wrong, without credentials"] = None
    remedy: Annotated[str | None, "what to do about it"] = None
    is_mistake: Annotated[bool, "the pipeline file or an argument is wrong: running again does not help"] = False
    runs_on: Annotated[str, "`glue`, `lambda` or `local`"] = "local"
    job_name: Annotated[str | None, "the Glue job or the Lambda function"] = None
    job_run_id: Annotated[str | None, "Glue's id of the job run, Lambda's of the call"] = None
    worker_type: Annotated[str | None, "of the Glue job"] = None
    workers: Annotated[int | None, "of the Glue job; with auto scaling, the most"] = None
    dpu_seconds: Annotated[float | None, "DPUs for the time since the execution's run before this one"] = None
    cost_usd: Annotated[float | None, "an estimate at the list price of us-east-1; null off AWS"] = None
    headwater_version: Annotated[str | None, "of this project"] = None
    python_version: Annotated[str | None, "of Python"] = None
    glue_version: Annotated[str | None, "of Glue"] = None
    spark_version: Annotated[str | None, "of Spark, where it ran"] = None
    delta_version: Annotated[str | None, "of Delta, where it is known"] = None

    @property
    def key(self) -> str:
        """Where the object lies: the table finds it by source and month."""
        month = self.started_at[:7]
        return f"{prefix(self.source)}month={month}/{self.execution}.{self.stream}.json"

    def line(self) -> bytes:
        """Return the object: one line, since the SerDe takes each line for a row."""
        return json.dumps(asdict(self), separators=(",", ":"), allow_nan=False).encode() + b"\n"

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Return the record; fields of other versions of this project are left out, or as they are by default.

        A document that is none is a ValueError.
        """
        known = {one.name: document[one.name] for one in fields(cls) if one.name in document}
        for name, value in known.items():
            if not _fits(value, _HINTS[name]) or (name.endswith("_at") and value is not None and not _is_moment(value)):
                raise ValueError(name)
        nested = {
            "tables": tuple(_only(TableChange, table) for table in known.get("tables") or ()),
            "schema_changes": tuple(_only(SchemaChange, change) for change in known.get("schema_changes") or ()),
            "parents": tuple(known.get("parents") or ()),
        }
        try:
            return cls(**known | nested)
        except TypeError as error:  # a field that has no default is not there
            raise ValueError(*error.args) from error


_HINTS = get_type_hints(RunRecord)


def _fits(value: Any, hint: Any) -> bool:
    if hint is Status:
        return value in STATUSES
    if get_origin(hint) is tuple:
        return isinstance(value, list) and all(_fits(one, get_args(hint)[0]) for one in value)
    if is_dataclass(hint):
        inner = get_type_hints(hint).items()
        return isinstance(value, dict) and all(_fits(value[name], kind) for name, kind in inner if name in value)
    kinds: tuple[Any, ...] = get_args(hint) or (hint,)
    return type(value) in kinds or (type(value) is int and float in kinds)


def prefix(source: str) -> str:
    """Return what the keys of all records of a source start with."""
    return f"_headwater/runs/{source}/"


PARTITION = "source"
RECORDS = "_headwater/runs/"
"""What the keys of all records start with: the location of the table."""


_HIVE: dict[Any, str] = {str: "string", int: "bigint", float: "double", bool: "boolean", Status: "string"}


def described() -> Iterator[tuple[str, str, str]]:
    """Yield each field's name, its type in Hive's words, and what it tells."""
    for name, hint in get_type_hints(RunRecord, include_extras=True).items():
        yield name, "timestamp" if name.endswith("_at") else _hive(hint.__origin__), hint.__metadata__[0]


def columns() -> dict[str, str]:
    """Return the columns of the table and their types; `source` and `month` are its partitions."""
    return {name: hive for name, hive, _ in described() if name != PARTITION}


def _hive(kind: Any) -> str:
    if kind in _HIVE:
        return _HIVE[kind]
    first = get_args(kind)[0]
    if get_origin(kind) is not tuple:  # `X | None`
        return _hive(first)
    if not is_dataclass(first):
        return f"array<{_hive(first)}>"
    return f"array<struct<{','.join(f'{name}:{_hive(hint)}' for name, hint in get_type_hints(first).items())}>>"


def written(moment: datetime) -> str:
    """Return a moment as the SerDe reads it."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "milliseconds")


def read(text: str) -> datetime:
    """Return the moment that was written so."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _is_moment(text: str) -> bool:
    try:
        return read(text) is not None
    except ValueError:
        return False


def _only(kind: Any, document: Mapping[str, Any]) -> Any:
    return kind(**{one.name: document[one.name] for one in fields(kind) if one.name in document})


if __name__ == "__main__":  # for Terraform, which makes the table: `make schema`
    import sys

    document = [{"name": name, "type": hive, "comment": told} for name, hive, told in described() if name != PARTITION]
    sys.stdout.write(json.dumps(document, indent=2) + "\n")
