"""How far each parent of a fan-out has been read, in one small file beside the position that it belongs to.

It is written before the position moves, under the number that the position will have: so a stop in between leaves the
old two together, and never one of each.
"""

import gzip
from collections.abc import Mapping

from glue_lib.landing.documents import decoded, encoded
from glue_lib.landing.storage import Storage


class ReachedFile:
    """The values by the parents' marks, as positions keep them; grouped, since many parents share one."""

    def __init__(self, storage: Storage, source: str, stream: str) -> None:
        self._storage = storage
        self._prefix = f"_headwater/positions/{source}/{stream}/"

    def read(self, sequence: int) -> dict[str, str] | None:
        """Return what belongs to the position of that number; None where nothing was kept with it."""
        content = self._storage.read(self._key(sequence))
        if content is None:
            return None
        groups = decoded(gzip.decompress(content), self._key(sequence))
        return {mark: value for value, marks in groups.items() for mark in marks}

    def write(self, sequence: int, reached: Mapping[str, str]) -> None:
        """Keep the values for the position that is about to move there; those of long before go."""
        groups: dict[str, list[str]] = {}
        for mark, value in sorted(reached.items()):
            groups.setdefault(value, []).append(mark)
        self._storage.write(self._key(sequence), gzip.compress(encoded(groups), 6, mtime=0))
        self._storage.delete([self._key(sequence - 2)])

    def _key(self, sequence: int) -> str:
        return f"{self._prefix}reached-{sequence}.json.gz"
