"""`headwater import`: another tool's configuration in, a pipeline file out, and an account of what did not map."""

from pathlib import Path

from glue_lib.command.printing import print_json, say, say_aside
from glue_lib.command.proposed import as_json, checked, put, refuse_overwriting
from glue_lib.discover.importing import imported
from glue_lib.discover.reading import text_of
from glue_lib.errors import ConfigError
from glue_lib.spec.pipeline import name


def import_file(file: str, output: str, *, kind: str, source: str, force: bool, json: bool) -> None:
    """Print or write the pipeline file that another tool's file says; each line that did not map goes to stderr."""
    refuse_overwriting("import", output, force=force)
    made = imported(_text(file), file, kind, _source(source))
    pipeline = checked(made.text, output or file)
    if output or not json:
        put("import", made.text, output, force=force)
    lines = [one.told(file) for one in made.unmapped]
    if json:
        unmapped = [{"line": one.line, "field": one.field, "what": one.what} for one in made.unmapped]
        print_json(as_json(pipeline, made.text, output, kind=made.kind, unmapped=unmapped))
        return
    for line in lines:
        say_aside(line)
    say_aside(f"{len(pipeline.streams)} streams from {made.kind}, {len(lines)} places did not map")
    if output:
        say(f"{output}: written")
        say(f"next: headwater preview {output}")


def _text(file: str) -> str:
    try:
        return text_of(Path(file).expanduser().read_bytes(), file)
    except OSError as error:
        told = "there is no such file" if not Path(file).exists() else f"cannot be read: {error.strerror}"
        raise ConfigError(f"import: {file}: {told}") from error


def _source(text: str) -> str:
    if not text:
        return ""
    try:
        return name(text)
    except ValueError as error:
        raise ConfigError(f"--source: {error}") from error
