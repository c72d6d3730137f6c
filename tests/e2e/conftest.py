"""Whole executions: real HTTP on loopback, real Spark and Delta, a lake in a folder."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from glue_lib import pipeline
from glue_lib.execution import Execution, Outcome
from glue_lib.landing.storage import open_storage
from glue_lib.runtime.engine import SparkEngine
from glue_lib.runtime.job import spark_uri
from glue_lib.spec.loader import loads
from tests.e2e.small_api import PIPELINE, TOKEN, SmallApi, first_edition, serve
from tests.stored import stored

ARRIVAL = ("_hw_run_id", "_hw_loaded_at")


@pytest.fixture
def api() -> Iterator[SmallApi]:
    small = SmallApi(first_edition())
    server = serve(small)
    yield small
    server.shutdown()
    server.server_close()


@dataclass
class Lake:
    """A lake in a folder, and what can be done with it."""

    folder: Path
    text: str
    spark: Any

    def execution(self, **given: Any) -> Execution:
        engine = SparkEngine(spark_uri(str(self.folder)), is_on_glue=False)
        defaults = {
            "pipeline": loads(self.text, "small.yaml", given.pop("overrides", {})),
            "storage": open_storage(str(self.folder)),
            "engine": lambda: engine,
            "secrets": lambda text: text.replace("${secret:small#token}", TOKEN),
        }
        return Execution(**defaults | given)

    def sync(self, **given: Any) -> list[Outcome]:
        return pipeline.sync(self.execution(**given))

    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.glob("tables/*/*"))

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Return a table's rows without what tells when they came, sorted by key."""
        (path,) = self.folder.glob(f"tables/*/{table}")
        rows = [{name: value for name, value in row.items() if name not in ARRIVAL} for row in stored(path)]
        return sorted(rows, key=lambda row: row["_hw_key"])

    def contents(self) -> dict[str, list[dict[str, Any]]]:
        """Return all rows of all tables, a column and its variants as one value."""
        return {name: [as_one_value(row) for row in self.rows(name)] for name in self.names()}

    def versions(self) -> dict[str, int]:
        """Return how many commits each table has."""
        return {path.parts[-3]: 0 for path in ()} | {
            name: len(list(self.folder.glob(f"tables/*/{name}/_delta_log/*.json"))) for name in self.names()
        }


def as_one_value(row: dict[str, Any]) -> dict[str, Any]:
    """Return the row with `x__string`, `x__bigint`, … under `x`, as text; what is null is left out."""
    return {
        column.partition("__")[0] if not column.startswith("_") else column: str(
            value.isoformat() if isinstance(value, datetime) else value
        )
        for column, value in row.items()
        if value is not None
    }


@pytest.fixture
def new_lake(tmp_path: Path, spark: Any, api: SmallApi) -> Callable[[str], Lake]:
    return lambda name: Lake(tmp_path / name, PIPELINE.format(base_url=api.base_url), spark)


@pytest.fixture
def lake(new_lake: Callable[[str], Lake]) -> Lake:
    return new_lake("lake")
