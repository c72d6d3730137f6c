"""The quota of a source and day: one count for all executions that share the lake, moved by conditional writes.

    _headwater/quota/<source>/<day>.json      {"reserved": 1500, "mark": "9f3c…"}

A process that dies keeps the block that it had reserved: the count may be too high, never too low.
"""

import uuid
from collections.abc import Callable

from glue_lib.errors import LoadError
from glue_lib.landing.documents import decoded, encoded
from glue_lib.landing.storage import Storage

_TRIES = 100


class QuotaLedger:
    """Reserves requests of a day, and takes back those that were not made."""

    def __init__(self, storage: Storage, source: str) -> None:
        self._storage = storage
        self._prefix = f"_headwater/quota/{source}/"

    def reserve(self, day: str, most: int, allowed: int) -> int:
        """Reserve up to `most` requests, so that the day has no more than `allowed`; return how many there were."""
        return self._move(day, lambda reserved: max(0, min(most, allowed - reserved)))

    def give_back(self, day: str, count: int) -> None:
        """Return requests that were reserved and not made."""
        self._move(day, lambda reserved: -min(count, reserved))

    def reserved(self, day: str) -> int:
        """Return how many requests of the day are reserved or made."""
        found = self._storage.read(self._key(day))
        return int(decoded(found, self._key(day))["reserved"]) if found else 0

    def _move(self, day: str, change: Callable[[int], int]) -> int:
        """Change the day's count by what `change` makes of it, as often as others are quicker; return by how much."""
        key = self._key(day)
        for _ in range(_TRIES):
            found = self._storage.read_tagged(key)
            reserved = int(decoded(found[0], key)["reserved"]) if found else 0
            by = change(reserved)
            # The mark tells this write from another's of the same count, should its answer be lost on the way.
            content = encoded({"reserved": reserved + by, "mark": uuid.uuid4().hex})
            if by == 0 or (
                self._storage.replace(key, content, found[1]) if found else self._storage.write_if_absent(key, content)
            ):
                return by
        raise LoadError(f"{key}: others write it all the time; run again, or raise `limits.requests_per_day`")

    def _key(self, day: str) -> str:
        return f"{self._prefix}{day}.json"
