"""The records of a run, without the bad ones: those are counted, told, and refused where they are too many.

Type notes that show no bad record save the look; else only the parts that may hold some are read with care.
"""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from glue_lib import log
from glue_lib.errors import ShapeError
from glue_lib.landing.run import Part, RunFolder
from glue_lib.shape import flaws as found
from glue_lib.shape.contract import Policy
from glue_lib.shape.flaws import Asked, Count, Flaw
from glue_lib.shape.novelties import Novelty
from glue_lib.shape.paths import text
from glue_lib.shape.tolerance import Tolerance

if TYPE_CHECKING:
    from datetime import datetime

    from pyspark.sql import DataFrame

Read = Callable[[Sequence[Part], Collection[str]], "DataFrame"]
"""Reads parts; of those whose `uri` is named, the text of the records too."""

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

    source: str
    stream: str
    flaws: Sequence[Flaw]
    novelties: Sequence[Novelty]  # what the schema contract does not let evolve: no table gets it
    tolerance: Tolerance

    def sift(self, read: Read, folder: RunFolder, parts: Sequence[Part], loaded_at: "datetime") -> Sifted:
        """Return the good and the bad records of a run; what is too much is an error."""
        if frozen := [new for new in self._of("freeze") if new.is_proven]:
            raise self._frozen([new.words for new in frozen])
        flaws = [new.flaw() for new in self._of("freeze")] + [*self.flaws, *(n.flaw() for n in self._of("discard_row"))]
        doubted = _doubted(parts, flaws)
        uris = {part.uri for part in doubted}
        if not doubted:
            return Sifted(read(parts, uris))
        bad = found.bad(found.told(read(doubted, uris), flaws)).persist()
        counts = found.counts(bad)
        good = found.good(found.told(read(parts, uris), flaws))
        if not counts:
            return Sifted(good, forget=bad.unpersist)
        self.judge(counts, sum(part.records for part in parts), folder.run_id)
        hit = {(count.slice, count.part) for count in counts}
        asked = [one for part in doubted if (part.slice, part.number) in hit for one in _asked(folder, part)]
        aside = found.set_aside(bad, asked, folder.run_id, loaded_at)
        return Sifted(good, aside, sum(count.records for count in counts), bad.unpersist)

    def left_out(self, read: Read, parts: Sequence[Part]) -> dict[str, int]:
        """Return by table how many records have values that are left out, and tell of them.

        What a table would have held that is not made is told of the root.
        """
        discarded = self._of("discard_value")
        flaws = [new.flaw() for new in discarded]
        doubted = _doubted(parts, flaws)
        counts = found.found(read(doubted, ()), flaws) if doubted else [0] * len(flaws)
        by_table: Counter[str] = Counter()
        for new, records in zip(discarded, counts, strict=True):
            by_table[new.table if new.target else self.stream] += records
            if records:
                why = f"{new.words} at `{text(new.path)}`"
                log.warning("values left out", **self._where, records=records, why=why)
        return by_table

    @property
    def _where(self) -> dict[str, str]:
        return {"source": self.source, "stream": self.stream}

    @property
    def _name(self) -> str:
        return f"{self.source}.{self.stream}"

    def _of(self, policy: Policy) -> list[Novelty]:
        return [new for new in self.novelties if new.policy == policy]

    def _frozen(self, new: Sequence[str]) -> ShapeError:
        return ShapeError(
            f"{self._name}: the schema is frozen, and the records call for {'; '.join(new[:_TOLD])}"
            f"{f' and {len(new) - _TOLD} more' if len(new) > _TOLD else ''}. No table was changed; let it in by "
            "`schema: evolve`, or leave it out by `discard_value` or `discard_row`, and load again"
        )

    def judge(self, counts: Sequence[Count], of: int, run_id: str) -> None:
        """Tell of the bad records, or raise: nothing is written yet."""
        sorts = _sorts(counts)
        bad = sum(count.records for count in counts)
        frozen = {new.words for new in self._of("freeze")}
        if new := [_words(sort, told=_records(sort.records)) for sort in sorts if sort.reason in frozen]:
            raise self._frozen(new)
        if limit := self.tolerance.exceeded(bad, of):
            named = "; ".join(f"{sort.records} with {_words(sort)}" for sort in sorts[:_TOLD])
            raise ShapeError(
                f"{self._name}: {bad} of {of} records of run {run_id} are bad, {limit}: {named}. No table was changed; "
                "mend the pipeline file (`key`, `types`, `schema`), or allow more by `max_bad_records` or "
                "`max_bad_share`, and load again"
            )
        for sort in sorts:
            log.warning("records set aside", **self._where, run=run_id, records=sort.records, of=of, why=_words(sort))


def _doubted(parts: Sequence[Part], flaws: Sequence[Flaw]) -> list[Part]:
    return [part for part in parts if any(flaw.may_be_in(part.notes) for flaw in flaws)]


def _sorts(counts: Sequence[Count]) -> list[Count]:
    """Return one count a flaw, over all parts: at the place of its first record."""
    sorts: dict[tuple[str, str], Count] = {}
    for count in counts:
        sort = count.reason, count.path
        first = sorts.get(sort, replace(count, records=0))
        sorts[sort] = replace(first, records=first.records + count.records)
    return list(sorts.values())


def _words(count: Count, told: str = "") -> str:
    place = f"slice {count.slice}, part {count.part}, line {count.line + 1}"
    return f"{count.reason} at `{count.path}` ({told}the first: {place})"


def _records(number: int) -> str:
    return f"{number} record{'' if number == 1 else 's'}, "


def _asked(folder: RunFolder, part: Part) -> Iterator[Asked]:
    line = 0
    for page in folder.pages(part):
        request = {name: value for name, value in page.request.items() if name != "carried"}
        yield Asked(part.slice, part.number, line, line + page.records, json.dumps(request))
        line += page.records
