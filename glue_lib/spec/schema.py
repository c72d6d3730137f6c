"""The JSON Schema of the pipeline file, for editors: completion, descriptions, and most errors while typing.

Editors do not lay streams over `defaults`, so what a kind below a stream needs is not required here; `headwater
validate` is stricter. `python -m glue_lib.spec.schema` prints it.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any

from glue_lib.spec.pipeline import NAME, Pipeline

Schema = dict[str, Any]

_NULL: Schema = {"type": "null"}


def schema() -> Schema:
    """Return the JSON Schema of a pipeline file."""
    made = Pipeline.model_json_schema(by_alias=True, mode="validation")
    definitions: Schema = made["$defs"]
    for part in (made, *definitions.values()):
        _allow_words(part, definitions)
        _tidy(part)
    stream = definitions["Stream"]
    for name in _reachable(stream, definitions):
        definitions[name].pop("required", None)
    fields = stream["properties"]
    stream["properties"] = {"path": fields["path"]} | {
        name: _or_null(field) for name, field in fields.items() if name not in ("name", "path")
    }
    definitions["Cursor"]["properties"]["start"]["anyOf"].append({"type": "number"})  # taken as it is written
    definitions["Defaults"] = _defaults(stream)
    made["properties"] |= {"defaults": {"$ref": "#/$defs/Defaults"}, "streams": _streams(made["properties"]["streams"])}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made, "title": "Headwater pipeline"}


def text() -> str:
    """Return the schema as it stands in `pipelines/pipeline.schema.json`."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


def _allow_words(part: Schema, definitions: Schema) -> None:
    """Let a bare word stand for a kind that needs nothing but its type, and leave choosing a kind to its `type`."""
    for field in part.get("properties", {}).values():
        if "mapping" not in field.get("discriminator", {}):
            continue
        kinds = {
            kind: _named(reference, definitions) for kind, reference in field.pop("discriminator")["mapping"].items()
        }
        for kind in kinds.values():
            kind["required"] = sorted({"type", *kind.get("required", [])})
        words = [word for word, kind in kinds.items() if kind["required"] == ["type"]]
        field["anyOf"] = [*field.pop("oneOf"), *([{"enum": words}] if words else [])]


def _tidy(part: Schema) -> None:
    """Leave out what pydantic says of a field without being asked: its name again, and that nothing is the default."""
    for field in part["properties"].values():
        field.pop("title", None)
        if field.get("default", "") in (None, ""):
            field.pop("default", None)


def _or_null(field: Schema) -> Schema:
    """Let nothing stand in a stream's field: it takes away what `defaults` gave."""
    if "anyOf" in field:
        return {**field, "anyOf": [choice for choice in field["anyOf"] if choice != _NULL] + [_NULL]}
    words = field.get("enum") or [field[key] for key in ("const",) if key in field]
    listed = {"enum": [*words, None]} if words else {}
    return {**{key: value for key, value in field.items() if key != "const"}, "type": [field["type"], "null"], **listed}


def _defaults(stream: Schema) -> Schema:
    about = (
        "What every stream starts from: any field of a stream; mappings are merged key by key, all else is replaced."
    )
    return {
        **{key: value for key, value in stream.items() if key != "required"},
        "title": "Defaults",
        "description": about,
    }


def _streams(field: Schema) -> Schema:
    about = {key: field[key] for key in ("description", "minProperties", "type")}
    return {**about, "propertyNames": {"pattern": NAME}, "additionalProperties": {"$ref": "#/$defs/Stream"}}


def _named(reference: str, definitions: Schema) -> Schema:
    found: Schema = definitions[reference.rpartition("/")[2]]
    return found


def _reachable(part: Schema, definitions: Schema) -> set[str]:
    found: set[str] = set()
    waiting = [part]
    while waiting:
        new = {name for name in _references(waiting.pop()) if name not in found}
        found |= new
        waiting += [definitions[name] for name in new]
    return found


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for value in part:
            yield from _references(value)
    elif isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"].rpartition("/")[2]
        yield from _references(list(part.values()))


if __name__ == "__main__":
    sys.stdout.write(text())
