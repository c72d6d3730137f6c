"""The commands that tell before anything is stored: `validate`, `preview` and `plan`."""

import logging
from collections.abc import Sequence
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from glue_lib.command.job_here import overrides_of
from glue_lib.command.options import AsJson, End, File, FullRefresh, Lake, Sets, Start, Streams
from glue_lib.command.printing import print_json, say
from glue_lib.execution import Execution
from glue_lib.log import LOGGER
from glue_lib.spec.derived import derived
from glue_lib.spec.loader import load_all


def add_commands(app: typer.Typer) -> None:
    """Add the commands to `headwater`."""
    for one in (validate, preview, plan):
        app.command(rich_help_panel="Look ahead")(one)


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


def plan(
    file: File,
    stream: Streams = None,
    lake: Lake = "./lake",
    start: Start = "",
    end: End = "",
    full_refresh: FullRefresh = False,
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


def _looking(
    file: str, lake: str, streams: Sequence[str] | None, overrides: Sequence[str] | None, given: dict[str, str]
) -> Execution:
    """Return an execution that only looks: nothing is landed, and no table is written."""
    from glue_lib.runtime.arguments import from_texts
    from glue_lib.runtime.execution import execution, no_engine

    texts = {"pipeline": file, "lake": lake, "streams": ",".join(streams or ()), "set": overrides_of(overrides)}
    LOGGER.addHandler(logging.NullHandler())  # its answer is the result
    return execution(from_texts(texts | given), no_engine)
