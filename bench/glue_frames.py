"""What does `awsglue_local` cost? Promise: reading nested JSON, and relationalizing it, within 2 × of plain Spark.

    python bench/glue_frames.py                 100,000 nested records
    python bench/glue_frames.py --records 1000000

Each is run in turn with its plain counterpart, and the last of `--times` counts: by then the JVM is warm.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from typing import Any

from pyspark.sql import DataFrame

from glue_lib.runtime.session import glue_context

RECORD = (
    "id",
    "concat('n', id) name",
    "struct(id AS a, struct('x' AS c) AS b) place",
    "transform(sequence(1, 3), i -> struct(i AS line, concat('p', i) AS product, array('t1', 't2') AS tags)) items",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=3)
    arguments = parser.parse_args()
    glue = glue_context("")
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/records"
        glue.spark_session.range(0, arguments.records, 1, 4).selectExpr(*RECORD).write.json(path)
        for _ in range(arguments.times):
            found = {run.__name__: _seconds(run, glue, path) for run in (read_plain, read, split_plain, split)}
            print("  ".join(f"{name} {seconds:.1f} s" for name, seconds in found.items()), flush=True)
    reading, splitting = found["read"] / found["read_plain"], found["split"] / found["split_plain"]
    print(f"reading {reading:.1f} ×, relationalize {splitting:.1f} ×")


def _seconds(run: Callable[[Any, str], None], glue: Any, path: str) -> float:
    before = time.perf_counter()
    run(glue, path)
    return time.perf_counter() - before


def _consume(rows: DataFrame) -> None:
    rows.write.format("noop").mode("overwrite").save()


def read_plain(glue: Any, path: str) -> None:
    _consume(glue.spark_session.read.json(path))


def read(glue: Any, path: str) -> None:
    _consume(_frame(glue, path).toDF())


def split_plain(glue: Any, path: str) -> None:
    records = glue.spark_session.read.json(path).selectExpr("*", "monotonically_increasing_id() k")
    kept = records.localCheckpoint(eager=False)
    _consume(kept.selectExpr("id", "name", "place.a", "place.b.c", "k"))
    items = kept.selectExpr("k", "posexplode_outer(items) AS (at, v)").selectExpr(
        "*", "monotonically_increasing_id() j"
    )
    _consume(items.selectExpr("k", "at", "v.line", "v.product", "j"))
    _consume(items.selectExpr("j", "posexplode_outer(v.tags) AS (at, tag)"))


def split(glue: Any, path: str) -> None:
    for frame in _frame(glue, path).relationalize("root", "unused").values():
        _consume(frame.toDF())


def _frame(glue: Any, path: str) -> Any:
    return glue.create_dynamic_frame.from_options("file", {"paths": [path]}, "json")


if __name__ == "__main__":
    main()
