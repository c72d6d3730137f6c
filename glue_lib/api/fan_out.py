"""Fan-out: a request such as `/campaigns/{campaigns.id}/comments` is asked once for each record of another stream.

A parent is kept as its values in raw JSON by their names in the request, `{"campaigns.id": "17"}`: as exact as the
records themselves, and itself storable.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from glue_lib.api import selection
from glue_lib.api.batch import Batch
from glue_lib.api.number import NumberText
from glue_lib.api.request import QueryValue, Request
from glue_lib.errors import ApiError

#: `{campaigns.id}` names a stream and a field of its records; `${…}` is a reference, and `{page}` a value of its own.
HOLE = re.compile(r'(?<!\$)\{([a-z][a-z0-9_]*)\.((?:"[^"{}]+"|[^{}\s])+)\}')

Parent = Mapping[str, str]
Values = Mapping[str, Sequence[str]]  # of a chain: the texts of one parent, or of a batch


def holes(*texts: Any) -> list[str]:
    """Return the names of the placeholders in texts, lists and mappings, each once: `campaigns.id`."""
    found = [f"{stream}.{field}" for text in _texts(texts) for stream, field in HOLE.findall(text)]
    return list(dict.fromkeys(found))


def parents_of(*texts: Any) -> dict[str, list[str]]:
    """Return the streams that the placeholders draw from, with the fields wanted of each."""
    found: dict[str, list[str]] = {}
    for name in holes(*texts):
        stream, _, field = name.partition(".")
        found.setdefault(stream, []).append(field)
    return found


def copies(named: Sequence[str], parents: Sequence[str]) -> dict[str, list[str]]:
    """Return the fields to be copied of each parent; a bare `name` is a field of the first one."""
    found: dict[str, list[str]] = {}
    for text in named:
        stream, _, field = text.partition(".")
        if field and stream in parents:
            found.setdefault(stream, []).append(field)
        elif parents:
            found.setdefault(parents[0], []).append(text)
    return found


def merged(a: Mapping[str, Sequence[str]], b: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return the fields that either names of each stream, each once."""
    return {stream: list(dict.fromkeys([*a.get(stream, ()), *b.get(stream, ())])) for stream in {**a, **b}}


def batched(path: str, headers: Mapping[str, str], rest: Any) -> str | None:
    """Return the placeholder that a batch's values stand for: one of the parameters or the body, else of the path."""
    fixed = holes(path, headers)
    return next((name for name in holes(rest) if name not in fixed), next(iter(holes(path)), None))


def request_for(request: Request, parents: Sequence[Parent], batch: Batch | None = None) -> Request:
    """Return `request` with the values of its parents, of which there are several in a batch only."""
    wanted = holes(request.path, request.query, request.headers, request.body)
    values = {name: _distinct(name, [parent.get(name, "null") for parent in parents]) for name in wanted}
    for name in holes(request.path):
        request = request.put(f"path.{name}", _joined(name, values[name], batch))
    return replace(
        request,
        query={key: _query(key, value, values, batch) for key, value in request.query.items()},
        headers={key: _filled(value, values, batch) for key, value in request.headers.items()},
        body=_body(request.body, values, batch),
    )


def prefix(parent: Parent) -> bytes:
    """Return the start of a record that carries its parent's values: `{"_campaigns_id": 17, `."""
    if not parent:
        return b""
    members = (f"{json.dumps(column(name))}: {raw}, " for name, raw in parent.items())
    return ("{" + "".join(members)).encode()


def column(name: str) -> str:
    """Return the field that carries a parent's value in its records: `_campaigns_id` for `campaigns.id`."""
    return "_" + re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_")


def is_empty(raw: str | None) -> bool:
    """Return whether a field names nothing to ask for: it is absent, null or an empty text."""
    return raw is None or raw in ("null", '""')


def is_usable(raw: str, *, in_path: bool) -> bool:
    """Return whether a value that is not empty can stand in a request: no array, no object, neither true nor false.

    A dot segment in a path would ask another endpoint, and half of a character cannot be sent.
    """
    try:
        text = _text("value", raw)
        text.encode()
    except (ApiError, UnicodeEncodeError):
        return False
    return not (in_path and text in (".", ".."))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _texts(list(value.values()))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)


def _query(key: str, value: QueryValue, values: Values, batch: Batch | None) -> QueryValue:
    if isinstance(value, tuple):
        return tuple(_filled(one, values, batch) for one in value)
    name = _whole(value)
    if name and batch and (batch.repeated or key.endswith("[]")):
        return tuple(values[name])
    return _filled(value, values, batch)


def _body(value: Any, values: Values, batch: Batch | None) -> Any:
    if isinstance(value, Mapping):
        return {key: _body(inner, values, batch) for key, inner in value.items()}
    if isinstance(value, list):
        return [one for inner in value for one in _elements(inner, values, batch)]
    if not isinstance(value, str):
        return value
    name = _whole(value)
    if not name:
        return _filled(value, values, batch)
    found = [_json(one) for one in values[name]]
    return found if batch else found[0]


def _elements(value: Any, values: Values, batch: Batch | None) -> list[Any]:
    """Return what stands for an element of an array: the values of a batch stand in the array itself."""
    made = _body(value, values, batch)
    return made if isinstance(value, str) and _whole(value) and batch else [made]


def _json(text: str) -> Any:
    return text.json_value() if isinstance(text, NumberText) else text


def _whole(text: str) -> str | None:
    match = HOLE.fullmatch(text)
    return f"{match[1]}.{match[2]}" if match else None


def _filled(text: str, values: Values, batch: Batch | None) -> str:
    return HOLE.sub(lambda hole: _joined(name := f"{hole[1]}.{hole[2]}", values[name], batch), text)


def _joined(name: str, texts: Sequence[str], batch: Batch | None) -> str:
    between = batch.joined_by if batch else ","
    torn = next((text for text in texts if len(texts) > 1 and between and between in text), None)
    if torn is not None:
        told = f"a parent has `{torn}` as `{name}`, and `{between}` separates the values of a batch"
        raise ApiError(f"{told}; choose another `joined_by`, or leave out `batch`")
    return between.join(texts)


def _distinct(name: str, raws: Sequence[str]) -> list[str]:
    return [_text(name, raw) for raw in dict.fromkeys(raws)]


def _text(name: str, raw: str) -> str:
    value = selection.field(b'{"value":' + raw.encode() + b"}", "value")
    if value is None or isinstance(value, bool) or value == "":
        raise ApiError(f"a parent has {raw} as `{name}`, which cannot stand in a request")
    return value
