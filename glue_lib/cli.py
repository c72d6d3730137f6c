"""The `headwater` command: what Glue runs, on this machine, and a look into the lake.

Results go to stdout, what is said on the way to stderr. Exit codes: 0 complete, 1 failed, 2 wrong usage or pipeline
file, 3 incomplete.
"""

import json
import os
import runpy
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table as Grid

from glue_lib.console import progress
from glue_lib.errors import ConfigError, HeadwaterError
from glue_lib.execution import ExecutionFailed, Outcome
from glue_lib.spec.derived import derived
from glue_lib.spec.layers import setting
from glue_lib.spec.loader import load_all

COMPLETE, FAILED, WRONG, INCOMPLETE = 0, 1, 2, 3

app = typer.Typer(
    help="SaaS APIs into Delta tables, one YAML file per API.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_out = Console(highlight=False, soft_wrap=True)
_err = Console(stderr=True)

File = Annotated[str, typer.Argument(help="Pipeline file.", show_default=False)]
LakeOption = Annotated[str, typer.Option("--lake", help="Folder, or s3://bucket/prefix.")]
Streams = Annotated[list[str] | None, typer.Option("--stream", help="Only this stream; may be repeated.")]
Sets = Annotated[list[str] | None, typer.Option("--set", help="Override a field: limits.concurrency=2; may be repeated.")]
RunId = Annotated[str, typer.Option("--run-id", help="Id of the run.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="For machines: one JSON document on stdout.")]


def main() -> None:
    """Run the command; what a user can mend is told in a sentence, without a stack trace."""
    try:
        app()
    except ConfigError as error:
        _fail(error, WRONG)
    except HeadwaterError as error:
        _fail(error, FAILED)


@app.command()
def validate(
    files: Annotated[list[str], typer.Argument(help="Pipeline files.", show_default=False)], as_json: AsJson = False
) -> None:
    """Check pipeline files: every error with its line and field; nothing is fetched."""
    found = load_all(files)
    if as_json:
        _print_json([derived(pipeline) for pipeline in found])
        return
    for file, pipeline in zip(files, found, strict=True):
        _out.print(f"{file}: ok, {len(pipeline.streams)} streams: {', '.join(pipeline.streams)}")


@app.command()
def run(
    file: File,
    stream: Streams = None,
    lake: LakeOption = "./lake",
    start: Annotated[str, typer.Option("--from", help="Backfill from this date or time.", show_default=False)] = "",
    end: Annotated[str, typer.Option("--to", help="Backfill up to, not including.", show_default=False)] = "",
    full_refresh: Annotated[bool, typer.Option("--full-refresh", help="Read everything, not only what is new.")] = False,
    run_id: RunId = "",
    overrides: Sets = None,
    as_json: AsJson = False,
) -> None:
    """Read the API and bring its tables up to date: the job `sync`, on this machine."""
    given = {"from": start, "to": end, "full_refresh": str(full_refresh).lower(), "run_id": run_id}
    _run_job("sync", file, lake, stream, overrides, given, as_json=as_json)


@app.command()
def load(
    file: File,
    stream: Streams = None,
    lake: LakeOption = "./lake",
    run_id: RunId = "",
    all_runs: Annotated[bool, typer.Option("--all", help="Load every whole run again, from the first.")] = False,
    overrides: Sets = None,
    as_json: AsJson = False,
) -> None:
    """Bring landed runs into the tables, with no request to the API: the job `load`, on this machine."""
    given = {"full_refresh": str(all_runs).lower(), "run_id": run_id}
    _run_job("load", file, lake, stream, overrides, given, as_json=as_json)


@app.command()
def tables(lake: LakeOption = "./lake", as_json: AsJson = False) -> None:
    """List the lake's tables with their rows and versions."""
    from glue_lib.runtime.look import Look

    found = Look(lake).tables()
    if as_json:
        _print_json(found)
        return
    _print_rows(["table", "rows", "columns", "version", "last run"], [list(table.values()) for table in found])


@app.command()
def show(
    table: Annotated[str, typer.Argument(help="Table, such as donations.comments.", show_default=False)],
    lake: LakeOption = "./lake",
    limit: Annotated[int, typer.Option(help="Rows at most.", min=1)] = 20,
    as_json: AsJson = False,
) -> None:
    """Print a table's rows."""
    from glue_lib.runtime.look import Look

    _print_result(*Look(lake).rows(table, limit), as_json=as_json)


@app.command()
def sql(
    query: Annotated[str, typer.Argument(help="A query in Spark SQL.", show_default=False)],
    lake: LakeOption = "./lake",
    limit: Annotated[int, typer.Option(help="Rows at most.", min=1)] = 1000,
    as_json: AsJson = False,
) -> None:
    """Ask the lake: tables are known as <source>.<table>."""
    from glue_lib.runtime.look import Look

    _print_result(*Look(lake).query(query, limit), as_json=as_json)


def _run_job(
    job: str,
    file: str,
    lake: str,
    streams: Sequence[str] | None,
    overrides: Sequence[str] | None,
    given: dict[str, str],
    *,
    as_json: bool,
) -> None:
    """Run the job's own script in this process, as Glue would, and end with the exit code of its outcome."""
    options = {"pipeline": file, "lake": lake, "streams": ",".join(streams or ()), "set": _overrides(overrides), **given}
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    script = _script(job)
    with progress(_err), _argv([str(script), *words]):
        try:
            outcomes = runpy.run_path(str(script), run_name="__main__")["outcomes"]
        except ExecutionFailed as failed:
            outcomes = failed.outcomes
    if as_json:
        _print_json([outcome.to_json() for outcome in outcomes])
    else:
        _print_outcomes(outcomes)
    raise typer.Exit(_exit_code(outcomes))


def _script(job: str) -> Path:
    import headwater_jobs

    return Path(headwater_jobs.__file__).with_name(f"{job}.py")


def _overrides(texts: Sequence[str] | None) -> str:
    for text in texts or ():
        if "=" not in text:
            raise ConfigError(f"--set: `{text}` has no `=`; write KEY=VALUE, such as `limits.concurrency=2`")
    return json.dumps(dict(setting(text) for text in texts or ()))


def _exit_code(outcomes: Sequence[Outcome]) -> int:
    statuses = {outcome.status for outcome in outcomes}
    return FAILED if "failed" in statuses else INCOMPLETE if "incomplete" in statuses else COMPLETE


@contextmanager
def _argv(words: list[str]) -> Iterator[None]:
    before, sys.argv = sys.argv, words
    try:
        yield
    finally:
        sys.argv = before


def _print_outcomes(outcomes: Sequence[Outcome]) -> None:
    rows = [
        [table.table, str(table.inserted), str(table.updated), str(table.deleted), ", ".join(table.added_columns)]
        for outcome in outcomes
        for table in outcome.tables
    ]
    if rows:
        _print_rows(["table", "inserted", "updated", "deleted", "new columns"], rows)
    for outcome in outcomes:
        if outcome.status != "complete":
            _err.print(f"{outcome.source}.{outcome.stream}: {outcome.status}", style="bold red")
            _err.print(outcome.error or f"can go on at {outcome.resume_at}", markup=False, soft_wrap=True)


def _print_result(columns: list[str], rows: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        _print_json(rows)
    else:
        _print_rows(columns, [["" if row[name] is None else str(row[name]) for name in columns] for row in rows])


def _print_rows(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    grid = Grid(box=None, pad_edge=False)
    for column in columns:
        grid.add_column(column, overflow="fold", no_wrap=not _out.is_terminal)
    for row in rows:
        grid.add_row(*[str(value) for value in row])
    (_out if _out.is_terminal else Console(width=10_000, highlight=False)).print(grid, markup=False)


def _print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, indent=2, default=str, ensure_ascii=False) + os.linesep)


def _fail(error: Exception, code: int) -> None:
    _err.print(str(error), markup=False, highlight=False, soft_wrap=True)
    raise SystemExit(code)
