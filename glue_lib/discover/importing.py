"""From another tool's file to a pipeline file: which tool's it is, what maps, and what the pipeline would refuse."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from glue_lib.discover import foreign, from_airbyte, from_dlt, from_glue, names
from glue_lib.discover.foreign import Import, Unmapped
from glue_lib.discover.noted import Noted, written
from glue_lib.discover.noted import plain as plain_values
from glue_lib.discover.python_literal import Source
from glue_lib.errors import ConfigError
from glue_lib.spec.document import Node
from glue_lib.spec.loader import loads
from glue_lib.spec.problem import not_one_of

KINDS = ("dlt", "airbyte", "glue")
_MOST_REPAIRS = 200
_PLACE = re.compile(r":\d+: (?P<place>[\w.\[\]\"@$-]+):? (?P<told>.*)")
_ALLOWED = (
    "allowed are a dlt REST API configuration, an Airbyte manifest, and the JSON of Glue's RegisterConnectionType"
)


@dataclass(frozen=True)
class Imported:
    """The text of a pipeline file, and what did not map."""

    kind: str
    text: str
    unmapped: tuple[Unmapped, ...]


def imported(text: str, name: str, kind: str = "", source: str = "") -> Imported:
    """Return the pipeline file that another tool's file says; a ConfigError where nothing of it can be read."""
    if kind and kind not in KINDS:
        raise ConfigError(f"--from: {not_one_of(kind, KINDS)}")
    source = source or names.fit(re.sub(r"\.\w+$", "", name.replace("\\", "/").rpartition("/")[2]), "source")
    found, root = _root(text, name, kind, source)
    made = {"dlt": from_dlt.imported, "airbyte": from_airbyte.imported, "glue": from_glue.imported}[found](root, source)
    if not made.streams:
        told = "; ".join(one.told(name) for one in made.unmapped[:5])
        raise ConfigError(f"{name}: no stream could be read{f': {told}' if told else ''}")
    made.base_url = made.base_url or Noted("https://api.example.org", (), ("the file does not say where the API is",))
    return Imported(found, _fitting(made, name, found), tuple(made.unmapped))


def _root(text: str, name: str, kind: str, source: str) -> tuple[str, Node]:
    """Return whose file it is, and the part of it that matters."""
    if name.endswith(".py"):
        found = Source(text, name, source).configurations()
        if not found:
            raise ConfigError(f"{name}: has no dictionary with `client` and `resources`; {_ALLOWED}")
        return "dlt", found[0]
    root = foreign.read(text, name)
    parts: dict[str, Node | None] = {
        "glue": from_glue.registration(root),
        "airbyte": root if root.child("streams") and (root.child("definitions") or root.child("check")) else None,
        "dlt": from_dlt.configuration(root),
    }
    if kind == "airbyte" and root.child("streams"):
        return kind, root
    chosen = parts.get(kind) if kind else None
    if kind and chosen is None:
        raise ConfigError(f"{name}: is no file of {kind}: it has no {_NEEDS[kind]}")
    for one, part in {kind: chosen}.items() if kind else parts.items():
        if part is not None:
            return one, part
    raise ConfigError(f"{name}: is of no kind that is read here; {_ALLOWED}")


_NEEDS = {"dlt": "`client` beside `resources`", "airbyte": "`streams`", "glue": "`RestConfiguration`"}


def _fitting(made: Import, name: str, kind: str) -> str:
    """Return the text of a valid file: what a pipeline refuses is taken out, and told."""
    for _ in range(_MOST_REPAIRS):
        text = _text(made, name, kind)
        try:
            loads(text, name)
            return text
        except ConfigError as error:
            found = _PLACE.search(str(error).splitlines()[0])
            if found is None or not _without(made, found["place"].split("."), found["told"]):
                raise
    raise ConfigError(f"{name}: too much of it does not fit a pipeline")


def _without(made: Import, place: list[str], told: str) -> bool:
    """Take out what does not fit; say whether anything was."""
    made.unmapped.append(Unmapped(None, ".".join(place), f"is left out: {told}"))
    match place:
        case ["streams", stream, field, *_] if stream in made.streams and field in made.streams[stream]:
            field = field.partition("[")[0]
            inner = made.streams[stream].get(field)
            if field == "path":
                del made.streams[stream]
            elif isinstance(inner, dict) and field in ("params", "headers", "body", "types") and place[3:4]:
                key = ".".join(place[3:])
                inner.pop(key) if key in inner else made.streams[stream].pop(field)
            else:
                del made.streams[stream][field]
            return bool(made.streams)
        case ["streams", stream, *rest] if stream.partition("[")[0] in made.streams:
            of = made.streams[stream]
            field = rest[0].partition("[")[0] if rest else ""
            if field == "key" and isinstance(of.get("write"), str | Noted):
                del of["write"]
            elif field in of:
                del of[field]
            else:
                del made.streams[stream]
            return bool(made.streams)
        case ["auth", *_] if made.auth:
            made.auth = None
            return True
        case ["headers", *_] if made.headers:
            made.headers = {}
            return True
        case ["base_url"] if plain_values(made.base_url) != "https://api.example.org":
            made.base_url = "https://api.example.org"
            return True
    return False


def _text(made: Import, name: str, kind: str) -> str:
    label: Mapping[str, str] = {
        "dlt": "dlt's REST API source",
        "airbyte": "Airbyte",
        "glue": "a connection type of Glue",
    }
    head = (
        f"{made.source}: written by `headwater import` from {name} ({label[kind]}); nothing was asked, nothing run.",
        "Look at the lines `doubt:`, and at what did not map, at the end.",
    )
    told = [one.told(name) for one in made.unmapped]
    return written(_ordered(made.tree()), head, ("Did not map:", *told) if told else ())


_ORDER = ("path", "method", "params", "headers", "body", "format", "records", "pagination", "key", "cursor", "write")


def _ordered(tree: dict[str, Any]) -> dict[str, Any]:
    streams = {
        name: {key: stream[key] for key in sorted(stream, key=lambda key: _ORDER.index(key) if key in _ORDER else 99)}
        for name, stream in tree["streams"].items()
    }
    return tree | {"streams": streams}
