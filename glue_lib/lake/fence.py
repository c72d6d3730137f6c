"""A fence around a stream's tables: a load that stood still while another one went on cannot change them any more.

Every commit bears Delta's transaction identifier: an application id for the stream, and a number, which is one more
than the table had when this load first looked at it. Delta takes each number once. So a load that wakes up late brings
a number that is gone, and is told so, while a replay, which looks anew, begins with the next.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from glue_lib.errors import LoadError

if TYPE_CHECKING:
    from glue_lib.lake.lake import Table

TXN_APP_ID = "spark.databricks.delta.write.txnAppId"
TXN_VERSION = "spark.databricks.delta.write.txnVersion"


class Outrun(LoadError):
    """Another load changed the table while this one was at it, and nothing was written to it by this one."""


class Fence:
    """What one load saw of its tables when it began, and the numbers of its own commits since."""

    def __init__(self, source: str, stream: str) -> None:
        self.name = f"{source}.{stream}"
        self.app_id = f"headwater/{source}/{stream}"
        self.mark = uuid.uuid4().hex[:8]  # tells the commits of this load from those of another one of the same run
        self._seen: dict[str, Any] = {}

    def look(self, table: Table) -> None:
        """See where the table stands; the first look counts, and must come before the table is read."""
        if table.name not in self._seen:
            self._seen[table.name] = _snapshot(table) if table.exists() else 0

    def number(self, table: Table) -> int:
        """Return the number of this load's next commit to the table."""
        self.look(table)
        seen = self._seen[table.name]
        return (seen if isinstance(seen, int) else _number(seen, self.app_id)) + 1

    def passed(self, table: Table, number: int) -> None:
        """Remember that the commit of that number was made."""
        self._seen[table.name] = number

    def outrun(self, table: Table) -> Outrun:
        """Return the error that tells that the table has the number of another load."""
        return Outrun(
            f"{self.name}: another load has changed `{table.name}` since this one began, so this one changes nothing "
            "there; run again once the other is done"
        )


def _snapshot(table: Table) -> Any:
    """Return Delta's own view of the newest version, which stays as it is; what it holds is read when asked for."""
    session: Any = table.spark
    log = session._jvm.org.apache.spark.sql.delta.DeltaLog.forTable(session._jsparkSession, table.uri)
    return log.unsafeVolatileSnapshot()


def _number(snapshot: Any, app_id: str) -> int:
    found = snapshot.transactions().get(app_id)
    return int(found.get()) if found.isDefined() else 0
