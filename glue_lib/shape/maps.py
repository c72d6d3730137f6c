"""Which objects are maps: rows that are stored stay as they were made, so a file that says otherwise is refused."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from glue_lib.errors import ConfigError
from glue_lib.shape.layout import MAP
from glue_lib.shape.paths import ENTRY, Inside, Path, Step, dotted
from glue_lib.shape.targets import Stored

_PATH = re.compile(r"(?:place in )?\$((?:\.\w+|\[\]|\{\}|~|\[\"(?:[^\"\\]|\\.)*\"\])*)(?: as \w+)?\Z")
_STEP = re.compile(r"\.(\w+)|(\[\]|\{\}|~)|\[(\"(?:[^\"\\]|\\.)*\")\]")


@dataclass(frozen=True)
class Misfit:
    """Columns of a table that were made of an object's fields, which is a map by now, or the other way around."""

    table: str
    path: str  # as it is written under `types:`
    is_map: bool  # by the file
    columns: tuple[str, ...]


def check_maps(
    name: str,
    stored: Mapping[str, Stored],
    types: Mapping[str, str],
    holds: Callable[[str, Sequence[str]], bool],
) -> None:
    """Raise a ConfigError where rows are of a map that is none by now; `holds` says whether columns have any value."""
    wrong = next((one for one in misfits(stored, types) if holds(one.table, one.columns)), None)
    if wrong:
        as_columns = f"as columns, and `types:` says `{wrong.path}: map`"
        told = as_columns if wrong.is_map else "as the entries of a map, and `types:` says nothing of a map"
        raise ConfigError(
            f"{name}: `{wrong.table}` holds `{wrong.path}` {told}; rows that do not come "
            "again would stay as they are. Write what it said before, or build the tables anew from the raw zone: "
            f"`headwater load FILE --stream {name.rpartition('.')[2]} --rebuild`"
        )


def misfits(stored: Mapping[str, Stored], types: Mapping[str, str]) -> Iterator[Misfit]:
    """Yield what does not go together with `types:`, told from the comments of the columns."""
    maps = {path for path, type_ in types.items() if type_ == MAP}
    for table, columns in stored.items():
        found: dict[tuple[str, bool], list[str]] = {}
        for comment, (column, _) in columns.columns.items():
            for place, step in enumerate(path := _path(comment)):
                at = dotted(path[:place])
                if (isinstance(step, str) and at in maps) or (step is ENTRY and at not in maps):
                    found.setdefault((at, at in maps), []).append(column)
        yield from (Misfit(table, at, is_map, tuple(names)) for (at, is_map), names in found.items())


def _path(comment: str) -> Path:
    """Return the path that a column's comment tells; none for what is no column of the records'."""
    told = _PATH.match(comment)
    return tuple(_step(*one) for one in _STEP.findall(told[1])) if told else ()


def _step(plain: str, inside: str, quoted: str) -> Step:
    if inside:
        return Inside(inside)
    return plain or str(json.loads(quoted))
