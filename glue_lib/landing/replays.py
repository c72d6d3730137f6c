"""What a replay has still to load: kept from before its first commit to behind its last one.

A run that is loaded again may bring back what a later one took away. So a replay that was stopped is ended before
anything else is loaded into the same tables.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from glue_lib.landing.documents import encoded, read_document
from glue_lib.landing.storage import Storage


@dataclass(frozen=True)
class Left:
    """What is left of a replay: runs, each with its stream, in order; or all, where tables are built anew."""

    runs: tuple[tuple[str, str], ...] = ()
    is_rebuild: bool = False


class Replays:
    """The one replay of a stream's tables that may be under way; whoever writes it holds the lease of their load."""

    def __init__(self, storage: Storage, source: str, stream: str) -> None:
        self._storage = storage
        self._key = f"_headwater/replays/{source}/{stream}.json"

    def left(self) -> Left | None:
        """Return what is left of a replay that was stopped; None where there was none."""
        found = read_document(self._storage, self._key)
        return Left(tuple((one[0], one[1]) for one in found["runs"]), found["is_rebuild"]) if found else None

    def keep(self, runs: Sequence[tuple[str, str]] = (), *, is_rebuild: bool = False) -> None:
        """Say what is left, before it is begun."""
        document = {"runs": [list(one) for one in runs], "is_rebuild": is_rebuild}
        self._storage.write(self._key, encoded(document))

    def end(self) -> None:
        """Say that nothing is left."""
        self._storage.delete([self._key])
