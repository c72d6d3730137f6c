"""A look into a lake from this machine: its tables, known to Spark by name. Nothing is written."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from glue_lib.errors import ConfigError
from glue_lib.lake.catalog import SessionCatalog
from glue_lib.lake.lake import Lake, Table
from glue_lib.landing.storage import open_storage
from glue_lib.runtime.session import glue_context

_TELLS = ("describe", "desc", "explain", "show")  # statements that only tell


class Look:
    """The tables of a lake."""

    def __init__(self, lake: str) -> None:
        storage = open_storage(lake)
        sources = storage.folders("tables/")
        if not sources:
            raise ConfigError(f"{lake}: there are no tables yet; `headwater run` makes them, `--lake` says where")
        uri = storage.uri("").rstrip("/")
        self._spark = glue_context(uri).spark_session
        self._tables: dict[str, Table] = {}
        for source in sources:
            held = Lake(self._spark, uri, source, source)
            for name in held.names():
                table = held.table(name)
                SessionCatalog().register(held, table)
                self._tables[f"{source}.{name}"] = table

    def tables(self) -> list[dict[str, Any]]:
        """Return each table's name, rows, columns, version and the run that last changed it."""
        return [
            {
                "table": name,
                "rows": table.read().count(),
                "columns": len(table.schema()),
                "version": table.delta().history(1).collect()[0]["version"],
                "run_id": table.loaded_run(),
            }
            for name, table in self._tables.items()
        ]

    def rows(self, table: str, limit: int) -> tuple[list[str], list[dict[str, Any]]]:
        """Return columns and rows of a table; its name may go without the source where that is plain."""
        named = [name for name in self._tables if table in (name, name.partition(".")[2])]
        if len(named) != 1:
            known = ", ".join(named or self._tables)
            raise ConfigError(f"`{table}` is {'more than one' if named else 'no'} table of the lake; there are {known}")
        return self.query(f"select * from {named[0]}", limit)

    def query(self, text: str, limit: int) -> tuple[list[str], list[dict[str, Any]]]:
        """Return columns and rows of a query; a ConfigError tells what Spark does not understand."""
        text = text.strip().rstrip(";")
        with _told():
            is_telling = text.partition(" ")[0].lower() in _TELLS
            # Only a query can stand in brackets, so that nothing else ever runs.
            answer = self._spark.sql(text if is_telling else f"select * from (\n{text}\n)")
            return answer.columns, [row.asDict(recursive=True) for row in answer.limit(limit).collect()]


@contextmanager
def _told() -> Iterator[None]:
    """Let Spark's own words, without its stack traces, be the error."""
    from pyspark.errors import PySparkException

    try:
        yield
    except PySparkException as error:
        raise ConfigError(str(error).partition("\n\nJVM stacktrace")[0].strip()) from None
