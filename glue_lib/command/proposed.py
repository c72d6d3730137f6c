"""How a proposed pipeline file is checked and leaves: to stdout, or into a file that is never overwritten unasked."""

from pathlib import Path
from typing import Any

from glue_lib.command.printing import say
from glue_lib.discover.noted import one_line
from glue_lib.errors import ConfigError
from glue_lib.spec.loader import loads
from glue_lib.spec.pipeline import Pipeline


def checked(text: str, name: str) -> Pipeline:
    """Return the pipeline that a proposed file says; what is wrong with it is told as of any file."""
    return loads(text, name)


def refuse_overwriting(command: str, file: str, *, force: bool) -> None:
    """Raise when a file is there that nobody allowed to overwrite: before anything is asked."""
    if file and Path(file).expanduser().exists() and not force:
        raise ConfigError(f"{command}: {file} is there already; `--force` overwrites it, or name another file")


def put(command: str, text: str, file: str, *, force: bool) -> None:
    """Write the text into the file, or to stdout where none is named."""
    if not file:
        say(text.rstrip("\n"))
        return
    refuse_overwriting(command, file, force=force)
    path = Path(file).expanduser()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{command}: {file} cannot be written: {error.strerror}") from error


def as_json(pipeline: Pipeline, text: str, file: str, **told: Any) -> dict[str, Any]:
    """Return what `--json` prints of a proposal."""
    return {"source": pipeline.source, "streams": list(pipeline.streams), "file": file or None, "text": text, **told}


def place(line: str) -> str:
    """Return a line of foreign text as it may stand on a terminal."""
    return one_line(line)
