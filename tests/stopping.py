"""Spark that ends a load, as a kill would, at a commit or a table that a test names."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from glue_lib.lake.lake import Lake
from tests.tiny_engine import TinyEngine


class Stopped(Exception):
    """The process was ended."""


@dataclass(frozen=True)
class CountingLake(Lake):
    """A lake whose commits are counted before they are made."""

    before_commit: Callable[[], None] = lambda: None

    def guarded(self, check: Callable[[], None], fence: Any = None) -> Lake:
        def counted() -> None:
            check()
            self.before_commit()

        return super().guarded(counted, fence)


@dataclass
class StoppingEngine(TinyEngine):
    """Spark, until right before the N-th commit, or right after the N-th table was brought up to date."""

    before_commit: int = 0
    after_table: int = 0
    is_on_glue: bool = False
    commits: int = field(default=0, init=False)

    def lake(self, source: str, database: str) -> Lake:
        spark = self.glue_context.spark_session
        return CountingLake(spark, self.lake_uri, source, database, before_commit=self._commit)

    def register(self, lake: Any, table: Any) -> None:
        super().register(lake, table)
        self.after_table -= 1
        if self.after_table == 0:
            raise Stopped

    def _commit(self) -> None:
        self.commits += 1
        if self.commits == self.before_commit:
            raise Stopped
