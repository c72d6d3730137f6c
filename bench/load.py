"""What does a load cost, and how does it grow? Promises: full ≤ 1.5 × by hand, upsert ≤ 35 % of full, 10 × in ≤ 11 ×.

    python bench/load.py                        100,000 records and 10,000
    python bench/load.py --records 1000000      the promises' size: some minutes
    python bench/load.py --times 3              each measured three times, in turn; the median counts

Records of 1 KB (a nested object, an array, and another one in its elements) are landed raw; then processes of their
own load them: ours, and the job of `bench/by_hand.py` over the same files, by the same JVM with the same settings.
Seconds count from when Spark runs to when the last table is written. Beside them stand the seconds of processor time,
which other work on the machine does not change.

The second run changes 5 % of the records and brings 2 % new ones: the youngest, as in most sources (`recent`), or any
(`anywhere`), which touch every file of a table.
"""

import argparse
import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from donations import TABLES, changes, first  # noqa: E402

PIPELINE = """
source: bench
base_url: http://127.0.0.1:9
streams: {records: {path: /records, key: [id], order: [updated_at], write: upsert}}
"""
PAGE = 1_000
MEMORY = {"spark.driver.memory": "2g"}  # in one, the job by hand has no room for a million
Measured = dict[str, Any]


def main() -> int:
    """Measure, and print a line for each process and each promise."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=100_000, help="of the large load (default: %(default)s)")
    parser.add_argument("--few", type=int, help="of the small load (default: a tenth); 0 leaves it out")
    parser.add_argument("--times", type=int, default=1, help="how often each is measured (default: %(default)s)")
    parser.add_argument("--jvm", choices=("laptop", "plain"), default="laptop", help=(
        "laptop: flags that suit short runs, as `headwater run` has them; plain: the JVM's own compilers and garbage "
        "collector, nearer to Glue (default: %(default)s)"
    ))  # fmt: skip
    parser.add_argument("--folder", type=Path, help="keep everything here, and use what is landed already")
    parser.add_argument("--step", choices=("ours", "by_hand", "upsert"), help=argparse.SUPPRESS)
    parser.add_argument("--lake", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        print(json.dumps(_step(options.step, options.lake, options.jvm)))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        few = options.records // 10 if options.few is None else options.few
        _compare(options.folder or Path(folder), options.records, few, options.times, options.jvm)
    return 0


def _compare(folder: Path, many: int, few: int, times: int, jvm: str) -> None:
    large, small = _landed(folder, many), _landed(folder, few) if few else None
    found: dict[str, list[Measured]] = {}

    def measure(name: str, step: str, lake: Path) -> None:
        measured = _measured(step, lake, jvm)
        print(_line(name, measured), flush=True)
        found.setdefault(name, []).append(measured)

    for _ in range(times):
        measure(f"full, {many:,}", "ours", _fresh(large))
        measure(f"by hand, {many:,}", "by_hand", _fresh(large))
        if small:
            measure(f"full, {few:,}", "ours", _fresh(small))
        for kind in ("recent", "anywhere"):
            _fresh(large)
            _measured("ours", large, jvm)
            _land(large, f"r2-{kind}", changes(many, kind), day=2)
            measure(f"upsert {kind}, {many:,}", "upsert", large)
    full, by_hand = found[f"full, {many:,}"], found[f"by hand, {many:,}"]
    print(_ratio("full against by hand (promised: at most 1.5)", full, by_hand))
    if small:
        print(
            _ratio(f"{many:,} against {few:,} (promised: at most {1.1 * many / few:g})", full, found[f"full, {few:,}"])
        )
        peaks = [max(one["peak_mib"] for one in each) for each in (full, found[f"full, {few:,}"])]
        print(f"peak memory of the JVM, the same: {peaks[0] / peaks[1]:.2f}")
    for kind in ("recent", "anywhere"):
        name = f"upsert {kind}, {many:,}"
        print(_ratio(f"upsert {kind} against full (promised: at most 0.35)", found[name], full))


def _line(name: str, measured: Measured) -> str:
    files = "  ".join(f"{table} {gone} of {of}" for table, (gone, of) in measured.get("files", {}).items())
    return (
        f"{name:28} {measured['seconds']:7.1f} s  {measured['processor_seconds']:7.1f} s of processor time"
        f"  {measured['peak_mib']:6.0f} MiB at the peak" + (f"  files rewritten: {files}" if files else "")
    )


def _ratio(what: str, ones: list[Measured], others: list[Measured]) -> str:
    def median(of: list[Measured], name: str) -> float:
        return float(statistics.median(one[name] for one in of))

    wall, processor = (median(ones, name) / median(others, name) for name in ("seconds", "processor_seconds"))
    return f"{what}: {wall:.2f}, in processor time {processor:.2f}"


# What is loaded.


def _landed(folder: Path, records: int) -> Path:
    """Land the first run of a lake unless it is there, and return the lake's folder."""
    lake = folder / f"lake-{records}"
    if not (lake / "raw").exists():
        started = time.perf_counter()
        _land(lake, "r1", first(records), day=1)
        print(f"{records:,} records landed in {time.perf_counter() - started:.0f} s", flush=True)
    return lake


