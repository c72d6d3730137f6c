"""unbox: a text inside a record becomes what it says, at its own place."""

from __future__ import annotations

import csv
import json
import sys
from typing import Any

from pyspark import cloudpickle

from awsglue_local.absent import absent
from awsglue_local.paths import split

OPTIONS = {"separator", "escaper", "withHeader", "skipFirst", "quoteChar"}

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # type: ignore[no-untyped-call]


def unboxed(items: Any, path: str, format: str, options: dict[str, Any]) -> Any:
    """Return the items with the text at the path parsed; one that cannot be is an error record."""
    if format not in ("json", "csv"):
        absent(f"unbox of the format `{format}`", "json and csv only; for avro use toDF() and from_avro")
    unknown = options.keys() - OPTIONS
    if unknown:
        absent(f"unbox with {', '.join(sorted(unknown))}", "cast the fields afterwards with apply_mapping")
    where, opened, put = split(path), _json if format == "json" else _csv, _put
    return items.map(lambda item: put(item, where, opened, options))


def _put(item: dict[str, Any], path: tuple[str, ...], opened: Any, options: dict[str, Any]) -> dict[str, Any]:
    place = item["record"]
    try:
        for name in path[:-1]:
            place = place.get(name) or {}
        text = place.get(path[-1])
        if text is not None:
            place[path[-1]] = opened(text, options)
    except (AttributeError, ValueError, TypeError) as error:
        item["isError"], item["errorMessage"] = True, f"unbox of `{'.'.join(path)}`: {error}"
    return item


def _json(text: str, options: dict[str, Any]) -> Any:
    return json.loads(text)


def _csv(text: str, options: dict[str, Any]) -> dict[str, str]:
    rows = list(
        csv.reader(
            text.splitlines(),
            delimiter=options.get("separator", ","),
            quotechar=options.get("quoteChar", '"'),
            escapechar=options.get("escaper"),
        )
    )
    header = rows[0] if options.get("withHeader") and rows else None
    data = rows[1:] if header or options.get("skipFirst") else rows
    if len(data) != 1:
        raise ValueError(f"one row is needed, there are {len(data)}")
    names = header or [f"col{number}" for number in range(len(data[0]))]
    return dict(zip(names, data[0], strict=False))
