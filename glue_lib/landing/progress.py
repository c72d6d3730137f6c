"""Progress is written after each part of a slice: with it, the part counts; without it, the part is written again."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Self

from glue_lib.landing.notes import Notes


@dataclass(frozen=True)
class LandedPage:
    """One page of a part: the request that brought it, and what a repeat of it is recognised by."""

    request: dict[str, Any]  # without credentials
    records: int
    request_fingerprint: str
    page_fingerprint: str


@dataclass(frozen=True)
class Progress:
    """What one part holds, and how its slice goes on after it."""

    part: int
    checksum: str  # SHA-256 of the part as it lies in the storage
    raw_bytes: int  # of the lines before compression
    records: int
    pages: tuple[LandedPage, ...]
    next: dict[str, Any] | None  # the request of the next page; None after the last
    state: dict[str, Any]  # JSON that only the fetching side understands, such as the latest cursor value
    notes: Notes
    attempt: str = ""  # whose part it is: the name of its file says so too

    def to_json(self) -> dict[str, Any]:
        shallow = {name: getattr(self, name) for name in ("part", "checksum", "raw_bytes", "records", "next", "state")}
        shallow |= {"attempt": self.attempt} if self.attempt else {}
        return shallow | {"pages": [asdict(page) for page in self.pages], "notes": self.notes.to_json()}

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Self:
        pages = tuple(LandedPage(**page) for page in document["pages"])
        return cls(**document | {"pages": pages, "notes": Notes.from_json(document["notes"])})


@dataclass(frozen=True)
class LandedPart:
    """What a writer keeps in mind of a part that is written: no page of it, or memory would grow with every page."""

    part: int
    checksum: str
    records: int
    pages: int
    attempt: str = ""

    @classmethod
    def of(cls, progress: Progress) -> "LandedPart":
        return cls(progress.part, progress.checksum, progress.records, len(progress.pages), progress.attempt)


@dataclass(frozen=True)
class Resume:
    """Where a stopped slice goes on: what all its parts so far amount to."""

    next: dict[str, Any] | None  # None: every page is landed, and only the manifest is missing
    pages: int
    records: int
    seen_requests: list[str]
    seen_pages: list[str]
    state: dict[str, Any]

    @classmethod
    def after(cls, parts: Iterable[Progress]) -> "Resume | None":
        """Return where to go on after the parts, in order; None when there are none."""
        landed = list(parts)
        pages = [page for progress in landed for page in progress.pages]
        if not landed:
            return None
        return cls(
            next=landed[-1].next,
            pages=len(pages),
            records=sum(progress.records for progress in landed),
            seen_requests=[page.request_fingerprint for page in pages],
            seen_pages=[page.page_fingerprint for page in pages],
            state=landed[-1].state,
        )
