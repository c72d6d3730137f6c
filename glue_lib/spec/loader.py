"""From the text of a pipeline file to a `Pipeline`, or to one error that tells everything that is wrong with it."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from glue_lib.errors import ConfigError
from glue_lib.spec import checks, document, layers, wrong
from glue_lib.spec.document import Node
from glue_lib.spec.pipeline import Pipeline
from glue_lib.spec.problem import Problem, did_you_mean, refusal
from glue_lib.spec.stream import Stream

_TEXT = ("cursor", "headers", "params")  # mappings of text, whose values are taken as they are written


def load(path: str | Path, overrides: Mapping[str, Any] = {}) -> Pipeline:
    """Read a pipeline file; `overrides` are values by dotted path, which win over the file."""
    return loads(_text(Path(path)), str(path), overrides)


def load_all(paths: Iterable[str | Path]) -> list[Pipeline]:
    """Read several files, telling the problems of all of them at once; no two may share a source or a database."""
    pipelines: dict[str, Pipeline] = {}
    told: list[str] = []
    for path in paths:
        try:
            pipeline = load(path)
        except ConfigError as error:
            told.append(str(error))
            continue
        told += [
            _shared(str(path), pipeline, name, other) for name, other in pipelines.items() if _same(pipeline, other)
        ]
        pipelines[str(path)] = pipeline
    if told:
        raise ConfigError("\n".join(told))
    return list(pipelines.values())


def loads(text: str, name: str, overrides: Mapping[str, Any] = {}) -> Pipeline:
    """Read the text of a pipeline file; `name` is what its errors call it."""
    read = document.read(text)
    if read.root is None:
        raise refusal(name, read.problems)
    if not isinstance(read.root.value, dict):
        found = wrong.shown(read.root)
        raise refusal(name, [Problem((), 1, f"must be a mapping that begins with `source:`; found {found}")])
    root, misplaced = layers.overridden(read.root, overrides)
    root = layers.with_defaults(root)
    pipeline, unfit = _checked(root)
    problems = [*read.problems, *misplaced, *unfit]
    if problems or pipeline is None:
        raise refusal(name, problems)
    return pipeline


def _checked(root: Node) -> tuple[Pipeline | None, list[Problem]]:
    try:
        # JSON is the strict form that still has lists for tuples: text is not taken for a number, `NO` not for false.
        content = json.dumps(_content(root))
        pipeline = Pipeline.model_validate_json(content, strict=True, by_alias=True, by_name=False)
        unfit = []
    except ValidationError as error:
        pipeline, unfit = None, wrong.problems(error, Pipeline, root)
    unfit += _names_given(root)
    told = {problem.path for problem in unfit}
    unfit += [problem for problem in _inner_names(root) if problem.path not in told]
    places = {problem.path for problem in unfit}
    return pipeline, unfit + [problem for problem in checks.problems(root) if problem.path not in places]


def _content(root: Node) -> dict[str, Any]:
    content = _fields(root, wrong.fields(Pipeline))
    for name, stream in checks.streams(root).items():
        content["streams"][name] = {**_fields(stream, wrong.fields(Stream)), "name": name}
    return content


def _fields(node: Node, known: Iterable[str]) -> dict[str, Any]:
    """Return the content of a mapping; a known field with nothing behind it counts as left out."""
    given = {key: child for key, child in node.value.items() if child.value is not None or key not in known}
    return {key: _written(child) if key in _TEXT else layers.plain(child) for key, child in given.items()}


def _written(node: Node) -> Any:
    """Return a mapping with its scalars as they are written, so that `1.10` stays `1.10`."""
    if not isinstance(node.value, dict):
        return layers.plain(node)
    given = {key: child for key, child in node.value.items() if child.value is not None}
    return {key: child.written if _is_scalar(child) else layers.plain(child) for key, child in given.items()}


def _is_scalar(node: Node) -> bool:
    return isinstance(node.value, bool | int | float | str)


def _names_given(root: Node) -> list[Problem]:
    """A stream's name is its key; a second one would be ignored in silence."""
    given = [node for stream in checks.streams(root).values() if (node := stream.child("name"))]
    return [Problem(node.path, node.line, "is not a field here; the stream is named by its key") for node in given]


def _inner_names(root: Node) -> list[Problem]:
    found = wrong.inner_names(root, Pipeline)
    return found + [
        problem for stream in checks.streams(root).values() for problem in wrong.inner_names(stream, Stream)
    ]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        near = [file.name for file in path.parent.glob("*.y*ml")] if path.parent.is_dir() else []
        raise ConfigError(f"{path}: there is no such file{did_you_mean(path.name, near)}") from error
    except IsADirectoryError as error:
        raise ConfigError(
            f"{path}: is a folder; name a pipeline file in it, such as `{path}/donations.yaml`"
        ) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}:{line}: has a byte that is no UTF-8; save the file as UTF-8") from error
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error


def _same(one: Pipeline, other: Pipeline) -> bool:
    return one.source == other.source or one.database == other.database


def _shared(path: str, pipeline: Pipeline, other_path: str, other: Pipeline) -> str:
    field = "source" if pipeline.source == other.source else "database"
    return f"{path}: {field}: `{getattr(pipeline, field)}` is taken by {other_path}; choose another name"
