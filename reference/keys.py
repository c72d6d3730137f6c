"""The keys of one mapping of the pipeline file, as rows of a table: value, default and meaning, in words."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from glue_lib.kind import Kind
from reference.markdown import code, table

Schema = Mapping[str, Any]
Link = Callable[[str], str]  # from the name of a class to a link to what is said of it

#: What a pattern of the schema means; a pattern that is not here is shown as it is.
PATTERNS = {
    r"^(header|query|cookie|body)\..+$": "a place in the request: `header.…`, `query.…`, `cookie.…`, `body.…`",
    r"^((body|header)\..+|cookie\.[^.]+)$": "a place in the answer: `body.…`, `header.…`, `cookie.…`",
    r"^(body|header|last_record)\..+$": "a place in the answer: `body.…`, `header.…`, `last_record.…`",
    r"^body\..+$": "a place in the answer's body: `body.…`",
    r"^((query|body|header|path|text|cookie)\..+|url)$": (
        "a place in the request: `query.…`, `body.…`, `header.…`, `path.…`, `text.…`, `cookie.…`, `url`"
    ),
    r"^([0-9]{1,18}|[0-9]{1,9}(us|ms|s|m|h|d|w|mo|y))$": "a duration such as `7d` or `1mo`, or a whole number",
    r"^[0-9]{1,9}(us|ms|s|m|h|d|w|mo|y)$": "a duration such as `90d`, `12h`, `1mo`",
    r"^decimal\(\s*\d+\s*,\s*\d+\s*\)$": "`decimal(p,s)`",
    r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$": "a name of lower-case letters, digits and single `_`",
}
_TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "`true`, `false`",
    "object": "mapping",
    "array": "list",
}
_BOUNDS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "less than {}",
    "minLength": "at least {} characters",
    "maxItems": "at most {} of them",
    "minProperties": "at least {} of them",
}


def keys(kind: type[Kind], definition: Schema, link: Link) -> str:
    """Return the table of a mapping's keys: its `type`, then its own, then those that others of its family have too."""
    fields = dict(sorted(definition["properties"].items(), key=lambda field: _rank(kind, field[0])))
    rows = [_row(name, field, _is_needed(kind, name), link) for name, field in fields.items()]
    return table(["key", "value", "default", "meaning"], rows)


def _rank(kind: type[Kind], name: str) -> int:
    return 0 if name == "type" else 1 if _field_of(kind, name) in kind.__annotations__ else 2


def _field_of(kind: type[Kind], name: str) -> str:
    return next((field for field, about in kind.model_fields.items() if about.alias == name), name)


def _is_needed(kind: type[Kind], name: str) -> bool:
    field = kind.model_fields[_field_of(kind, name)]
    return field.is_required()


def _row(name: str, field: Schema, is_needed: bool, link: Link) -> list[str]:
    if name == "type":
        return [code(name), words(field, link), "", "Which of the kinds this is."]
    examples = ", ".join(code(_text(example)) for example in field.get("examples", ()))
    meaning = f"{field.get('description', '')}{f' Example: {examples}.' if examples else ''}"
    return [code(name), words(field, link), "required" if is_needed else _default(field), meaning]


def _default(field: Schema) -> str:
    value = field.get("default")
    return "" if value in (None, "", []) or isinstance(value, dict) else code(_text(value))


def _text(value: Any) -> str:
    """Return a value as it is written in a YAML file on one line."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def words(field: Schema, link: Link) -> str:
    """Return in words which values a field takes."""
    return " or ".join(dict.fromkeys(_choices(field, link)))


def _choices(field: Schema, link: Link) -> Iterator[str]:
    if "anyOf" in field or "oneOf" in field:
        choices = field.get("anyOf") or field["oneOf"]
        named = [choice for choice in choices if "$ref" in choice]
        if len(named) > 1:  # a family, whose kinds are told by their names; a bare word stands for its kind
            choices = named
        for choice in choices:
            yield from _choices(choice, link)
    elif "$ref" in field:
        yield link(field["$ref"].rpartition("/")[2])
    elif "const" in field:
        yield code(_text(field["const"]))
    elif "enum" in field:
        yield ", ".join(code(str(word)) for word in field["enum"] if word is not None)
    else:
        yield from _typed(field, link)


def _typed(field: Schema, link: Link) -> Iterator[str]:
    kinds = field.get("type", "string" if "pattern" in field else [])
    for kind in [kinds] if isinstance(kinds, str) else kinds:
        if kind == "string" and "pattern" in field:
            yield PATTERNS.get(field["pattern"], f"text that fits {code(field['pattern'])}")
        elif kind != "null":
            bounds = [form.format(field[key]) for key, form in _BOUNDS.items() if key in field]
            yield ", ".join([_TYPES[kind] + _inner(kind, field, link), *bounds])


def _inner(kind: str, field: Schema, link: Link) -> str:
    inner = field.get({"array": "items", "object": "additionalProperties"}.get(kind, ""))
    return f" of {words(inner, link)}" if isinstance(inner, Mapping) and inner else ""
