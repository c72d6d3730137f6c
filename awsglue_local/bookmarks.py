"""Job bookmarks: which files a job has read, per `transformation_ctx`, so that its next run reads only new ones.

They lie as one JSON file a job in a folder: `AWSGLUE_LOCAL_BOOKMARKS`, else `.awsglue_local/bookmarks`. A file is new
when its path is, or when it was changed since. What a run read counts from `Job.commit` on, as in Glue.
"""

from __future__ import annotations

import json
import os
import re
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from awsglue_local.files import File

ENABLE, PAUSE, DISABLE = "job-bookmark-enable", "job-bookmark-pause", "job-bookmark-disable"


class Bookmarks:
    """The bookmarks of one run of a job.

    `pause` reads like `enable` and keeps nothing; with from and to, it reads again what the runs after the one and up
    to the other have read.
    """

    def __init__(self, job: str, args: Mapping[str, Any] | None = None) -> None:
        given = args or {}
        self.option = given.get("job_bookmark_option") or DISABLE
        if self.option not in (ENABLE, PAUSE, DISABLE):
            raise ValueError(f"job bookmarks: `{self.option}` is not one of {ENABLE}, {PAUSE}, {DISABLE}")
        self.run = given.get("JOB_RUN_ID") or f"jr_{uuid.uuid4().hex}"
        self._file = _file(job)
        self._state = _read(self._file)
        self._since, self._until = given.get("job_bookmark_from"), given.get("job_bookmark_to")
        self._read_now: dict[str, list[File]] = {}

    def on(self, ctx: str) -> bool:
        return bool(ctx) and self.option != DISABLE

    def new(self, ctx: str, files: list[File], bounds: Callable[[list[File]], list[File]] = list) -> list[File]:
        """Return the files that this run has to read: of those that no run has read, what the bounds leave."""
        seen: dict[str, list[int]] = self._state["files"].get(ctx, {})
        if self.option == PAUSE and (self._since or self._until):
            first, last = self._number(self._since, 0), self._number(self._until, len(self._state["runs"]))
            return [file for file in files if file.path in seen and first < seen[file.path][1] <= last]
        found = bounds([file for file in files if file.path not in seen or file.modified > seen[file.path][0]])
        self._read_now.setdefault(ctx, []).extend(found)
        return found

    def commit(self) -> None:
        """Keep what this run has read."""
        if self.option != ENABLE:
            return
        self._state["runs"].append(self.run)
        number = len(self._state["runs"])
        for ctx, files in self._read_now.items():
            kept = self._state["files"].setdefault(ctx, {})
            kept.update({file.path: [file.modified, number] for file in files})
        self._read_now = {}
        _write(self._file, self._state)

    def _number(self, run: str | None, default: int) -> int:
        """Return how many runs there were up to this one."""
        if not run:
            return default
        return _position(self._state, run)


def reset(job: str) -> None:
    """Forget what the job has read: its next run reads everything."""
    _file(job).unlink(missing_ok=True)


def rewind(job: str, run: str) -> None:
    """Forget what was read after this run: the next one reads that again."""
    state = _read(_file(job))
    last = _position(state, run)
    state["runs"] = state["runs"][:last]
    state["files"] = {
        ctx: {path: kept for path, kept in files.items() if kept[1] <= last} for ctx, files in state["files"].items()
    }
    _write(_file(job), state)


def _position(state: dict[str, Any], run: str) -> int:
    runs: list[str] = state["runs"]
    if run not in runs:
        raise ValueError(f"job bookmarks: there is no run `{run}`; there are {', '.join(runs) or 'none'}")
    return runs.index(run) + 1


def _file(job: str) -> Path:
    folder = os.environ.get("AWSGLUE_LOCAL_BOOKMARKS") or ".awsglue_local/bookmarks"
    return Path(folder) / f"{re.sub(r'[^A-Za-z0-9_.-]', '_', job)}.json"


def _read(file: Path) -> dict[str, Any]:
    if not file.exists():
        return {"runs": [], "files": {}}
    state: dict[str, Any] = json.loads(file.read_text())
    return state


def _write(file: Path, state: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    written = file.with_suffix(".tmp")
    written.write_text(json.dumps(state, indent=1))
    written.replace(file)
