"""Foreign documents, read safely: JSON or YAML of whatever size and depth becomes plain values, or an error."""

import json
from typing import Any

import yaml

from glue_lib.discover.noted import one_line
from glue_lib.errors import ConfigError

_LONGEST = 64 * 2**20
_MOST_PAIRS = 20_000  # of one mapping, merge keys unfolded: merges of merges grow without end
_FAST: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(text: str, name: str) -> Any:
    """Return the value of a JSON or YAML text; a ConfigError says what is wrong with it."""
    if len(text) > _LONGEST:
        raise ConfigError(f"{name}: is longer than {_LONGEST >> 20} MiB; leave out what is not needed")
    try:
        return _json(text) if text.lstrip("\ufeff \t\r\n")[:1] in ("{", "[") else _yaml(text)
    except RecursionError:
        raise ConfigError(f"{name}: is nested too deep to be read") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise ConfigError(
            f"{name}:{line}: is not plain YAML: {one_line(str(error.problem or error.context))}"
        ) from None
    except yaml.YAMLError as error:
        raise ConfigError(f"{name}: is not YAML: {one_line(str(error))}") from None
    except (ValueError, TypeError) as error:
        raise ConfigError(f"{name}: cannot be read: {one_line(str(error))}") from None


def text_of(content: bytes, name: str) -> str:
    """Return the text of a file's bytes."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{name}:{line}: has a byte that is no UTF-8; save the file as UTF-8") from None


def _json(text: str) -> Any:
    try:
        return json.loads(text.lstrip("\ufeff"), parse_int=_whole)
    except json.JSONDecodeError as error:
        try:
            return _yaml(text)  # `{a: 1}` is YAML, too
        except yaml.YAMLError:
            raise ValueError(f"line {error.lineno}: {error.msg}") from None


def _yaml(text: str) -> Any:
    return yaml.load(text, Loader=_Loader)


def _whole(digits: str) -> Any:
    return int(digits) if len(digits) < 30 else digits


class _Loader(_FAST):  # type: ignore[misc]
    """Reads plain values only: moments stay texts, and a tag of whoever's own is an error."""

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        super().flatten_mapping(node)
        if len(node.value) > _MOST_PAIRS:
            raise yaml.constructor.ConstructorError(None, None, "its merge keys unfold without end", node.start_mark)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in _FAST.yaml_implicit_resolvers.items()
}
_Loader.add_constructor("tag:yaml.org,2002:int", lambda loader, node: _number(loader.construct_scalar(node)))


def _number(text: str) -> Any:
    try:
        return int(text) if len(text) < 30 else text
    except ValueError:
        return text  # `0o17` or `1:30`: nothing here needs it as a number
