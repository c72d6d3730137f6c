"""The `headwater` command: what Glue runs, on this machine, and a look into the lake.

Results go to stdout, what is said on the way to stderr. Exit codes: 0 complete, 1 failed, 2 wrong usage or pipeline
file, 3 incomplete.
"""

import logging
import sys
from collections.abc import Sequence
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from glue_lib.api.retry import Deferred
from glue_lib.command.beginning import add_commands
from glue_lib.command.job_here import (
    FAILED,
    INCOMPLETE,
    WRONG,
    beside,
    errors_as_json,
    exit_code,
    overrides_of,
    run_job,
    say_unfinished,
    shown,
)
from glue_lib.command.printing import cell_text, print_json, print_result, print_rows, say, say_aside
from glue_lib.errors import ConfigError, HeadwaterError
from glue_lib.execution import Execution
from glue_lib.log import LOGGER
from glue_lib.spec.derived import derived
from glue_lib.spec.loader import load_all
from glue_lib.spec.problem import no_such

app = typer.Typer(
    help="SaaS APIs into Delta tables, one YAML file per API.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
deploy = typer.Typer(help="What a pipeline file means for AWS.", no_args_is_help=True)
app.add_typer(deploy, name="deploy")
add_commands(app)

File = Annotated[str, typer.Argument(help="Pipeline file.", show_default=False)]
LakeOption = Annotated[str, typer.Option("--lake", help="Folder, or s3://bucket/prefix.")]
Streams = Annotated[list[str] | None, typer.Option("--stream", help="Only this stream; may be repeated.")]
Sets = Annotated[
    list[str] | None, typer.Option("--set", help="Override a field: limits.concurrency=2; may be repeated.")
]
RunId = Annotated[str, typer.Option("--run-id", help="Id of the run.", show_default=False)]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing on the way: errors and the result only.")]
AsJson = Annotated[bool, typer.Option("--json", help="For machines: one JSON document on stdout.")]


def main(words: Sequence[str] | None = None) -> None:
    """Run the command; what a user can mend is told in a sentence, without a stack trace."""
    try:
        app(words)
    except ConfigError as error:
        _fail(error, WRONG)
    except Deferred as error:
        _fail(error, INCOMPLETE)
    except HeadwaterError as error:
        _fail(error, FAILED)


@app.command()
def validate(
    files: Annotated[list[str], typer.Argument(help="Pipeline files.", show_default=False)], as_json: AsJson = False
) -> None:
    """Check pipeline files: every error with its line and field; nothing is fetched."""
    found = load_all(files)
    if as_json:
        print_json([derived(pipeline) for pipeline in found])
        return
    for file, pipeline in zip(files, found, strict=True):
        say(f"{file}: ok, {len(pipeline.streams)} streams: {', '.join(pipeline.streams)}")


@app.command()
def run(
    file: File,
    stream: Streams = None,
    lake: LakeOption = "./lake",
    start: Annotated[str, typer.Option("--from", help="Backfill from this date or time.", show_default=False)] = "",
    end: Annotated[str, typer.Option("--to", help="Backfill up to, not including.", show_default=False)] = "",
    full_refresh: Annotated[
        bool, typer.Option("--full-refresh", help="Read everything, not only what is new.")
    ] = False,
    run_id: RunId = "",
    overrides: Sets = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Read the API and bring its tables up to date: the job `sync`, on this machine."""
    given = {"from": start, "to": end, "full_refresh": str(full_refresh).lower(), "run_id": run_id}
    run_job("sync", file, lake, stream, overrides, given, as_json=as_json, is_quiet=quiet)


@app.command()
def load(
    file: File,
    stream: Streams = None,
    lake: LakeOption = "./lake",
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


@app.command()
def maintain(
    file: Annotated[str, typer.Argument(help="Pipeline file; none: all tables of the lake, and no raw runs.")] = "",
    stream: Streams = None,
    lake: LakeOption = "./lake",
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


@app.command()
def preview(
    file: File,
    stream: Streams = None,
    overrides: Sets = None,
    as_json: AsJson = False,
) -> None:
    """Ask for one page, and print the tables, columns and types that it would make; nothing is stored."""
    from glue_lib.command.foresight import show_previews

    with TemporaryDirectory() as nowhere:
        show_previews(_looking(file, nowhere, stream, overrides, {}), as_json=as_json)


@app.command("plan")
def foresee(
    file: File,
    stream: Streams = None,
    lake: LakeOption = "./lake",
    start: Annotated[str, typer.Option("--from", help="Backfill from this date or time.", show_default=False)] = "",
    end: Annotated[str, typer.Option("--to", help="Backfill up to, not including.", show_default=False)] = "",
    full_refresh: Annotated[
        bool, typer.Option("--full-refresh", help="Read everything, not only what is new.")
    ] = False,
    probe: Annotated[bool, typer.Option("--probe", help="Ask for one page of each stream, for its total.")] = False,
    dpu_hour: Annotated[
        float, typer.Option(help="Dollars for a DPU-hour; 0 is the list price of us-east-1.", min=0)
    ] = 0,
    overrides: Sets = None,
    as_json: AsJson = False,
) -> None:
    """Say what a run will take before it starts: slices, requests, minutes, share of the daily quota, Glue's price."""
    from glue_lib.command.foresight import show_plan

    given = {"from": start, "to": end, "full_refresh": str(full_refresh).lower()}
    execution = _looking(file, lake, stream, overrides, given)
    show_plan(execution, probe=probe, dpu_hour_usd=dpu_hour, as_json=as_json)


@app.command()
def tables(lake: LakeOption = "./lake", as_json: AsJson = False) -> None:
    """List the lake's tables with their rows and versions."""
    from glue_lib.runtime.look import Look

    found = Look(lake).tables()
    if as_json:
        print_json(found)
        return
    rows = [[cell_text(value) for value in table.values()] for table in found]
    print_rows(["table", "rows", "columns", "version", "last run"], rows)


@app.command()
def show(
    table: Annotated[str, typer.Argument(help="Table, such as donations.comments.", show_default=False)],
    lake: LakeOption = "./lake",
    limit: Annotated[int, typer.Option(help="Rows at most.", min=1)] = 20,
    as_json: AsJson = False,
) -> None:
    """Print a table's rows."""
    from glue_lib.runtime.look import Look

    print_result(*Look(lake).rows(table, limit), as_json=as_json)


@app.command()
def sql(
    query: Annotated[str, typer.Argument(help="A query in Spark SQL.", show_default=False)],
    lake: LakeOption = "./lake",
    limit: Annotated[int, typer.Option(help="Rows at most.", min=1)] = 1000,
    as_json: AsJson = False,
) -> None:
    """Ask the lake: tables are known as <source>.<table>."""
    from glue_lib.runtime.look import Look

    print_result(*Look(lake).query(query, limit), as_json=as_json)


@app.command()
def runs(
    run_id: Annotated[str, typer.Argument(help="A run to show; its beginning is enough.", show_default=False)] = "",
    other: Annotated[str, typer.Argument(help="Another, to compare it with.", show_default=False)] = "",
    lake: LakeOption = "./lake",
    source: Annotated[str | None, typer.Option(help="Only this source.")] = None,
    stream: Annotated[str | None, typer.Option(help="Only this stream.")] = None,
    status: Annotated[str | None, typer.Option(help="Only complete, incomplete, failed, stopped or running.")] = None,
    limit: Annotated[int, typer.Option(help="Runs at most.", min=1)] = 20,
    html: Annotated[str, typer.Option(help="Write them as a page to this file, as `report` does.")] = "",
    as_json: AsJson = False,
) -> None:
    """Tell what happened: list the runs of a lake, show one, or compare two."""
    from glue_lib.command import report as page
    from glue_lib.command import runs as told

    if html:
        page.write_page(lake, html)
    elif other:
        told.compare_runs(lake, run_id, other, source=source, stream=stream, as_json=as_json)
    elif run_id:
        told.show_runs(lake, run_id, source=source, stream=stream, as_json=as_json)
    else:
        told.list_runs(lake, source=source, stream=stream, status=status, limit=limit, as_json=as_json)


@app.command()
def report(
    lake: LakeOption = "./lake",
    output: Annotated[str, typer.Option("--output", "-o", help="File to write.")] = "report.html",
    limit: Annotated[int, typer.Option(help="Runs at most, the newest.", min=1)] = 1000,
    is_served: Annotated[
        bool, typer.Option("--serve", help="Serve it on this machine instead, always as it is now; Ctrl-C ends it.")
    ] = False,
    port: Annotated[int, typer.Option(help="Port on loopback; 0 takes a free one.", min=0, max=65535)] = 8810,
) -> None:
    """Write the runs of a lake as one page: what ran, how long, which rows, what failed and what to do about it."""
    from glue_lib.command import report as page

    if is_served:
        page.serve(lake, port, limit=limit, told=_told)
    else:
        page.write_page(lake, output, limit=limit)


@deploy.command("plan")
def deploy_plan(
    files: Annotated[list[str], typer.Argument(help="Pipeline files.", show_default=False)],
    name: Annotated[str, typer.Option(help="Terraform's variable `name`.")] = "headwater",
    environment: Annotated[str, typer.Option(help="Terraform's variable `environment`.")] = "dev",
    database_prefix: Annotated[
        str | None, typer.Option(help="Terraform's variable of that name; left out: the environment and `_`.")
    ] = None,
    parallel_streams: Annotated[int, typer.Option(help="Terraform's variable of that name.", min=1)] = 2,
    as_json: AsJson = False,
) -> None:
    """Say what `terraform apply` creates for a file, without an account: names, sizes, order, schedule, alarms."""
    from glue_lib.command.deploying import show_deployments
    from glue_lib.command.deployment import Environment

    at = Environment(name, environment, database_prefix, parallel_streams)
    show_deployments(files, load_all(files), at, as_json=as_json)


@app.command()
def doctor(
    files: Annotated[
        list[str] | None, typer.Argument(help="Pipeline files; their hosts and secrets are checked too.")
    ] = None,
    lake: LakeOption = "./lake",
    as_json: AsJson = False,
) -> None:
    """Check what a run needs: Python, Java, jars, AWS, lake, secrets, the APIs' hosts and clocks; it starts nothing."""
    from glue_lib.command.doctor import examine
    from glue_lib.command.doctor import show as show_findings

    raise typer.Exit(show_findings(examine(files or (), lake), as_json=as_json))


@app.command()
def emulate(
    name: Annotated[str, typer.Argument(help="Which one; none lists them.", show_default=False)] = "",
    port: Annotated[int, typer.Option(help="Port on loopback; 0 takes a free one.", min=0, max=65535)] = 8800,
    listed: Annotated[bool, typer.Option("--list", help="List the APIs that can be emulated.")] = False,
) -> None:
    """Serve a real API in small, on this machine, for a pipeline of `pipelines/examples`; Ctrl-C ends it."""
    command = beside("emulators", ".command")
    if listed or not name:
        for line in command.listing():
            say(line)
        return
    if name not in command.emulators():
        raise ConfigError(f"emulate: {no_such('emulator', name, command.emulators())}")
    try:
        command.serve(name, port, told=_told, said=say_aside)
    except OSError as error:
        raise ConfigError(f"emulate: port {port}: {error.strerror}; `--port 0` takes a free one") from error


def _told(line: str) -> None:
    say(line)
    sys.stdout.flush()


def _looking(
    file: str, lake: str, streams: Sequence[str] | None, overrides: Sequence[str] | None, given: dict[str, str]
) -> Execution:
    """Return an execution that only looks: nothing is landed, and no table is written."""
    from glue_lib.runtime.arguments import from_texts
    from glue_lib.runtime.execution import execution, no_engine

    texts = {"pipeline": file, "lake": lake, "streams": ",".join(streams or ()), "set": overrides_of(overrides)}
    LOGGER.addHandler(logging.NullHandler())  # its answer is the result
    return execution(from_texts(texts | given), no_engine)


def _fail(error: Exception, code: int) -> None:
    say_aside(str(error))
    raise SystemExit(code)


if __name__ == "__main__":
    main()
