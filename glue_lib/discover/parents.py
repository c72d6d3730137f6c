"""Fan-outs: which stream's records fill the `{holes}` of a path."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from glue_lib.discover.answer import quoted
from glue_lib.discover.fields import key_of
from glue_lib.discover.names import plain, singular
from glue_lib.discover.probe import Probed

_ID = re.compile(r"(.*?)(id|uuid|gid|key|slug|number|no|name|code)?")


@dataclass(frozen=True)
class Filled:
    """A path whose holes are another stream's fields, and one value of each to probe with."""

    path: str  # with `{stream.field}`
    example: str | None  # with values; None where no record has them
    why: str
    parents: tuple[str, ...]


def filled(path: str, outcomes: Mapping[str, Probed]) -> Filled | None:
    """Return the path with its holes filled from streams that are known by now; None where one stays open."""
    written, example, reasons, parents = path, path, [], []
    for hole in re.findall(r"\{([^{}]*)\}", path):
        name = _parent(path, hole, outcomes)
        if name is None:
            return None
        field = _field(hole, outcomes[name])
        if field is None:
            return None
        values = [value for record in outcomes[name].records if (value := _at(record, field)) is not None]
        written = written.replace(f"{{{hole}}}", f"{{{name}.{field}}}")
        example = example.replace(f"{{{hole}}}", _safe(str(values[0]))) if values and example else ""
        reasons.append(f"asked once for each record of `{name}`, by its `{field}`")
        parents.append(name)
    return Filled(written, example or None, "; ".join(dict.fromkeys(reasons)), tuple(parents))


def _parent(path: str, hole: str, outcomes: Mapping[str, Probed]) -> str | None:
    stream, _, field = hole.partition(".")
    if field:
        return stream if stream in outcomes else None
    before = _bare(path.partition(f"{{{hole}}}")[0])
    for name, outcome in outcomes.items():
        if _bare(outcome.endpoint.path) == before and _gives_records(outcome):
            return name
    found = _ID.fullmatch(plain(hole))
    word = singular(found[1]) if found and found[1] else ""
    named = [
        name
        for name, outcome in outcomes.items()
        if word and singular(plain(name)) == word and _gives_records(outcome) and "{" not in outcome.endpoint.path
    ]
    return named[0] if named else None


def _field(hole: str, outcome: Probed) -> str | None:
    if "." in hole:
        return hole.partition(".")[2]
    record = next((one for one in outcome.records if isinstance(one, dict)), {})
    by_name = {plain(name): name for name in reversed(list(record))}
    word = plain(hole)
    bare = word.removeprefix(singular(plain(outcome.endpoint.name)))
    for name in (word, bare):
        if name and name in by_name and not isinstance(record[by_name[name]], dict | list):
            return quoted(by_name[name])
    key = key_of(outcome.records, outcome.endpoint, is_probed=outcome.is_probed)
    return key.fields[0] if key else None


def _gives_records(outcome: Probed) -> bool:
    return outcome.found is not None and outcome.found.where != "[@]"


def _bare(path: str) -> str:
    return path.rstrip("/").removesuffix(".json")


def _at(record: Any, field: str) -> Any:
    for key in re.findall(r'"[^"]+"|[^."]+', field):
        record = record.get(key.strip('"')) if isinstance(record, dict) else None
    return None if isinstance(record, dict | list | bool) else record


def _safe(value: str) -> str:
    """Return a value as it may stand in a path."""
    return re.sub(r"[^A-Za-z0-9._~-]", lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), value)
