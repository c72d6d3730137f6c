"""A lease lets one execution at a time ingest, or load, a stream: an object with an end, moved on while it is held.

Whoever finds it ended takes it over. So a holder that was stopped for long must ask `check` before each commit.
"""

import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Literal, Self

from glue_lib import log
from glue_lib.errors import HeadwaterError
from glue_lib.landing.documents import decoded, encoded, read_document
from glue_lib.landing.holders import is_dead, this_process
from glue_lib.landing.storage import Storage


class LeaseLost(HeadwaterError):
    """Another execution works on this stream: what was landed and committed stays; run again when it is done."""


@dataclass(frozen=True)
class Ticket:
    """Stands for a lease in other processes, which work for the one that holds it."""

    name: str
    key: str
    mark: str


class Witness:
    """Sees whether a lease is still held, from another process than its holder's."""

    def __init__(self, storage: Storage, ticket: Ticket, *, clock: Callable[[], float] = time.time) -> None:
        self._storage, self._ticket, self._clock = storage, ticket, clock
        self.attempt = uuid.uuid4().hex[:8]  # names what this process writes

    def check(self) -> None:
        """Return if the lease is still held, else raise LeaseLost: nothing may be written then."""
        found = read_document(self._storage, self._ticket.key)
        if not found or found["mark"] != self._ticket.mark or found["ends_at"] <= self._clock():
            raise LeaseLost(f"{self._ticket.name}: the lease of the execution that this works for was lost; run again")


class Lease:
    """A `with` block in which this execution alone ingests, or loads, the stream, or renews what signs for a source."""

    def __init__(
        self,
        storage: Storage,
        source: str,
        stream: str,
        purpose: Literal["ingest", "load", "renew"],
        *,
        holder: str | None = None,
        seconds: float = 60,
        wait_seconds: float = 0,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._storage, self._clock, self._sleep = storage, clock, sleep
        self._key = f"_headwater/leases/{source}/{stream}/{purpose}.json"
        self._name = f"{source}.{stream}: {purpose}"
        self._holder = holder or this_process()
        self._seconds, self._wait_seconds = seconds, wait_seconds
        self._mark = uuid.uuid4().hex  # tells this lease from another of the same holder
        self.attempt = self._mark[:8]  # names what is written under this lease
        self._tag = ""
        self._ends_at = 0.0
        self._turn = threading.Lock()
        self._left = threading.Event()
        self._heart = threading.Thread(target=self._beat, name=f"lease {self._name}", daemon=True)

    def __enter__(self) -> Self:
        waited_until = self._clock() + self._wait_seconds
        while (other := self._take()) is not None:
            if self._clock() >= waited_until:
                raise LeaseLost(other)
            log.debug("lease wanted", reason=other)
            self._sleep(min(1.0, self._seconds / 3))
        self._heart.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._left.set()
        self._heart.join()
        if self._tag:
            # Not deleted: only a conditional write is sure to leave another's lease alone.
            self._storage.replace(self._key, encoded({"holder": self._holder, "mark": "", "ends_at": 0}), self._tag)

    @property
    def ticket(self) -> Ticket:
        """Return what another process shows when it works for this execution."""
        return Ticket(self._name, self._key, self._mark)

    def check(self) -> None:
        """Return if this execution still holds the lease, else raise LeaseLost: nothing may be committed then."""
        if self._clock() >= self._ends_at - self._seconds / 6:
            self._renew()
        if not self._tag or self._clock() >= self._ends_at:
            raise LeaseLost(f"{self._name}: the lease of {self._holder} ended and was lost; run again")

    def _take(self) -> str | None:
        """Take the lease if it is free; return what to tell the user if it is not."""
        found = self._storage.read_tagged(self._key)
        ends_at = self._clock() + self._seconds
        if found is None:
            won = self._storage.write_if_absent(self._key, self._content(ends_at))
        else:
            other = decoded(found[0], self._key)
            if other["ends_at"] > self._clock() and not is_dead(other["holder"]):
                return self._held_by(other)
            won = self._storage.replace(self._key, self._content(ends_at), found[1])
        return None if won and self._confirmed() else f"{self._name}: another execution has just started"

    def _held_by(self, other: dict[str, Any]) -> str:
        until = datetime.fromtimestamp(other["ends_at"], UTC).isoformat(timespec="seconds")
        return (
            f"{self._name}: is held by {other['holder']} until {until}, and for as long as that execution lives; "
            "wait for it, or stop it and run again after that time"
        )

    def _renew(self) -> None:
        with self._turn:
            if self._tag:
                self._storage.replace(self._key, self._content(self._clock() + self._seconds), self._tag)
                self._confirmed()  # also after a refusal: an earlier write may have won although its answer was lost

    def _confirmed(self) -> bool:
        """Read the lease back, for its new tag and end; return whether it is still this one."""
        found = self._storage.read_tagged(self._key)
        stored = decoded(found[0], self._key) if found else {}
        is_ours = found is not None and stored.get("mark") == self._mark
        self._tag = found[1] if found and is_ours else ""
        self._ends_at = stored["ends_at"] if is_ours else 0.0
        return is_ours

    def _content(self, ends_at: float) -> bytes:
        return encoded({"holder": self._holder, "mark": self._mark, "ends_at": ends_at})

    def _beat(self) -> None:
        while not self._left.wait(self._seconds / 3):
            try:
                self._renew()
            except Exception:
                continue
            if not self._tag:
                return
