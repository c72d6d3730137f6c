"""What `headwater maintain` does and prints: for one pipeline file, or for all tables of a lake."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from glue_lib.command.printing import print_json, print_rows, say
from glue_lib.errors import ConfigError, HeadwaterError
from glue_lib.execution import Engine, ExecutionFailed, Outcome
from glue_lib.lake.lake import Lake
from glue_lib.lake.spark_errors import spark_errors_of
from glue_lib.landing.storage import Storage, open_storage
from glue_lib.maintain import Retention, maintain_tables, stream_of
from glue_lib.pipeline import maintain
from glue_lib.runtime.arguments import from_texts
from glue_lib.runtime.engine import SparkEngine
from glue_lib.runtime.execution import execution
from glue_lib.runtime.job import spark_uri
from glue_lib.spec.maintenance import LEAST_HOURS


def keep_in_order(
    file: str, lake: str, given: dict[str, str], *, retention_hours: int | None, is_forced: bool
) -> list[Outcome]:
    """Keep what the file names in order, or, without one, all tables of the lake; return what each stream came to."""
    retention = _retention(retention_hours, is_forced=is_forced)
    if not file:
        if given["streams"] or given["set"] != "{}":
            raise ConfigError("maintain: `--stream` and `--set` need a pipeline file")
        return _whole_lake(lake, retention or Retention(LEAST_HOURS))
    engine = SparkEngine(spark_uri(lake), is_on_glue=False)
    asked = execution(from_texts({"pipeline": file, "lake": lake, **given}), engine.started)
    try:
        return maintain(asked, retention)
    except ExecutionFailed as failed:
        return failed.outcomes


def print_kept(outcomes: Sequence[Outcome], *, as_json: bool) -> None:
    """Print what was saved."""
    if as_json:
        print_json(
            [{"source": one.source, "stream": one.stream, "error": one.error, **one.evidence} for one in outcomes]
        )
        return
    tables = [table for one in outcomes for table in one.evidence.get("tables", ())]
    raw = [(one.stream, one.evidence["raw"]) for one in outcomes if one.evidence.get("raw", {}).get("runs")]
    left = [(one.stream, found) for one in outcomes if (found := one.evidence.get("leftovers", {})).get("files")]
    if tables:
        print_rows(["table", "files", "size", "removed files", "removed"], [_row(table) for table in tables])
    for stream, freed in raw:
        say(f"{stream}: {freed['runs']} raw runs deleted, {freed['files']} files, {_size(freed['bytes'])}")
    for stream, freed in left:
        say(f"{stream}: {freed['files']} leftovers of stopped executions deleted, {_size(freed['bytes'])}")
    if not tables and not raw and not left:
        say("nothing to keep in order")


def _retention(given_hours: int | None, *, is_forced: bool) -> Retention | None:
    if given_hours is None:
        return None
    if given_hours < LEAST_HOURS and not is_forced:
        raise ConfigError(
            f"--retention-hours: {given_hours} is less than {LEAST_HOURS}, and whoever reads a table right now could "
            "lose its files; if nobody does, say so with `--nobody-reads`"
        )
    return Retention(given_hours, is_forced=given_hours < LEAST_HOURS)


def _whole_lake(lake: str, retention: Retention) -> list[Outcome]:
    storage = open_storage(lake)
    sources = storage.folders("tables/")
    if not sources:
        raise ConfigError(f"{lake}: there are no tables yet; `headwater run` makes them, `--lake` says where")
    engine: Engine = SparkEngine(spark_uri(lake), is_on_glue=False)
    lakes = [engine.lake(source, source) for source in sources]
    streams = [(held, name) for held in lakes for name in dict.fromkeys(map(stream_of, held.names()))]
    return [_kept(storage, held, stream, retention) for held, stream in streams]


def _kept(storage: Storage, held: Lake, stream: str, retention: Retention) -> Outcome:
    """Keep a stream's tables in order; one that cannot be does not stop the others."""
    try:
        with spark_errors_of(f"{held.source}.{stream}"):
            kept = maintain_tables(storage, held, stream, retention)
    except HeadwaterError as error:
        return Outcome(held.source, stream, "failed", error=str(error))
    return Outcome(held.source, stream, "complete", evidence=asdict(kept))


def _row(table: dict[str, Any]) -> list[str]:
    files, sizes = ((table[f"{name}_before"], table[name]) for name in ("files", "bytes"))
    return [
        table["table"],
        _change(*map(str, files)),
        _change(*map(_size, sizes)),
        str(table["removed_files"]),
        _size(table["removed_bytes"]),
    ]


def _change(before: str, after: str) -> str:
    return before if before == after else f"{before} -> {after}"


def _size(count: float) -> str:
    for unit in ("B", "KB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"