def _fresh(lake: Path) -> Path:
    """Take away all but the first run's raw records."""
    for path in (lake / "tables", lake / "by_hand", lake / "_headwater"):
        shutil.rmtree(path, ignore_errors=True)
    for path in (lake / "raw/bench/records").glob("run=r2*"):
        shutil.rmtree(path)
    return lake


def _land(lake: Path, run_id: str, records: Iterator[bytes], *, day: int) -> None:
    from glue_lib.landing.plan import Plan, Slice
    from glue_lib.landing.run import RunFolder
    from glue_lib.landing.storage import FolderStorage

    run, work = RunFolder(FolderStorage(lake), "bench", "records", run_id), Slice(0, {}, "all")
    run.start(Plan(run_id, "bench", "records", "incremental", "f", (work,), None, f"2026-02-{day:02}T00:00:00+00:00"))
    with run.slice_writer(work, part_seconds=1e9) as writer:
        page: list[bytes] = []
        for number, record in enumerate(records, 1):
            page.append(record)
            if number % PAGE == 0:
                _add(writer, page, number)
                page = []
        if page:
            _add(writer, page, 0)
        writer.close({})
    run.finish("complete", {})


def _add(writer: Any, page: list[bytes], number: int) -> None:
    mark = {"request_fingerprint": f"{number}", "page_fingerprint": f"{number}"}
    writer.add(page, request={"path": "/records"}, next=None, state={}, **mark)


# What loads it.


def _measured(step: str, lake: Path, jvm: str = "laptop") -> Measured:
    command = [sys.executable, __file__, "--step", step, "--lake", str(lake), "--jvm", jvm]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    measured: Measured = json.loads(done.stdout.splitlines()[-1])
    return measured


def _step(step: str, lake: Path, flags: str) -> Measured:
    from glue_lib.runtime.engine import SparkEngine
    from glue_lib.runtime.session import glue_context

    plain = {"spark.driver.extraJavaOptions": "-Duser.timezone=UTC"} if flags == "plain" else {}
    glue_context("", MEMORY | plain)  # the engine takes the session that runs
    engine = SparkEngine(f"file://{lake}", is_on_glue=False).started()
    spark = engine.glue_context.spark_session
    jvm = int(spark._jvm.java.lang.ProcessHandle.current().pid())
    before = _files(spark, lake) if step == "upsert" else {}
    started, processor = time.perf_counter(), _processor_seconds(jvm)
    if step == "by_hand":
        from bench.by_hand import load

        load(spark, f"file://{lake}/raw", f"file://{lake}/by_hand")
    else:
        _load(engine, lake)
    measured: Measured = {
        "seconds": time.perf_counter() - started,
        "processor_seconds": _processor_seconds(jvm) - processor,
        "peak_mib": _peak_mib(jvm),
    }
    after = _files(spark, lake) if step == "upsert" else {}
    rewritten = {name: (len(files - after[name]), len(files)) for name, files in before.items()}
    return measured | ({"files": rewritten} if rewritten else {})


def _load(engine: Any, lake: Path) -> None:
    from glue_lib.execution import Execution
    from glue_lib.landing.storage import FolderStorage
    from glue_lib.load.stream import load_stream
    from glue_lib.spec.loader import loads

    pipeline = loads(PIPELINE, "bench/load.py")
    load_stream(Execution(pipeline, FolderStorage(lake), lambda: engine, str), pipeline.stream("records"), engine)


def _files(spark: Any, lake: Path) -> dict[str, set[str]]:
    tables = {name: spark.read.format("delta").load(f"file://{lake}/tables/bench/{name}") for name in TABLES}
    return {name: set(rows.inputFiles()) for name, rows in tables.items()}


def _processor_seconds(process: int) -> float:
    """Return the seconds of this process and of the JVM; both are Spark's driver here."""
    ticks = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, ticks)) / 100 + time.process_time()


def _peak_mib(process: int) -> float:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    assert found
    return int(found[1]) / 1024


if __name__ == "__main__":
    sys.exit(main())
