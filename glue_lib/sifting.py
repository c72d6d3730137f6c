"""The records of a run, without the bad ones: those are counted, told, and refused where they are too many.

Type notes that show no bad record save the look; else only the parts that may hold some are read with care.
"""

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from glue_lib import log
from glue_lib.errors import ShapeError
from glue_lib.landing.run import Part, RunFolder
from glue_lib.shape import flaws as found
from glue_lib.shape.flaws import Asked, Count, Flaw
from glue_lib.shape.tolerance import Tolerance

if TYPE_CHECKING:
    from datetime import datetime

    from pyspark.sql import DataFrame

_TOLD = 5  # sorts of flaws that an error names


@dataclass(frozen=True)
class Sifted:
    """The good records, as they were read, and the bad ones, as they stand in a quarantine."""

    good: "DataFrame"
    bad: "DataFrame | None" = None
    bad_records: int = 0
    forget: Callable[[], object] = lambda: None  # lets go what is kept of the bad ones


@dataclass(frozen=True)
class Sieve:
    """What is held back of a stream's records, and how much of it is borne."""

    name: str  # of the stream, as errors and events tell it
    flaws: Sequence[Flaw]
    tolerance: Tolerance

    def sift(
        self,
        read: "Callable[[Collection[str]], DataFrame]",
        folder: RunFolder,
        parts: Sequence[Part],
        loaded_at: "datetime",
    ) -> Sifted:
        """Return the good and the bad records of a run; `read` is told the parts whose text is wanted too."""
        doubted = [part for part in parts if any(flaw.may_be_in(part.notes) for flaw in self.flaws)]
        rows = read({part.uri for part in doubted})
        if not doubted:
            return Sifted(rows)
        told = found.told(rows, self.flaws)
        bad = found.bad(told).persist()
        counts = found.counts(bad)
        if not counts:
            bad.unpersist()
            return Sifted(found.good(told))
        self._judge(counts, sum(part.records for part in parts), folder.run_id)
        hit = {(count.slice, count.part) for count in counts}
        asked = [one for part in doubted if (part.slice, part.number) in hit for one in _asked(folder, part)]
        aside = found.set_aside(bad, asked, folder.run_id, loaded_at)
        return Sifted(found.good(told), aside, sum(count.records for count in counts), bad.unpersist)

    def _judge(self, counts: Sequence[Count], of: int, run_id: str) -> None:
        """Tell of the bad records, or raise: nothing is written yet."""
        sorts = _sorts(counts)
        bad = sum(count.records for count in counts)
        if limit := self.tolerance.exceeded(bad, of):
            named = "; ".join(f"{sort.records} with {_words(sort)}" for sort in sorts[:_TOLD])
            raise ShapeError(
                f"{self.name}: {bad} of {of} records of run {run_id} are bad, {limit}: {named}. No table was changed; "
                "mend the pipeline file (`key`, `types`, `schema`), or allow more by `max_bad_records` or "
                "`max_bad_share`, and load again"
            )
        for sort in sorts:
            log.warning(
                "records set aside", stream=self.name, run=run_id, records=sort.records, of=of, why=_words(sort)
            )


def _sorts(counts: Sequence[Count]) -> list[Count]:
    """Return one count a flaw, over all parts: at the place of its first record."""
    sorts: dict[tuple[str, str], Count] = {}
    for count in counts:
        sort = count.reason, count.path
        first = sorts.get(sort, replace(count, records=0))
        sorts[sort] = replace(first, records=first.records + count.records)
    return list(sorts.values())


def _words(count: Count) -> str:
    place = f"slice {count.slice}, part {count.part}, line {count.line + 1}"
    return f"{count.reason} at `{count.path}` (the first: {place})"


def _asked(folder: RunFolder, part: Part) -> Iterator[Asked]:
    line = 0
    for page in folder.pages(part):
        request = {name: value for name, value in page.request.items() if name != "carried"}
        yield Asked(part.slice, part.number, line, line + page.records, json.dumps(request))
        line += page.records
