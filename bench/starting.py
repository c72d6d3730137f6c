"""How soon does the command answer? Promise: `--help`, `validate`, `plan` and `preview` in less than a second.

    python bench/starting.py                each five times; the median counts

`preview` asks a loopback API for a page; none of them starts Spark.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

import donations  # noqa: E402
from feed import Feed  # noqa: E402
from whole import PIPELINE  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=5, help="default: %(default)s")
    options = parser.parse_args()
    print("| command | seconds |\n|---|--:|")
    with tempfile.TemporaryDirectory() as folder, Feed(Path(folder)) as feed:
        feed.offer(donations.first(1_000))
        file = Path(folder) / "bench.yaml"
        file.write_text(PIPELINE.format(base_url=feed.base_url))
        for words in (["--help"], ["validate", str(file)], ["plan", str(file)], ["preview", str(file)]):
            seconds = statistics.median(_seconds(words) for _ in range(options.times))
            print(f"| `headwater {words[0]}` | {seconds:.2f} |", flush=True)
    return 0


def _seconds(words: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run([str(ROOT / ".venv/bin/headwater"), *words], check=True, capture_output=True)
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
