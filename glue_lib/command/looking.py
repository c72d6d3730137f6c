"""The commands that look into a lake: `tables`, `show` and `sql` at its rows, `runs` and `report` at what happened."""

from typing import Annotated

import typer

from glue_lib.command.options import AsJson, Lake
from glue_lib.command.printing import cell_text, print_json, print_result, print_rows, say_at_once


def add_commands(app: typer.Typer) -> None:
    """Add the commands to `headwater`."""
    for one in (tables, show, sql, runs, report):
        app.command(rich_help_panel="Look")(one)


def tables(lake: Lake = "./lake", as_json: AsJson = False) -> None:
    """List the lake's tables with their rows and versions."""
    from glue_lib.runtime.look import Look

    found = Look(lake).tables()
    if as_json:
        print_json(found)
        return
    rows = [[cell_text(value) for value in table.values()] for table in found]
    print_rows(["table", "rows", "columns", "version", "last run"], rows)


def show(
    table: Annotated[str, typer.Argument(help="Table, such as donations.comments.", show_default=False)],
    lake: Lake = "./lake",
    limit: Annotated[int, typer.Option(help="Rows at most.", min=1)] = 20,
    as_json: AsJson = False,
) -> None:
    """Print a table's rows."""
    from glue_lib.runtime.look import Look

    print_result(*Look(lake).rows(table, limit), as_json=as_json)


def sql(
    query: Annotated[str, typer.Argument(help="A query in Spark SQL.", show_default=False)],
    lake: Lake = "./lake",
    limit: Annotated[int, typer.Option(help="Rows at most.", min=1)] = 1000,
    as_json: AsJson = False,
) -> None:
    """Ask the lake: tables are known as <source>.<table>."""
    from glue_lib.runtime.look import Look

    print_result(*Look(lake).query(query, limit), as_json=as_json)


def runs(
    run_id: Annotated[str, typer.Argument(help="A run to show; its beginning is enough.", show_default=False)] = "",
    other: Annotated[str, typer.Argument(help="Another, to compare it with.", show_default=False)] = "",
    lake: Lake = "./lake",
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


def report(
    lake: Lake = "./lake",
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
        page.serve(lake, port, limit=limit, told=say_at_once)
    else:
        page.write_page(lake, output, limit=limit)
