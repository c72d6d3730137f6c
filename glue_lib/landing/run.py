"""One run on disk: its plan first, its slices' parts with progress, their manifests, and `run.json` last."""

import gzip
import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import reduce
from io import BytesIO
from typing import Any, Literal, Self

from glue_lib.errors import LoadError
from glue_lib.landing.documents import decoded, encoded, read_as, read_document, read_documents
from glue_lib.landing.layout import RunLayout
from glue_lib.landing.notes import Notes
from glue_lib.landing.parents import Parent, distinct, fields_in, fields_of, parents_in, write_parents
from glue_lib.landing.plan import Mode, Plan, Slice
from glue_lib.landing.progress import LandedPage, LandedPart, Progress
from glue_lib.landing.run_id import checked_run_id
from glue_lib.landing.storage import Storage
from glue_lib.landing.writer import SliceWriter

Status = Literal["complete", "incomplete", "abandoned"]


@dataclass(frozen=True)
class RunEnd:
    """What `run.json` says; an incomplete run can be gone on with, and then ends anew."""

    run_id: str
    source: str
    stream: str
    mode: Mode
    status: Status
    created_at: str
    evidence: dict[str, Any] = field(default_factory=dict)  # rows against total, pages, distinct keys, windows closed
    expired_at: str | None = None  # when its records were deleted, since they were old

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Self:
        return cls(**document)


@dataclass(frozen=True)
class Part:
    """A file of landed records, one JSON object a line."""

    key: str
    uri: str  # where Spark reads it
    slice: int
    number: int
    records: int
    raw_bytes: int
    checksum: str
    notes: Notes


