"""How does time grow with the data's shape? Curves without a cliff: each size twice as large, or ten times.

    python bench/scaling.py                     every curve, small sizes
    python bench/scaling.py fields streams      some of: records, pages, fields, depth, streams
    python bench/scaling.py --scale 10          ten times as many records and pages

Each point is `headwater run` as a process, from its start to its end, into an empty lake; of `pages` it is `ingest`
alone. What Spark and the interpreter take to start is in every point: a ratio below that of the sizes is no merit, one
above it is a cliff.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

import donations  # noqa: E402
from feed import Feed  # noqa: E402
from process import cost  # noqa: E402

SOURCE = "source: bench\nbase_url: {base_url}\nlimits: {{requests_per_second: 100000}}\nstreams:\n"
STREAM = "  {name}: {{path: /records, records: data, key: [id], write: upsert, pagination: {paging}}}\n"
PAGING = "{type: token, read: body.next, write: query.after}"
Point = tuple[str, float]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("curves", nargs="*", metavar="CURVE", help=f"any of {', '.join(CURVES)}; default: all")
    parser.add_argument("--scale", type=int, default=1, help="times as many records and pages (default: %(default)s)")
    options = parser.parse_args()
    print("| curve | sizes | seconds | the last against the first |\n|---|---|---|--:|")
    for name in options.curves or CURVES:
        points = list(CURVES[name](options.scale))
        sizes, seconds = (" · ".join(each) for each in zip(*((size, f"{s:.1f}") for size, s in points), strict=True))
        print(f"| {name} | {sizes} | {seconds} | {points[-1][1] / points[0][1]:.1f} |", flush=True)
    return 0


def records(scale: int) -> Iterator[Point]:
    """Records of 1 KB with two arrays."""
    for count in (1_000 * scale, 10_000 * scale):
        yield f"{count:,} records", _run(donations.first(count))


def pages(scale: int) -> Iterator[Point]:
    """Pages of one small record, landed."""
    for count in (1_000 * scale, 10_000 * scale):
        with tempfile.TemporaryDirectory() as folder, Feed(Path(folder), page=1) as feed:
            feed.offer(b'{"id": %d}' % number for number in range(count))
            command = [str(ROOT / ".venv/bin/python"), str(ROOT / "bench/contenders/ours_to_raw.py"), feed.url]
            done = subprocess.run(command, check=True, capture_output=True, text=True, env={"PYTHONPATH": str(ROOT)})
            yield f"{count:,} pages", json.loads(done.stdout.splitlines()[-1])[1]


def fields(scale: int) -> Iterator[Point]:
    """The same bytes, in more and more fields."""
    for width in (10, 100, 1_000):
        one = {f"field_{place}": "x" * 8 for place in range(width)}
        count = 200 * scale * 1_000 // width
        yield f"{width:,} fields, {count:,} records", _run(_encoded({"id": number} | one for number in range(count)))


def depth(scale: int) -> Iterator[Point]:
    """Arrays in arrays: a table more for each level, with an element of each."""
    for levels in (1, 2, 4, 8):
        one: dict[str, Any] = {"value": 1}
        for level in range(levels):
            one = {f"level_{levels - level}": [one]}
        yield f"{levels} levels", _run(_encoded({"id": number} | one for number in range(1_000 * scale)))


def streams(scale: int) -> Iterator[Point]:
    """Small streams, side by side in one run; then once more, with nothing new."""
    for count in (5, 50):
        few = list(_encoded({"id": number, "name": f"n{number}"} for number in range(50 * scale)))
        with tempfile.TemporaryDirectory() as folder:
            yield f"{count} streams", _run(few, streams=count, folder=folder)
            yield f"{count} streams again, unchanged", _run(few, streams=count, folder=folder)


CURVES: dict[str, Callable[[int], Iterator[Point]]] = {
    "records": records,
    "pages": pages,
    "fields": fields,
    "depth": depth,
    "streams": streams,
}


def _run(made: Any, *, streams: int = 1, folder: str | None = None) -> float:
    with tempfile.TemporaryDirectory() as own, Feed(Path(own)) as feed:
        feed.offer(made)
        file = Path(own) / "bench.yaml"
        each = "".join(STREAM.format(name=f"stream_{number}", paging=PAGING) for number in range(streams))
        file.write_text(SOURCE.format(base_url=feed.base_url) + each)
        command = [str(ROOT / ".venv/bin/headwater"), "run", str(file), "--lake", folder or f"{own}/lake"]
        return cost(command, {}, Path(own) / "told").seconds


def _encoded(values: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    return (json.dumps(value).encode() for value in values)


if __name__ == "__main__":
    sys.exit(main())
