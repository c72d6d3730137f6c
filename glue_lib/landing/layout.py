"""Which key a file of a run has: the tree below `raw/` is drawn here, and nowhere else.

raw/<source>/<stream>/run=<id>/plan.json
                               slice=<n>/part-<k>-<attempt>.jsonl.gz
                               slice=<n>/progress-<k>.json
                               slice=<n>/manifest.json
                               parents.jsonl.gz
                               run.json
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_IN_SLICE = re.compile(r"slice=(\d+)/(?:(part|progress)-(\d+)\.jsonl?(?:\.gz)?|(manifest)\.json)")


def runs_prefix(source: str, stream: str) -> str:
    """Return what the keys of all runs of a stream start with, up to the run's id."""
    return f"raw/{source}/{stream}/run="


@dataclass(frozen=True)
class SliceFolder:
    """The keys of one slice."""

    prefix: str

    def part(self, number: int, attempt: str = "") -> str:
        """Return the key of a part; two attempts at a slice never write the same one."""
        return f"{self.prefix}part-{number}{f'-{attempt}' if attempt else ''}.jsonl.gz"

    def progress(self, number: int) -> str:
        return f"{self.prefix}progress-{number}.json"

    @property
    def manifest(self) -> str:
        return f"{self.prefix}manifest.json"

    def is_part(self, key: str) -> bool:
        """Whether a key of this slice is that of a part, whoever wrote it."""
        return key.startswith(f"{self.prefix}part-")

    def is_progress(self, key: str) -> bool:
        """Whether a key of this slice tells that a part counts."""
        return key.startswith(f"{self.prefix}progress-")


@dataclass(frozen=True)
class RunLayout:
    """The keys of one run."""

    source: str
    stream: str
    run_id: str

    @property
    def prefix(self) -> str:
        return f"{runs_prefix(self.source, self.stream)}{self.run_id}/"

    @property
    def plan(self) -> str:
        return f"{self.prefix}plan.json"

    @property
    def parents(self) -> str:
        return f"{self.prefix}parents.jsonl.gz"

    @property
    def end(self) -> str:
        return f"{self.prefix}run.json"

    def slice(self, number: int) -> SliceFolder:
        return SliceFolder(f"{self.prefix}slice={number}/")

    def progress_in(self, keys: Iterable[str]) -> list[tuple[int, int]]:
        """Return slice and part of each progress file among the keys, in the order in which they are read."""
        found = (_IN_SLICE.fullmatch(key.removeprefix(self.prefix)) for key in keys)
        return sorted((int(at[1]), int(at[3])) for at in found if at and at[2] == "progress")

    def manifests_in(self, keys: Iterable[str]) -> list[int]:
        """Return the slices whose manifest is among the keys, in order."""
        found = (_IN_SLICE.fullmatch(key.removeprefix(self.prefix)) for key in keys)
        return sorted(int(at[1]) for at in found if at and at[4])
