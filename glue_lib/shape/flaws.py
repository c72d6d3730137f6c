"""What makes a record bad. Each way is a flaw: type notes can rule it out, and SQL tells it of a record as it was read.

told          rows → rows with the flaw of each beside it
good, counts  what comes of that: the rows without a flaw, and how many have which, by part
set_aside     the bad ones, as the rows of a quarantine table
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glue_lib.lake.frame import KEY, LOADED_AT, RUN_ID
from glue_lib.landing.notes import Notes
from glue_lib.shape.keys import place_key
from glue_lib.shape.layout import TableLayout
from glue_lib.shape.paths import Path, members, text
from glue_lib.shape.records import LANDED, LINE, PART, RECORD, SLICE
from glue_lib.shape.sql import literal, quoted
from glue_lib.shape.stream import StreamShape, may_lack

if TYPE_CHECKING:
    from datetime import datetime

    from pyspark.sql import DataFrame

_REASON, _PATH = "_hw_reason", "_hw_path"


@dataclass(frozen=True)
class Flaw:
    """One way in which a record is bad."""

    reason: str  # what is told of a record that has it: `no key`
    path: str  # where in the record
    sql: str  # true for a record that has it
    may_be_in: Callable[[Notes], bool]  # False: the notes prove that no record which they were taken of has it


@dataclass(frozen=True)
class Count:
    """How many records of a part have a flaw, and the line of the first."""

    reason: str
    path: str
    slice: int
    part: int
    line: int
    records: int


@dataclass(frozen=True)
class Asked:
    """The request that brought some lines of a part: from `first` up to, not including, `end`."""

    slice: int
    part: int
    first: int
    end: int
    request: str


def not_an_object() -> Flaw:
    """Return the flaw of a record that is no JSON object; its text stands beside it, since the notes tell of it."""
    is_none = f"ltrim({RECORD}) not like '{{%'"
    return Flaw("no JSON object", "$", is_none, lambda notes: bool(set(notes.kinds) - {"object"}))


def key_flaws(root: TableLayout, stream: StreamShape) -> Iterator[Flaw]:
    """Yield a flaw for each field of the key: without a scalar there, a record would be a new row in every run."""
    for path in map(members, stream.key):
        missing = " and ".join(f"{quoted(*leaf.reads)} is null" for leaf in root.leaves_at(path))
        yield Flaw("no key", text(path), missing or "true", _lacks(path))


def told(rows: "DataFrame", flaws: Sequence[Flaw]) -> "DataFrame":
    """Return the rows, each with its first flaw beside it."""
    return rows.selectExpr("*", _first(flaws, "reason", _REASON), _first(flaws, "path", _PATH))


def good(rows: "DataFrame") -> "DataFrame":
    """Return the rows without a flaw, as they were before it was told."""
    return rows.where(f"{_REASON} is null").drop(_REASON, _PATH, RECORD)


def bad(rows: "DataFrame") -> "DataFrame":
    """Return what is kept of the rows with a flaw."""
    return rows.where(f"{_REASON} is not null").select(_REASON, _PATH, RECORD, *LANDED)


def counts(rows: "DataFrame") -> list[Count]:
    """Return how many of these bad rows have which flaw, in the order in which they were landed."""
    from pyspark.sql import functions as F

    groups = rows.groupBy(_REASON, _PATH, SLICE, PART).agg(F.min(LINE), F.count("*"))
    return sorted((Count(*row) for row in groups.collect()), key=lambda count: (count.slice, count.part, count.line))


def found(rows: "DataFrame", flaws: Sequence[Flaw]) -> list[int]:
    """Return how many records, as they were read, have each of these flaws."""
    from pyspark.sql import functions as F

    counted = rows.agg(*(F.expr(f"count_if({flaw.sql})").alias(str(place)) for place, flaw in enumerate(flaws)))
    return list(counted.collect()[0])


def set_aside(rows: "DataFrame", asked: Sequence[Asked], run_id: str, loaded_at: "datetime") -> "DataFrame":
    """Return the bad rows as they stand in a quarantine, each under the place where it was landed."""
    from pyspark.sql import functions as F

    columns = "of_slice int, of_part int, first bigint, end bigint, request string"
    requests = rows.sparkSession.createDataFrame([tuple(vars(one).values()) for one in asked], columns)
    is_of = f"{SLICE} = of_slice and {PART} = of_part and {LINE} >= first and {LINE} < end"
    return rows.join(F.broadcast(requests), on=F.expr(is_of), how="left").select(
        F.expr(place_key(run_id, SLICE, PART, LINE)).alias(KEY),
        F.col(_REASON).alias("reason"),
        F.col(_PATH).alias("path"),
        F.col(RECORD).alias("record"),
        "request",
        F.col(SLICE).alias("slice"),
        F.col(PART).alias("part"),
        (F.col(LINE) + 1).alias("line"),  # as editors count
        F.lit(run_id).alias(RUN_ID),
        F.lit(loaded_at).cast("timestamp").alias(LOADED_AT),
    )


def _lacks(path: Path) -> Callable[[Notes], bool]:
    return lambda notes: may_lack(notes, path)


def _first(flaws: Sequence[Flaw], field: str, name: str) -> str:
    cases = " ".join(f"when {flaw.sql} then {literal(getattr(flaw, field))}" for flaw in flaws)
    return f"case {cases} end as {name}"