class RunFolder:
    """The files of one run of one stream."""

    def __init__(self, storage: Storage, source: str, stream: str, run_id: str) -> None:
        self._storage = storage
        self._layout = RunLayout(source, stream, checked_run_id(run_id))
        self.run_id = run_id

    def start(self, plan: Plan) -> Plan:
        """Write the plan; return the plan that counts, which is an earlier one where the run was already started."""
        is_new = self._storage.write_if_absent(self._layout.plan, encoded(plan.to_json()))
        return plan if is_new else self.plan() or plan

    def plan(self) -> Plan | None:
        """Return the plan; None when the run was never started."""
        document = read_document(self._storage, self._layout.plan)
        return Plan.from_json(document) if document else None

    def slice_writer(
        self,
        work: Slice,
        *,
        part_bytes: int = 64 * 2**20,
        part_seconds: float = 30,
        check: Callable[[], None] = lambda: None,
        attempt: str = "",
    ) -> SliceWriter:
        """Return the writer of a slice, which knows what is landed of it; `check` and `attempt` are a lease's."""
        return SliceWriter(
            self._storage,
            self._layout,
            work,
            part_bytes=part_bytes,
            part_seconds=part_seconds,
            check=check,
            attempt=attempt,
        )

    def whole_slices(self) -> set[int]:
        """Return the numbers of the slices that have their manifest."""
        return set(self._layout.manifests_in(self._storage.list(f"{self._layout.prefix}slice=")))

    def manifests(self) -> list[dict[str, Any]]:
        """Return what the whole slices say of themselves: their parts, pages, records and evidence."""
        slices = sorted(self.whole_slices())
        return [
            found for found in read_documents(self._storage, [self._layout.slice(n).manifest for n in slices]) if found
        ]

    def parts(self) -> list[Part]:
        """Return the parts that count, those with progress, in the order in which they were landed within slices.

        Of a whole slice they are those that its manifest names; whatever came after it does not count. A run whose
        records are deleted has none, and says so, rather than being taken for one that brought nothing.
        """
        self._refuse_expired()
        at = self._named(self._progress())
        keys = [self._layout.slice(number).progress(part) for number, part in at]
        landed = read_as(lambda document: replace(Progress.from_json(document), pages=()), self._storage, keys)
        return [self._part(number, progress) for (number, _), progress in zip(at, landed, strict=True) if progress]

    def counts(self, slices: Collection[int] | None = None) -> tuple[int, int]:
        """Return how many pages and records are landed, in whole slices and in others; `slices` narrows it to some."""
        at = [(number, part) for number, part in self._progress() if slices is None or number in slices]
        keys = [self._layout.slice(number).progress(part) for number, part in at]
        landed = read_as(lambda document: LandedPart.of(Progress.from_json(document)), self._storage, keys)
        return sum(part.pages for part in landed if part), sum(part.records for part in landed if part)

    def notes(self, parts: Sequence[Part] | None = None) -> Notes:
        """Return the type notes of all parts that count; those of `parts`, when they are already read."""
        return reduce(Notes.merge, [part.notes for part in (self.parts() if parts is None else parts)], Notes())

    def pages(self, part: Part) -> tuple[LandedPage, ...]:
        """Return the pages of a part, each with the request that brought it, in the order of the records."""
        document = read_document(self._storage, self._layout.slice(part.slice).progress(part.number))
        return Progress.from_json(document).pages if document else ()

    def records(self, part: Part) -> Iterator[bytes]:
        """Yield the part's records as they were landed."""
        content = self._storage.read(part.key)
        if content is None:
            raise LoadError(f"{part.key}: is missing; restore it, or read its slice again in a new run")
        if hashlib.sha256(content).hexdigest() != part.checksum:
            raise LoadError(f"{part.key}: is not as it was landed; restore it, or read its slice again in a new run")
        with gzip.open(BytesIO(content)) as lines:
            yield from (line.rstrip(b"\n") for line in lines)

    def write_parents(self, fields: Sequence[str]) -> None:
        """Keep these fields of all records for the streams that fan out over this one."""
        write_parents(self._storage, self._layout.parents, self._looked_up(fields), fields)

    def parents(self, fields: Sequence[str] = ()) -> Iterator[Parent]:
        """Yield each parent once: what is kept, or, where these fields were not asked for yet, what the records say."""
        content = self._storage.read(self._layout.parents)
        return parents_in(content) if set(fields) <= set(fields_in(content)) else self._looked_up(fields)

    def kept_parents(self, fields: Sequence[str]) -> Iterator[Parent]:
        """Yield the same, and see that these fields are kept, also in a run from before anybody asked for them."""
        content = self._storage.read(self._layout.parents)
        if not set(fields) <= set(fields_in(content)):
            self.write_parents(fields)
            content = self._storage.read(self._layout.parents)
        return parents_in(content)

    def _looked_up(self, fields: Sequence[str]) -> Iterator[Parent]:
        records = (record for part in self.parts() for record in self.records(part))
        return distinct(fields_of(record, fields) for record in records)

    def finish(self, status: Status, evidence: dict[str, Any]) -> RunEnd:
        """Write `run.json`: complete, incomplete (it will be gone on with) or abandoned (it will not)."""
        plan = self.plan()
        if plan is None:
            raise LoadError(f"{self._layout.prefix}: the run has no plan; start it first")
        if status == "complete" and (missing := {work.number for work in plan.slices} - self.whole_slices()):
            raise LoadError(f"{self._layout.prefix}: slices {sorted(missing)} are not whole; the run is not complete")
        end = RunEnd(self.run_id, plan.source, plan.stream, plan.mode, status, plan.created_at, evidence)
        self._storage.write(self._layout.end, encoded(asdict(end)))
        return end

    def outcome(self) -> RunEnd | None:
        """Return how the run ended; None while it is under way, or when it was stopped."""
        content = self._storage.read(self._layout.end)
        return None if content is None else RunEnd.from_json(decoded(content, self._layout.end))

    def _refuse_expired(self) -> None:
        end = self.outcome()
        if end and end.expired_at:
            raise LoadError(
                f"{self._layout.prefix}: its records were deleted on {end.expired_at[:10]}, as `maintenance.keep_raw` "
                "says; read the stream again with `--full-refresh`"
            )

    def _progress(self) -> list[tuple[int, int]]:
        return self._layout.progress_in(self._storage.list(f"{self._layout.prefix}slice="))

    def _named(self, at: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Return those of the parts that the manifests name, where there are manifests."""
        whole = sorted(self.whole_slices())
        documents = read_as(
            lambda manifest: len(manifest["parts"]), self._storage, [self._layout.slice(n).manifest for n in whole]
        )
        parts = {number: count for number, count in zip(whole, documents, strict=True) if count is not None}
        return [(number, part) for number, part in at if part < parts.get(number, part + 1)]

    def _part(self, number: int, progress: Progress) -> Part:
        key = self._layout.slice(number).part(progress.part, progress.attempt)
        return Part(
            key=key,
            uri=self._storage.uri(key),
            slice=number,
            number=progress.part,
            records=progress.records,
            raw_bytes=progress.raw_bytes,
            checksum=progress.checksum,
            notes=progress.notes,
        )
