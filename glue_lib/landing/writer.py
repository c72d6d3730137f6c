"""Writes the pages of one slice: part, then its progress, part, progress, and last the manifest.

Whatever moment a process dies at, the slice goes on after its last progress: a part without progress is written
again, and no page before it is asked for again.

An attempt at a slice may live on unnoticed while another one is at it: each gives its parts names of its own, and of
two that write the same progress one is told to stop. So what a progress names is never written over.
"""

import time
from collections.abc import Callable, Collection, Iterable
from types import TracebackType
from typing import Any, Self

from glue_lib.errors import ApiError, LoadError
from glue_lib.landing.documents import encoded, read_documents
from glue_lib.landing.layout import RunLayout
from glue_lib.landing.leases import LeaseLost
from glue_lib.landing.part import OpenPart, as_line
from glue_lib.landing.plan import Slice
from glue_lib.landing.progress import LandedPage, LandedPart, Progress, Resume
from glue_lib.landing.storage import Storage


class Outrun(LeaseLost):
    """Another attempt at the same slice was quicker: what it has landed counts, and can be gone on with."""


class SliceWriter:
    """Use it in a `with` block: when that is left by an error, the whole pages so far are kept as a part.

    `check` is asked before each part and manifest, and raises when this process may no longer write, as a lease does.
    """

    def __init__(
        self,
        storage: Storage,
        layout: RunLayout,
        work: Slice,
        *,
        part_bytes: int = 64 * 2**20,
        part_seconds: float = 30,
        check: Callable[[], None] = lambda: None,
        attempt: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._storage, self._folder, self._check, self._clock = storage, layout.slice(work.number), check, clock
        self._name = f"{layout.source}.{layout.stream}: slice {work.label}"
        self._part_bytes, self._part_seconds, self._attempt = part_bytes, part_seconds, attempt
        self._landed, self.is_whole = self._found()
        self._open: OpenPart | None = None
        self._next: dict[str, Any] | None = None
        self._state: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if kind is None or (issubclass(kind, Exception) and not issubclass(kind, LeaseLost)):
            self.flush()
        self._discard()

    @property
    def resume(self) -> Resume | None:
        """Where to go on, by what is landed; None for a slice without parts."""
        return Resume.after(self._progress(len(self._landed)))

    def add(
        self,
        records: Collection[bytes],
        *,
        request: dict[str, Any],
        next: dict[str, Any] | None,
        request_fingerprint: str,
        page_fingerprint: str,
        state: dict[str, Any],
        prefix: bytes = b"",
    ) -> bool:
        """Add one page and say how the slice goes on after it; return whether this completed a part.

        A page of many records passes a few at a time. When it cannot be added whole, nothing of it is kept, nor of the
        pages since the last part: they are asked for again.
        """
        part = self._open = self._open or OpenPart(len(self._landed), self._clock)
        try:
            landed = LandedPage(request, len(records), request_fingerprint, page_fingerprint)
            part.add(landed, (as_line(record, prefix) for record in records))
        except BaseException as error:
            self._discard()
            if isinstance(error, ValueError):
                raise ApiError(f"{self._name}, page {self._pages + len(part.pages) + 1}: {error}") from error
            raise
        self._next, self._state = next, state
        if part.raw_bytes < self._part_bytes and part.seconds < self._part_seconds:
            return False
        self.flush()
        return True

    def flush(self) -> None:
        """Write the pages since the last part as a part, if there are any."""
        part, self._open = self._open, None
        if part is None:
            return
        try:
            self._check()
            content, checksum = part.finished()
            key = self._folder.part(part.number, self._attempt)
            self._storage.write(key, content)
            try:
                self._record(part, checksum)
            except Outrun:
                if self._attempt:  # else the file may be that of the other attempt
                    self._storage.delete([key])
                raise
        finally:
            part.discard()

    def close(self, evidence: dict[str, Any]) -> None:
        """Write the last part and then the manifest: from here on the slice is whole."""
        self.flush()
        self._check()
        manifest = {
            "parts": [{"part": p.part, "records": p.records, "checksum": p.checksum} for p in self._landed],
            "pages": self._pages,
            "records": sum(landed.records for landed in self._landed),
            "evidence": evidence,
        }
        self._write_once(self._folder.manifest, manifest)
        self.is_whole = True
        if self._attempt:
            self._delete_unnamed()

    def restart(self) -> None:
        """Forget all parts of the slice, as when the API no longer accepts the request to go on with."""
        if self.is_whole:
            raise LoadError(f"{self._name}: is whole; a whole slice is never read again")
        self._discard()
        self._check()
        parts = [(landed.part, landed.attempt) for landed in self._landed]
        # The last first, so that a stop in between leaves the first parts, which a resume understands.
        for number, _ in reversed(parts):
            self._storage.delete([self._folder.progress(number)])
            self._landed.pop()
        self._storage.delete([self._folder.part(number, attempt) for number, attempt in parts])

    @property
    def _pages(self) -> int:
        return sum(landed.pages for landed in self._landed)

    def _found(self) -> tuple[list[LandedPart], bool]:
        keys = set(self._storage.list(self._folder.prefix))
        count = sum(key.startswith(f"{self._folder.prefix}progress-") for key in keys)
        self._refuse_missing([self._folder.progress(number) for number in range(count)], keys)
        landed = [LandedPart.of(progress) for progress in self._progress(count)]
        self._refuse_missing([self._folder.part(part.part, part.attempt) for part in landed], keys)
        return landed, self._folder.manifest in keys

    def _refuse_missing(self, wanted: Iterable[str], keys: Collection[str]) -> None:
        for key in wanted:
            if key not in keys:
                raise LoadError(f"{key}: is missing; restore it, or delete its slice's folder to read it again")

    def _progress(self, count: int) -> list[Progress]:
        documents = read_documents(self._storage, [self._folder.progress(number) for number in range(count)])
        return [Progress.from_json(document) for document in documents if document]

    def _record(self, part: OpenPart, checksum: str) -> None:
        progress = Progress(
            part=part.number,
            checksum=checksum,
            raw_bytes=part.raw_bytes,
            records=part.records,
            pages=tuple(part.pages),
            next=self._next,
            state=self._state,
            notes=part.notes,
            attempt=self._attempt,
        )
        self._write_once(self._folder.progress(part.number), progress.to_json())
        self._landed.append(LandedPart.of(progress))

    def _write_once(self, key: str, document: dict[str, Any]) -> None:
        if not self._storage.write_if_absent(key, encoded(document)):
            raise Outrun(f"{self._name}: {key} was written by another execution; this one stops")

    def _delete_unnamed(self) -> None:
        """Delete parts that no progress names: those of attempts that died, or were outrun."""
        named = {self._folder.part(landed.part, landed.attempt) for landed in self._landed}
        keys = self._storage.list(self._folder.prefix)
        self._storage.delete([key for key in keys if self._folder.is_part(key) and key not in named])

    def _discard(self) -> None:
        if self._open is not None:
            self._open.discard()
            self._open = None
