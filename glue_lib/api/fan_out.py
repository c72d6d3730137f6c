"""Fan-out: a path such as `/campaigns/{campaigns.id}/comments` is asked once for each record of another stream.

A parent is kept as its values in raw JSON by their names in the path, `{"campaigns.id": "17"}`: as exact as the records
themselves, and itself storable.
"""

import json
import re
from collections.abc import Iterable, Mapping

from glue_lib.api import selection
from glue_lib.api.request import Request
from glue_lib.errors import ApiError

_HOLE = re.compile(r"\{([a-z][a-z0-9_]*)\.([^{}]+)\}")


def parents_of(path: str) -> dict[str, list[str]]:
    """Return the streams that a path draws from, with the fields wanted of each."""
    found: dict[str, list[str]] = {}
    for stream, field in _HOLE.findall(path):
        fields = found.setdefault(stream, [])
        if field not in fields:
            fields.append(field)
    return found


def read_parent(stream: str, fields: Iterable[str], record: bytes) -> dict[str, str]:
    """Return the parent that a record of `stream`, or a JSON object of just its wanted `fields`, stands for."""
    members = selection.members(record)
    found = {field: members.get(field) or selection.raw(record, field) for field in fields}
    return {f"{stream}.{field}": (value or b"null").decode() for field, value in found.items()}


def request_for(request: Request, parent: Mapping[str, str]) -> Request:
    """Return `request` with the parent's values in its path; the client percent-encodes them."""
    for name, raw in parent.items():
        request = request.put(f"path.{name}", _text(name, raw))
    return request


def prefix(parent: Mapping[str, str]) -> bytes:
    """Return the start of a record that carries its parent's values: `{"_campaigns_id": 17, `."""
    members = (f"{json.dumps(column(name))}: {raw}, " for name, raw in parent.items())
    return ("{" + "".join(members)).encode()


def column(name: str) -> str:
    """Return the field that carries a parent's value in its records: `_campaigns_id` for `campaigns.id`."""
    return "_" + re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_")


def _text(name: str, raw: str) -> str:
    value = selection.field(b'{"value":' + raw.encode() + b"}", "value")
    if value is None or isinstance(value, bool) or value == "":
        raise ApiError(f"a parent has {raw} as `{name}`, which cannot stand in a path")
    return value
