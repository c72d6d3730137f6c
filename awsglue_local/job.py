"""Glue's Job: begun once, committed at the end. What its bookmarks know moves with the commit."""

from collections.abc import Mapping
from typing import Any

from awsglue_local.absent import StandIn
from awsglue_local.bookmarks import Bookmarks


class Job(StandIn):
    jvm_name = "Job"

    def __init__(self) -> None:
        self.bookmarks: Bookmarks | None = None

    def init(self, name: str, session: Any, args: Mapping[str, Any] | None = None) -> None:
        self.bookmarks = Bookmarks(name, args)

    def isInitialized(self) -> bool:
        return self.bookmarks is not None

    def commit(self) -> None:
        if self.bookmarks is None:
            raise RuntimeError("Job.commit: the job was not begun; call job.init(name, args) first")
        self.bookmarks.commit()


RUNNING = Job()
"""The job of this process: in Glue, too, there is one."""
