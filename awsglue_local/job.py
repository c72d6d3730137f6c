"""Glue's Job: begun once, committed at the end. Bookmarks are Glue's own service and are not kept here."""

import logging
from collections.abc import Mapping
from typing import Any

from awsglue_local.absent import StandIn

BOOKMARKS_OFF = (None, "", "job-bookmark-disable")


class Job(StandIn):
    jvm_name = "Job"

    def __init__(self) -> None:
        self.name: str | None = None

    def init(self, name: str, session: Any, args: Mapping[str, Any] | None = None) -> None:
        if (args or {}).get("job_bookmark_option") not in BOOKMARKS_OFF:
            logging.getLogger("GlueLogger").warning("job bookmarks are not kept on this machine: everything is read")
        self.name = name

    def isInitialized(self) -> bool:
        return self.name is not None

    def commit(self) -> None:
        if self.name is None:
            raise RuntimeError("Job.commit: the job was not begun; call job.init(name, args) first")
