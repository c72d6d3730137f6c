"""How far a stream is landed, and how far it is loaded. Each is moved last, and only from where its mover saw it."""

from dataclasses import asdict, dataclass, field
from typing import Literal

from glue_lib.errors import LoadError
from glue_lib.landing.documents import decoded, encoded
from glue_lib.landing.storage import Storage


@dataclass(frozen=True)
class Position:
    """`value` is the cursor's, as the planner wrote it; `run_id` the run that brought it there.

    `edge` has marks of the records that stand at the value, how often each was landed: the next run meets them again.
    `scale` says which field the value is one of, and how it is written there: of another field it would say nothing.
    """

    value: str | None
    run_id: str | None
    sequence: int = 0  # counts the moves, so that a position that came back to an old value is told from the old one
    edge: dict[str, int] = field(default_factory=dict)
    scale: str | None = None  # None: from before it was kept, and taken for the scale of the file


class Positions:
    """The two positions of one stream; None where the stream was never landed, or never loaded."""

    def __init__(self, storage: Storage, source: str, stream: str) -> None:
        self._storage = storage
        self._name = f"{source}.{stream}"
        self._prefix = f"_headwater/positions/{source}/{stream}/"

    def landed(self) -> Position | None:
        """Return what ingest has brought into the raw zone; the planner starts from it."""
        return self._read("landed")[0]

    def loaded(self) -> Position | None:
        """Return what load has brought into the tables."""
        return self._read("loaded")[0]

    def move(self, kind: Literal["landed", "loaded"], position: Position, from_: Position | None) -> None:
        """Move a position from where it was read; a LoadError, and no move, if it stands elsewhere by now."""
        current, tag = self._read(kind)
        if current == position:  # an earlier try moved it, and was stopped before it could say so
            return
        key, content = self._key(kind), encoded(asdict(position))
        is_expected = current == from_
        if is_expected and tag is None and self._storage.write_if_absent(key, content):
            return
        if is_expected and tag is not None and self._storage.replace(key, content, tag):
            return
        raise LoadError(
            f"{self._name}: position `{kind}` was moved by another run, from {_shown(from_)} to "
            f"{_shown(self._read(kind)[0])}; nothing was lost, run again"
        )

    def _read(self, kind: str) -> tuple[Position | None, str | None]:
        found = self._storage.read_tagged(self._key(kind))
        return (Position(**decoded(found[0], self._key(kind))), found[1]) if found else (None, None)

    def _key(self, kind: str) -> str:
        return f"{self._prefix}{kind}.json"


def _shown(position: Position | None) -> str:
    return "nowhere" if position is None else f"`{position.value}` (run {position.run_id})"
