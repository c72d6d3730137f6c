"""The commands that do what jobs do, on this machine: `run`, `load` and `maintain`."""

from typing import Annotated

import typer

from glue_lib.command.job_here import errors_as_json, exit_code, overrides_of, run_job, say_unfinished, shown
from glue_lib.command.options import AsJson, End, File, FullRefresh, Lake, Quiet, RunId, Sets, Start, Streams
from glue_lib.errors import ConfigError


def add_commands(app: typer.Typer) -> None:
    """Add the commands to `headwater`."""
    for one in (run, load, maintain):
        app.command(rich_help_panel="Work")(one)


def run(
    file: File,
    stream: Streams = None,
    lake: Lake = "./lake",
    start: Start = "",
    end: End = "",
    full_refresh: FullRefresh = False,
    run_id: RunId = "",
    overrides: Sets = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Read the API and bring its tables up to date: the job `sync`, on this machine."""
    given = {"from": start, "to": end, "full_refresh": str(full_refresh).lower(), "run_id": run_id}
    run_job("sync", file, lake, stream, overrides, given, as_json=as_json, is_quiet=quiet)


def load(
    file: File,
    stream: Streams = None,
    lake: Lake = "./lake",
    run_id: RunId = "",
    all_runs: Annotated[bool, typer.Option("--all", help="Load every whole run again, from the first.")] = False,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Do that into new tables, and put each in the old one's place at the end.")
    ] = False,
    overrides: Sets = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Bring landed runs into the tables, with no request to the API: the job `load`, on this machine."""
    if rebuild and run_id:
        raise ConfigError("load: `--rebuild` takes all runs there are; leave out `--run-id`")
    given = {"full_refresh": str(all_runs).lower(), "rebuild": str(rebuild).lower(), "run_id": run_id}
    run_job("load", file, lake, stream, overrides, given, as_json=as_json, is_quiet=quiet)


def maintain(
    file: Annotated[str, typer.Argument(help="Pipeline file; none: all tables of the lake, and no raw runs.")] = "",
    stream: Streams = None,
    lake: Lake = "./lake",
    retention_hours: Annotated[
        int | None,
        typer.Option(help="Remove files that a table has not had for so long; default: the file's, 7 days.", min=0),
    ] = None,
    nobody_reads: Annotated[bool, typer.Option("--nobody-reads", help="Let that be less than 7 days.")] = False,
    overrides: Sets = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Make small files of tables into large ones, and delete old ones and old raw runs: the job `maintain`."""
    from glue_lib.command.housekeeping import keep_in_order, print_kept

    given = {"streams": ",".join(stream or ()), "set": overrides_of(overrides)}
    with errors_as_json(as_json), shown(is_quiet=quiet):
        outcomes = keep_in_order(file, lake, given, retention_hours=retention_hours, is_forced=nobody_reads)
    print_kept(outcomes, as_json=as_json)
    say_unfinished(outcomes)
    raise typer.Exit(exit_code(outcomes))
