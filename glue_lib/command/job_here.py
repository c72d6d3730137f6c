"""A job's own script, run in this process as Glue would run it: what it says on the way, and how it ends."""

import importlib
import json
import os
import runpy
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer
from rich.console import Console

from glue_lib.command import ending
from glue_lib.command.bars import Bars
from glue_lib.command.console import progress
from glue_lib.command.printing import print_json, print_rows, say_aside
from glue_lib.errors import ConfigError, HeadwaterError
from glue_lib.execution import ExecutionFailed, Outcome
from glue_lib.spec.layers import setting

COMPLETE, FAILED, WRONG, INCOMPLETE = 0, 1, 2, 3
STOPPED = 130  # by Ctrl-C, as shells have it
_STYLES = {"failed": "red", "incomplete": "yellow"}
_err = Console(stderr=True)


def run_job(
    job: str,
    file: str,
    lake: str,
    streams: Sequence[str] | None,
    overrides: Sequence[str] | None,
    given: dict[str, str],
    *,
    as_json: bool,
    is_quiet: bool = False,
) -> None:
    """Run the job's own script in this process, as Glue would, and end with the exit code of its outcome."""
    options = {
        "pipeline": file,
        "lake": lake,
        "streams": ",".join(streams or ()),
        "set": overrides_of(overrides),
        **given,
    }
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    script = _script(job)
    with errors_as_json(as_json), shown(is_quiet=is_quiet), _argv([str(script), *words]):
        try:
            outcomes = runpy.run_path(str(script), run_name="__main__")["outcomes"]
        except ExecutionFailed as failed:
            outcomes = failed.outcomes
    if as_json:
        print_json([outcome.to_json() for outcome in outcomes])
    else:
        print_outcomes(outcomes)
    raise typer.Exit(exit_code(outcomes))


@contextmanager
def errors_as_json(as_json: bool) -> Iterator[None]:
    """Where stdout is to have one JSON document, let it have one also when there are no outcomes to tell of."""
    try:
        yield
    except HeadwaterError as error:
        if as_json:
            print_json({"error": str(error), "class": type(error).__name__})
        raise


def exit_code(outcomes: Sequence[Outcome]) -> int:
    """Return the code that tells how an execution ended; a mistake of the user's outweighs all else."""
    statuses = {outcome.status for outcome in outcomes}
    if any(outcome.is_mistake for outcome in outcomes):
        return WRONG  # running again would not help, whatever else has failed
    return FAILED if "failed" in statuses else INCOMPLETE if "incomplete" in statuses else COMPLETE


def overrides_of(texts: Sequence[str] | None) -> str:
    """Return the JSON that the job argument `--set` takes, from texts such as `limits.concurrency=2`."""
    for text in texts or ():
        if "=" not in text:
            raise ConfigError(f"--set: `{text}` has no `=`; write KEY=VALUE, such as `limits.concurrency=2`")
    return json.dumps(dict(setting(text) for text in texts or ()))


def beside(package: str, module: str = "") -> Any:
    """Return a package that lies beside this one, or a module of it."""
    try:
        return importlib.import_module(f"headwater_{package}{module}")
    except ModuleNotFoundError:  # a checkout that is not installed
        return importlib.import_module(f"{package}{module}")


def _script(job: str) -> Path:
    return Path(str(beside("jobs").__file__)).with_name(f"{job}.py")


@contextmanager
def shown(*, is_quiet: bool = False) -> Iterator[None]:
    """Show on stderr what happens in the block, if anything is to be shown; Ctrl-C ends it at once."""
    with progress(_err, is_quiet=is_quiet) as bars, _stopped_at_once(bars):
        yield


@contextmanager
def _stopped_at_once(bars: Bars | None) -> Iterator[None]:
    """Let Ctrl-C end the process there and then: what is landed stays, and threads would go on for long."""

    def stop(*_: Any) -> None:
        # Not through the console: the thread that draws may hold its lock.
        end = f"{bars.clear() if bars else ''}stopped; what is landed stays, and the next run goes on from there\n"
        os.write(sys.stderr.fileno(), end.encode())
        os._exit(STOPPED)

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _argv(words: list[str]) -> Iterator[None]:
    before, sys.argv = sys.argv, words
    try:
        yield
    finally:
        sys.argv = before


def print_outcomes(outcomes: Sequence[Outcome]) -> None:
    """Print what became of the tables; how many records have values that were left out, where there are any."""
    tables = [table for outcome in outcomes for table in outcome.tables]
    has_left_out = any(table.left_out for table in tables)
    rows = [
        [
            table.table,
            *map(str, (table.inserted, table.updated, table.deleted)),
            *([str(table.left_out)] if has_left_out else []),
            ", ".join(table.added_columns),
        ]
        for table in tables
    ]
    if rows:
        left_out = ["left out"] if has_left_out else []
        print_rows(["table", "inserted", "updated", "deleted", *left_out, "new columns"], rows)
    say_unfinished(outcomes)


def say_unfinished(outcomes: Sequence[Outcome]) -> None:
    """Tell on stderr what is not complete, and why; nothing where all is."""
    for line in ending.lines(outcomes):
        say_aside(line.text, _STYLES.get(line.status))
