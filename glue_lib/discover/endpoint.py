"""An endpoint that could become a stream, as a specification or an address tells of it; nothing was asked yet."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from glue_lib.discover.names import plain

_HOLE = re.compile(r"\{([^{}]*)\}")
SIZES = (
    *("limit", "perpage", "pagesize", "maxresults", "count", "rows", "top", "size", "first", "take"),
    *("pagelimit", "resultsperpage", "maxrecords", "maxperpage", "itemsperpage"),
)


@dataclass(frozen=True)
class Parameter:
    """A query parameter that the specification names."""

    name: str
    is_required: bool = False
    default: Any = None
    least: int | None = None
    most: int | None = None
    about: str = ""


@dataclass(frozen=True)
class Endpoint:
    """A path that is asked by GET; `known` is None where nobody says which parameters it takes."""

    name: str
    path: str  # with `{holes}`, which another stream's records fill
    params: Mapping[str, str] = field(default_factory=dict)
    known: tuple[Parameter, ...] | None = None
    example: Any = None  # what an answer looks like by the specification; None where nobody says
    headers: tuple[str, ...] = ()  # that answers have, by the specification
    about: str = ""

    @property
    def holes(self) -> list[str]:
        """Return the names in braces."""
        return _HOLE.findall(self.path)

    @property
    def words(self) -> set[str]:
        """Return the words of the path, plain: what an answer may call its records."""
        return {plain(one.removesuffix(".json")) for one in re.split(r"[/.]", self.path) if one and "{" not in one}

    @property
    def is_one_record(self) -> bool:
        """Whether the path ends with an id: its answer is one record."""
        return self.path.rstrip("/").removesuffix(".json").endswith("}")

    def parameter(self, *kinds: str) -> Parameter | None:
        """Return the first known or given parameter whose plain name is one of these, in their order."""
        given = [Parameter(name, default=value) for name, value in self.params.items()]
        found = {plain(one.name): one for one in reversed([*given, *(self.known or ())])}
        return next((found[kind] for kind in kinds if kind in found), None)

    @property
    def size(self) -> Parameter | None:
        """Return the parameter that says how many records a page has."""
        return self.parameter(*SIZES)
