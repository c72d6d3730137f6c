"""How fast are pages read, in how much memory, and what does a killed run ask for twice?

    python bench/paging.py                         every measure
    python bench/paging.py sequential parallel     some of: sequential, parallel, memory, giant, kill
    python bench/paging.py --scale 0.1             on a tenth of the pages

Each reading is `ingest` into a folder: with retry, proofs of the end, fingerprints, type notes, gzip, progress. The API
is a process of its own. What is compared takes turns in one run, so that both sides meet the same machine; a ratio is
that of the sums.
"""

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from api import RECORDS, Api, bare  # noqa: E402

SOURCE = "source: bench\nbase_url: {base_url}\nlimits: {{requests_per_second: 100000, concurrency: {concurrency}}}\n"
STREAM = "streams:\n  records: {{path: {path}, records: data, write: append, pagination: {pagination}{more}}}\n"
TOKENS = "{type: token, read: body.next, write: query.after}"
PAGES = "{type: page, write: query.page, total_pages: body.pages}"
WINDOWS = ", cursor: {field: created, from: query.since, until: query.until, start: 2024-01-01, slice: 1d}"
SIDE_BY_SIDE = 8


def main() -> int:
    """Print the measures that are asked for."""
    measures: dict[str, Callable[[Api, float], None]] = {
        "sequential": sequential,
        "parallel": parallel,
        "memory": memory,
        "giant": giant,
        "kill": kill,
    }
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("measures", nargs="*", metavar="MEASURE", help=f"any of {', '.join(measures)}; default: all")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the pages (default: %(default)s)")
    parser.add_argument("--read", metavar="JSON", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.read:
        print(json.dumps(_read_alone(**json.loads(options.read))))
        return 0
    with Api() as api:
        for name in options.measures or measures:
            measures[name](api, options.scale)
    return 0


def sequential(api: Api, scale: float) -> None:
    """One page after the other at 20 ms, against a loop that keeps nothing."""
    pages = max(50, int(300 * scale))
    url, path = api.url(f"/20ms/{pages}/tokens"), f"/20ms/{pages}/tokens"
    alone = ours = 0.0
    for _ in range(3):
        alone += _seconds(lambda: bare(url, pages))
        ours += _seconds(lambda: _read(api.url(""), path, TOKENS))
    rate = 3 * pages / ours
    print(f"sequential, 20 ms: {rate:.1f} pages/s, a bare requests loop {3 * pages / alone:.1f}: {alone / ours:.3f}")


def parallel(api: Api, scale: float) -> None:
    """Eight slices, and eight pages, side by side at 100 ms, against one after the other."""
    pages = max(16, int(51 * scale))  # not 5,000 records: so round an end is doubted
    path = f"/100ms/{pages}/tokens"
    many = f"/100ms/{pages * SIDE_BY_SIDE}/pages"
    one = slices = ahead = 0.0
    for _ in range(2):
        one += _seconds(lambda: _read(api.url(""), path, TOKENS))
        slices += _seconds(
            lambda: _read(api.url(""), path, TOKENS, concurrency=8, more=WINDOWS, start="2024-01-01", end="2024-01-09")
        )
        ahead += _seconds(lambda: _read(api.url(""), many, PAGES, concurrency=8))
    for name, seconds in (("slices", slices), ("pages", ahead)):
        share = one / seconds  # eight times the pages: were they as quick together as one alone, it would be 1
        print(f"parallel, 100 ms: 8 {name} side by side: {share:.3f} of 8 times the rate of one after the other")


def memory(api: Api, scale: float) -> None:
    """A million records, page by page."""
    pages = int(10_000 * scale)
    _tell_peak(f"{pages * RECORDS:,} records", _alone(api, f"/0ms/{pages}/tokens", TOKENS))


def giant(api: Api, scale: float) -> None:
    """One page of 96 MB."""
    records = int(300_000 * scale)
    _tell_peak(f"one page of {records:,} records", _alone(api, f"/0ms/{records}/giant", "none"))


def kill(api: Api, scale: float) -> None:
    """A kill at half of the pages; then the run goes on."""
    pages = max(100, int(1000 * scale))
    path, part_bytes = f"/0ms/{pages}/tokens", 8 * 2**20
    with tempfile.TemporaryDirectory() as folder:
        api.asked()
        first = _begun(api, path, TOKENS, folder=folder, part_bytes=part_bytes)
        before: Any = api.asked()
        while len(before) < pages // 2:
            assert first.poll() is None, "the reading ended before it could be killed"
            time.sleep(0.002)
            before += api.asked()
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
        before += api.asked()
        landed = _landed_pages(Path(folder))
        _done(_begun(api, path, TOKENS, folder=folder, part_bytes=part_bytes))
        after = api.asked()
    twice = sum(1 for page in before if page in after)
    since = len(before) - landed
    print(f"kill -9 after {len(before)} of {pages} pages: {twice} asked for again, {since} since the last part")
    assert twice <= since and len(before | after) == pages


def _read(
    base_url: str,
    path: str,
    pagination: str,
    *,
    concurrency: int = 1,
    more: str = "",
    folder: str | None = None,
    **options: Any,
) -> int:
    """Land all pages in a folder, and return how many records they had."""
    from glue_lib import pipeline
    from glue_lib.execution import Execution
    from glue_lib.landing.storage import open_storage
    from glue_lib.spec.loader import loads

    def no_spark() -> Any:
        raise AssertionError("reading needs no Spark")

    text = SOURCE.format(base_url=base_url, concurrency=concurrency)
    text += STREAM.format(path=path, pagination=pagination, more=more)
    with tempfile.TemporaryDirectory() as own:
        storage = open_storage(folder or own)
        execution = Execution(loads(text, "bench/paging.py"), storage, engine=no_spark, secrets=str, **options)
        (outcome,) = pipeline.ingest(execution)
    return outcome.records


def _read_alone(**options: Any) -> dict[str, Any]:
    """Land all pages; the process does nothing else."""
    start, started = _memory(), time.perf_counter()
    records = _read(**options)
    return {"records": records, "seconds": time.perf_counter() - started, "start": start, "peak": _memory("VmHWM")}


def _alone(api: Api, path: str, pagination: str) -> dict[str, Any]:
    return _done(_begun(api, path, pagination))


def _begun(api: Api, path: str, pagination: str, **options: Any) -> "subprocess.Popen[str]":
    reading = {"base_url": api.url(""), "path": path, "pagination": pagination, **options}
    command = [sys.executable, __file__, "--read", json.dumps(reading)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _done(process: "subprocess.Popen[str]") -> dict[str, Any]:
    output, told = process.communicate()
    assert process.returncode == 0, told[-2000:]
    found: dict[str, Any] = json.loads(output)
    return found


def _tell_peak(what: str, found: dict[str, Any]) -> None:
    grown = found["peak"] - found["start"]
    print(
        f"memory, {what}: {found['peak']:.0f} MiB at the peak, {grown:.0f} over the interpreter's own "
        f"({found['seconds']:.0f} s)"
    )


def _landed_pages(folder: Path) -> int:
    return sum(len(json.loads(path.read_text())["pages"]) for path in folder.rglob("progress-*.json"))


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _memory(what: str = "VmRSS") -> float:
    """Return the memory that this process holds, or has held at most, in MiB."""
    found = re.search(rf"{what}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) / 1024


if __name__ == "__main__":
    sys.exit(main())
