"""From pydantic's errors to ours: the same facts, told by line and field of the file, in the words of its writer."""

import types
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import ValidationError

from glue_lib.kind import Kind
from glue_lib.spec.document import Node
from glue_lib.spec.problem import Path, Problem, did_you_mean, not_one_of

_EXPECTED = {
    "bool_parsing": "`true` or `false`",
    "bool_type": "`true` or `false`",
    "dict_type": "a mapping (lines of `key: value`)",
    "float_parsing": "a number",
    "float_type": "a number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "list_type": "a list, such as `[id]`",
    "mapping_type": "a mapping (lines of `key: value`)",
    "model_attributes_type": "a mapping (lines of `key: value`)",
    "model_type": "a mapping (lines of `key: value`)",
    "none_required": "empty",
    "string_type": "text",
    "tuple_type": "a list, such as `[id]`",
}
_BOUNDS = {
    "greater_than": ("gt", "more than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
    "multiple_of": ("multiple_of", "a multiple of"),
}
_KIND_HABITS = {  # what other tools call our kinds and words
    "append_dedup": "upsert",
    "bearer_token": "bearer",
    "cursor": "token",
    "full_refresh": "replace",
    "header_link": "link",
    "http_basic": "basic",
    "json_link": "next_url",
    "jsonl": "ndjson",
    "jsonlines": "ndjson",
    "limit_offset": "offset",
    "link_header": "link",
    "merge": "upsert",
    "overwrite": "replace",
    "page_number": "page",
    "scd2": "history",
    "single_page": "none",
    "token": "bearer",
    "truncate": "replace",
}
_FIELD_HABITS = {  # what other tools call our fields
    "cursor_field": "cursor",
    "data_selector": "records",
    "database_name": "database",
    "decoder": "format",
    "endpoint": "path",
    "error_handler": "error",
    "field_path": "records",
    "host": "base_url",
    "incremental": "cursor",
    "load": "write",
    "merge_key": "key",
    "mode": "write",
    "name": "source",
    "paging": "pagination",
    "paginator": "pagination",
    "primary_key": "key",
    "query": "params",
    "query_params": "params",
    "rate_limit": "limits",
    "record_path": "records",
    "record_selector": "records",
    "resources": "streams",
    "sync_mode": "write",
    "tables": "streams",
    "url": "base_url",
    "write_disposition": "write",
    "write_mode": "write",
}


@dataclass(frozen=True)
class _Spot:
    """Where an error belongs: the deepest node that exists, what is missing below it, and the kinds on the way."""

    node: Node
    rest: Path
    owner: type[Kind] | None  # the kind whose field it is
    annotation: Any  # of the field itself

    @property
    def path(self) -> Path:
        return (*self.node.path, *self.rest)


def problems(error: ValidationError, model: type[Kind], root: Node) -> list[Problem]:
    """Return the problems behind a validation error of `model`, whose content was `root`."""
    expected: dict[tuple[Path, int | None], tuple[Node, list[str]]] = {}
    told: list[Problem] = []
    for item in error.errors(include_url=False):
        spot = _spot(item["loc"], model, root)
        if item["type"] in _EXPECTED:  # the members of `int | str` each say what they wanted: told as one
            _, wanted = expected.setdefault((spot.path, spot.node.line), (spot.node, []))
            wanted.append(_EXPECTED[item["type"]])
        else:
            told.append(_problem(spot, item["type"], item.get("ctx", {}), item["msg"]))
    unexpected = [
        Problem(path, line, _not_expected(node, list(dict.fromkeys(wanted))))
        for (path, line), (node, wanted) in expected.items()
    ]
    return [*told, *unexpected]


def shown(node: Node) -> str:
    """Return what was found as it may be shown: shortened, and nothing that stands under `auth`."""
    if node.value is None:
        return "nothing"
    if isinstance(node.value, dict):
        return "a mapping"
    if isinstance(node.value, list):
        return "a list"
    if _is_secret(node):
        return "another value"
    text = node.written if len(node.written) <= 60 else node.written[:57] + "..."
    return f"`{text}`"


def fields(kind: type[Kind]) -> dict[str, Any]:
    """Return the fields of a kind by the keys that the file uses for them."""
    return {field.alias or name: field for name, field in kind.model_fields.items()}


def inner_names(node: Node, kind: type[Kind]) -> list[Problem]:
    """Return the keys that are the code's word for a field and not the file's; pydantic up to 2.13 takes them too."""
    inner = [name for name, field in kind.model_fields.items() if field.alias not in (None, name)]
    given = [child for name in inner if name not in fields(kind) and (child := node.child(name))]
    return [Problem(child.path, child.line, _unknown(str(child.path[-1]), kind)) for child in given]


def _problem(spot: _Spot, error: str, context: Mapping[str, Any], message: str) -> Problem:
    node, path = spot.node, spot.path
    if error == "extra_forbidden":
        return Problem(path, node.line, _unknown(str(path[-1]), spot.owner))
    if error == "missing":
        return Problem(path, node.line, _missing(str(path[-1]), spot))
    if error in ("union_tag_invalid", "union_tag_not_found"):
        return _no_such_kind(spot)
    if error in ("literal_error", "enum"):
        allowed = [str(word) for word in _listed(spot.annotation)]
        return Problem(path, node.line, _not_listed(node, allowed))
    if error in ("value_error", "assertion_error") and "`" in str(context.get("error")):
        return Problem(path, node.line, _safe(str(context["error"]), node))  # ours; a library quotes otherwise
    if error in _BOUNDS:
        name, words = _BOUNDS[error]
        return Problem(path, node.line, f"must be {words} {context[name]:g}; found {shown(node)}")
    if error in ("too_short", "string_too_short"):
        return Problem(path, node.line, f"must not be empty; at least {context.get('min_length', 1)} is needed")
    if error in ("too_long", "string_too_long"):
        return Problem(path, node.line, f"is too long; at most {context.get('max_length')} are allowed")
    if error == "string_pattern_mismatch":
        return Problem(path, node.line, f"{shown(node)} does not fit; allowed is what matches `{context['pattern']}`")
    if isinstance(node.value, dict):
        return Problem(path, node.line, f"has a value that is not allowed here{_described(spot)}")
    return Problem(path, node.line, f"{shown(node)} is not allowed here{_described(spot)}")


def _not_expected(node: Node, wanted: list[str]) -> str:
    if node.value is None:
        return f"is empty; it must be {' or '.join(wanted)}"
    hint = ""
    if wanted == ["text"] and isinstance(node.value, bool | int | float):
        hint = "; write it in quotes"
    elif isinstance(node.value, str) and not node.is_bare and node.line and "text" not in wanted:
        hint = "; write it without quotes"
    return f"must be {' or '.join(wanted)}; found {shown(node)}{hint}"


def _unknown(key: str, owner: type[Kind] | None) -> str:
    # A stream has a `name` and does not take it from the file.
    allowed = sorted(name for name in fields(owner) if name != "name") if owner else []
    meant = did_you_mean(key, allowed, _FIELD_HABITS)
    return f"is not a field here; allowed are {', '.join(allowed) or 'none'}{meant}"


def _missing(key: str, spot: _Spot) -> str:
    if not spot.rest and spot.node.value is None:
        return "is empty, but must be given"
    needed = [name for name, field in fields(spot.owner).items() if field.is_required()] if spot.owner else []
    also = f"; `{_type_of(spot.owner)}` needs {', '.join(needed)}" if _type_of(spot.owner) else _described(spot)
    return f"is missing{also}"


def _is_secret(node: Node) -> bool:
    return node.path[:1] == ("auth",) and node.path[1:] not in ((), ("type",), ("write",), ("read",))


def _described(spot: _Spot) -> str:
    field = fields(spot.owner).get(str(spot.path[-1])) if spot.owner and spot.path else None
    if field is None or not field.description:
        return ""
    example = f"; for example {field.examples[0]!r}".replace("'", "`") if field.examples else ""
    return f": {field.description.rstrip('.')}{example}"


def _no_such_kind(spot: _Spot) -> Problem:
    allowed = [_type_of(kind) or "" for kind in _kinds(spot.annotation)]
    node = spot.node
    kind = node.child("type")
    if isinstance(node.value, dict) and kind is None:
        return Problem(spot.path, node.line, f"has no `type`; allowed are {', '.join(sorted(allowed))}")
    return Problem((kind or node).path, (kind or node).line, _not_listed(kind or node, allowed))


def _not_listed(node: Node, allowed: list[str]) -> str:
    if isinstance(node.value, str):
        return not_one_of(node.value, allowed, _KIND_HABITS)
    return f"{shown(node)} is not one of {', '.join(sorted(allowed))}"


def _safe(text: str, node: Node) -> str:
    """Keep what stands under `auth` out of a kind's own text."""
    if isinstance(node.value, dict):
        for child in node.value.values():
            text = _safe(text, child)
    elif isinstance(node.value, str) and _is_secret(node) and node.value:
        text = text.replace(node.value, "…")
    return text


def _spot(location: tuple[str | int, ...], model: type[Kind], root: Node) -> _Spot:
    """Walk model and file together, since a location also names the kinds chosen and the members tried."""
    node = root
    rest: Path = ()
    owner: type[Kind] | None = None
    annotation: Any = model
    for step in location:
        chosen = next((kind for kind in _kinds(annotation) if _type_of(kind) == step), None)
        if chosen and len(_kinds(annotation)) > 1:
            annotation = chosen
            continue
        if annotation is None:
            continue  # the name of a member that was tried
        below, annotation, owner = _below(annotation, step, owner)
        child = _child(node, step) if not rest else None
        if child:
            node = child
        elif below:
            rest = (*rest, step)
    return _Spot(node, rest, owner, annotation)


def _below(annotation: Any, step: str | int, owner: type[Kind] | None) -> tuple[bool, Any, type[Kind] | None]:
    """Return whether there is a field of that name below, its annotation, and the kind that has it."""
    for member in _members(annotation):
        if isinstance(member, type) and issubclass(member, Kind):
            field = fields(member).get(str(step))
            return field is not None, field.annotation if field else None, member
        if get_origin(member) in (dict, Mapping):
            return True, get_args(member)[-1], None
        if get_origin(member) in (list, tuple, set, frozenset):
            return True, get_args(member)[0], None
    return False, None, owner


def _child(node: Node, step: str | int) -> Node | None:
    if isinstance(node.value, list) and isinstance(step, int):
        return node.value[step] if step < len(node.value) else None
    return node.child(str(step))


def _kinds(annotation: Any) -> list[type[Kind]]:
    return [member for member in _members(annotation) if isinstance(member, type) and issubclass(member, Kind)]


def _members(annotation: Any) -> list[Any]:
    bare = _bare(annotation)
    if get_origin(bare) in (Union, types.UnionType):
        return [deeper for member in get_args(bare) for deeper in _members(member)]
    return [bare]


def _bare(annotation: Any) -> Any:
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    return annotation


def _listed(annotation: Any) -> list[Any]:
    """Return the words of a `Literal`, also where nothing is allowed beside them."""
    bare = _bare(annotation)
    if get_origin(bare) is Literal:
        return list(get_args(bare))
    return [word for member in get_args(bare) for word in _listed(member)]


def _type_of(kind: type[Kind] | None) -> str | None:
    field = kind.model_fields.get("type") if kind else None
    return str(field.default) if field else None
