"""What a careful engineer writes by hand: a requests loop into files, then Spark; an upsert deletes dead child rows.

    python bench/contenders/spark_job.py URL FOLDER [c1]

No keys, no type notes, no contract, no quarantine, no state. `c1` starts the JVM with the flags of short runs, those
that `headwater run` has; without it, with its own.
"""

import gzip
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import requests
from by_hand import frames, read

from glue_lib.runtime.session import glue_context


def main(url: str, folder: str, flags: str = "") -> None:
    raw = Path(folder) / "raw"
    shutil.rmtree(raw, ignore_errors=True)
    raw.mkdir(parents=True)
    _fetch(url, raw)
    # The same session as ours, so that Spark and Delta are set alike.
    options = {} if flags == "c1" else {"spark.driver.extraJavaOptions": "-Duser.timezone=UTC"}
    spark = glue_context("", options).spark_session
    records = read(spark, str(raw)).persist()
    is_new = not (Path(folder) / "records").exists()
    for name, rows in frames(records).items():
        if is_new:
            rows.write.format("delta").save(f"{folder}/{name}")
        else:
            _upsert(spark, name, f"{folder}/{name}", rows, records)


def _fetch(url: str, raw: Path) -> None:
    session, params, part, file = requests.Session(), {}, 0, None
    while True:
        page = session.get(url, params=params).json()
        if file is None or file.tell() > 64 * 2**20:
            part, file = part + 1, gzip.open(raw / f"part-{part}.jsonl.gz", "wb", compresslevel=1)  # noqa: SIM115
        file.write("".join(json.dumps(record) + "\n" for record in page["data"]).encode())
        if not page["next"]:
            break
        params = {"after": page["next"]}
    file.close()


def _upsert(spark: Any, name: str, path: str, rows: Any, records: Any) -> None:
    from delta.tables import DeltaTable

    table = DeltaTable.forPath(spark, path)
    if name == "records":
        merge = table.alias("old").merge(rows.alias("new"), "old.id = new.id")
        merge.whenMatchedUpdateAll().whenNotMatchedInsertAll().execute()
        return
    table.alias("old").merge(records.select("id").alias("new"), "old.id = new.id").whenMatchedDelete().execute()
    rows.write.format("delta").mode("append").save(path)


if __name__ == "__main__":
    main(*sys.argv[1:4])
