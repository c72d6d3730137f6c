"""As much of SOQL as the emulator of Salesforce needs.

SELECT Id, Name, (SELECT Id, LastName FROM Contacts) FROM Account
WHERE SystemModstamp >= 2025-01-01T00:00:00Z AND SystemModstamp < 2025-07-01T00:00:00Z ORDER BY SystemModstamp, Id
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .moments import epoch_of
from .signs import HOLDS

_SUBQUERY = re.compile(r"\(\s*SELECT\s+[\w\s,]+\s+FROM\s+(\w+)\s*\)", re.IGNORECASE)
_QUERY = re.compile(
    r"\s*SELECT\s+(?P<fields>[\w\s,.]+?)\s+FROM\s+(?P<source>\w+)"
    r"(?:\s+WHERE\s+(?P<where>.+?))?(?:\s+ORDER\s+BY\s+(?P<order>[\w\s,]+?))?\s*",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(\w+)\s*(>=|<=|>|<|=)\s*(\S+)")


class Malformed(Exception):
    """Text that is no query here."""


@dataclass(frozen=True)
class Query:
    """What a query asks for."""

    source: str
    fields: list[str]
    subqueries: list[str]
    conditions: list[tuple[str, str, float]]
    order: list[str]

    def chosen(self, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the rows that the conditions hold for, in order."""
        wanted = [row for row in rows if all(_holds(row[name], sign, bound) for name, sign, bound in self.conditions)]
        return sorted(wanted, key=lambda row: [str(row[name]) for name in self.order])


def parsed(text: str, known: Mapping[str, Sequence[str]]) -> Query:
    """Return what a text asks for; `known` names the objects and their fields."""
    subqueries = _SUBQUERY.findall(text)
    match = _QUERY.fullmatch(_SUBQUERY.sub("", text))
    if not match or match["source"] not in known:
        raise Malformed(f"unexpected token in `{text[:60]}`")
    fields = [name.strip() for name in match["fields"].split(",") if name.strip()]
    order = [name.split()[0] for name in (match["order"] or "").split(",") if name.strip()]
    for name in [*fields, *order]:
        if name not in known[match["source"]]:
            raise Malformed(f"No such column '{name}' on entity '{match['source']}'")
    return Query(match["source"], fields, subqueries, _conditions(match["where"] or ""), order)


def _conditions(text: str) -> list[tuple[str, str, float]]:
    found = []
    for part in re.split(r"\s+AND\s+", text, flags=re.IGNORECASE) if text else []:
        match = _CONDITION.fullmatch(part.strip())
        bound = epoch_of(match[3]) if match and ("Z" in match[3] or re.search(r"[+-]\d\d:?\d\d$", match[3])) else None
        if match is None or bound is None:
            raise Malformed(f"unexpected token in `{part}`: a dateTime has a time zone and no quotes")
        found.append((match[1], match[2], bound))
    return found


def _holds(value: str, sign: str, bound: float) -> bool:
    return HOLDS[sign](epoch_of(value) or 0, bound)
