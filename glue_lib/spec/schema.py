"""The JSON Schema of the pipeline file, for editors: completion, descriptions, and most errors while typing.

Editors do not lay streams over `defaults`, so below a stream nothing is required; `headwater validate` is stricter.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any

from glue_lib.spec.pipeline import Pipeline

Schema = dict[str, Any]


def schema() -> Schema:
    """Return the JSON Schema of a pipeline file."""
    made = Pipeline.model_json_schema(by_alias=True, mode="validation")
    definitions: Schema = made["$defs"]
    for part in [made, *definitions.values()]:
        _allow_words(part, definitions)
    stream = definitions["Stream"]
    del stream["properties"]["name"]
    for name in _reachable(stream, definitions):
        definitions[name].pop("required", None)
    definitions["Defaults"] = {key: value for key, value in stream.items() if key != "required"} | {
        "title": "Defaults",
        "description": "What every stream starts from: any field of a stream; mappings are merged key by key.",
    }
    made["properties"]["defaults"] = {"$ref": "#/$defs/Defaults"}
    made["properties"]["streams"]["additionalProperties"] = {"anyOf": [{"$ref": "#/$defs/Stream"}, {"type": "null"}]}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made, "title": "Headwater pipeline"}


def text() -> str:
    """Return the schema as it stands in `pipelines/pipeline.schema.json`."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _allow_words(part: Schema, definitions: Schema) -> None:
    """Let a bare word stand for a kind that needs nothing but its type, and leave choosing a kind to its `type`."""
    for field in part.get("properties", {}).values():
        choice = _choice(field)
        if choice is None:
            continue
        kinds = choice.pop("discriminator")["mapping"]
        words = [kind for kind, reference in kinds.items() if _is_complete(_named(reference, definitions))]
        for reference in kinds.values():
            kind = _named(reference, definitions)
            kind["required"] = sorted({"type", *kind.get("required", [])})
        choice["anyOf"] = [*choice.pop("oneOf"), *([{"enum": words}] if words else [])]


def _choice(field: Schema) -> Schema | None:
    return next((one for one in (field, *field.get("anyOf", [])) if "mapping" in one.get("discriminator", {})), None)


def _is_complete(kind: Schema) -> bool:
    return set(kind.get("required", [])) <= {"type"}


def _named(reference: str, definitions: Schema) -> Schema:
    found: Schema = definitions[reference.rpartition("/")[2]]
    return found


def _reachable(part: Any, definitions: Schema) -> set[str]:
    found: set[str] = set()
    waiting = [part]
    while waiting:
        new = {name for name in _references(waiting.pop()) if name not in found}
        found |= new
        waiting += [definitions[name] for name in new]
    return found


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"].rpartition("/")[2]
        for value in part.values():
            yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)


if __name__ == "__main__":
    sys.stdout.write(text())
