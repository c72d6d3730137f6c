"""A look into a lake from this machine: its tables, known to Spark by name. Nothing is written."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from glue_lib.errors import ConfigError
from glue_lib.lake.catalog import SessionCatalog
from glue_lib.lake.columns import quoted
from glue_lib.lake.lake import Lake, Table
from glue_lib.lake.spark_errors import words_of
from glue_lib.landing.run_record import PARTITION, RECORDS
from glue_lib.landing.run_record import columns as columns_of
from glue_lib.landing.storage import open_storage
from glue_lib.runtime.session import glue_context

RUNS = "headwater.runs"
"""What the records of runs are known as."""

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
        self._runs = storage.uri(RECORDS) if RUNS.partition(".")[0] not in sources else None
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
        """Return columns and rows of a table, the API's columns first; a plain name needs no source in front."""
        named = [name for name in self._tables if table in (name, name.partition(".")[2])]
        if len(named) != 1:
            known = ", ".join(named or self._tables)
            raise ConfigError(f"`{table}` is {'more than one' if named else 'no'} table of the lake; there are {known}")
        names = self._tables[named[0]].schema().names
        ordered = [*(name for name in names if name[0] != "_"), *(name for name in names if name[0] == "_")]
        return self.query(f"select {', '.join(map(quoted, ordered))} from {quoted(*named[0].split('.'))}", limit)

    def query(self, text: str, limit: int) -> tuple[list[str], list[dict[str, Any]]]:
        """Return columns and rows of a query; a ConfigError tells what Spark does not understand."""
        text = text.strip().rstrip(";")
        if self._runs and RUNS.partition(".")[0] in text.lower():
            self._register_runs(self._runs)
        with _told():
            answer = self._spark.sql(text if _is_telling(text) else self._query(text))
            return answer.columns, [row.asDict(recursive=True) for row in answer.limit(limit).collect()]

    def _register_runs(self, uri: str) -> None:
        """Make the records of runs known as a table, as Athena has it; with its columns given, nothing is read yet."""
        columns = [f"{PARTITION} string", *(" ".join(one) for one in columns_of().items())]
        self._spark.sql(f"CREATE DATABASE IF NOT EXISTS {RUNS.partition('.')[0]}")
        self._spark.sql(f"DROP TABLE IF EXISTS {RUNS}")
        self._spark.sql(
            f"CREATE TABLE {RUNS} ({', '.join(columns)}) USING json OPTIONS "
            f"(path '{uri}', recursiveFileLookup 'true', timestampFormat 'yyyy-MM-dd HH:mm:ss.SSS')"
        )

    def _query(self, text: str) -> str:
        """Return a query in brackets, where nothing else can stand: so that nothing is ever written."""
        from pyspark.errors import ParseException

        parser: Any = self._spark._jsparkSession.sessionState().sqlParser()
        parser.parsePlan(text)
        in_brackets = f"select * from (\n{text}\n)"
        try:
            parser.parsePlan(in_brackets)
        except ParseException:
            raise ConfigError("sql: only a query, or `describe`, `show` and `explain`; nothing is written") from None
        return in_brackets


def _is_telling(text: str) -> bool:
    return text.partition(" ")[0].lower() in _TELLS


@contextmanager
def _told() -> Iterator[None]:
    """Let Spark's own words be the error, without its plans and stack traces."""
    from py4j.protocol import Py4JJavaError
    from pyspark.errors import AnalysisException, PySparkException

    try:
        yield
    except AnalysisException as error:
        raise ConfigError(words_of(error)) from None
    except (Py4JJavaError, PySparkException) as error:
        raise ConfigError(f"sql: failed while it ran: {words_of(error)}") from None
