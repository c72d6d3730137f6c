"""What a call leaves for the next one of the same kind: the id of the execution that is not at its end yet.

    _headwater/calls/<source>/<mark>.json      {"run_id": "20261124T083000Z-3fa9c1"}

Under one id, a stream that was brought to its end is not begun again. The mark stands for what was asked for.
"""

from glue_lib.landing.documents import encoded, read_document
from glue_lib.landing.storage import Storage


class Call:
    """The memory of one kind of call."""

    def __init__(self, storage: Storage, source: str, mark: str) -> None:
        self._storage = storage
        self._key = f"_headwater/calls/{source}/{mark}.json"

    def run_id(self) -> str | None:
        """Return the id to go on with; None when the call before came to its end."""
        found = read_document(self._storage, self._key)
        return str(found["run_id"]) if found else None

    def keep(self, run_id: str) -> None:
        """Let the next call go on with this id."""
        self._storage.write(self._key, encoded({"run_id": run_id}))

    def forget(self) -> None:
        """Let the next call begin anew."""
        self._storage.delete([self._key])
