"""Extraction alone: how many records a second, from the API into the raw zone, on one core?

    python bench/extracting.py                        50,000 records, 100 a page, each contender three times in turn
    python bench/extracting.py --records 200000 --times 5

The bare loop decodes each page and drops it, as dlt's client does here; ours proves the end, remembers each page, takes
notes of types, compresses and writes with checksums. The API and the contender have a core each. Beside the seconds
stand those of processor time, which other work on the machine does not change.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

import donations  # noqa: E402
from feed import Feed  # noqa: E402

CONTENDERS = {
    "bare loop": (".venv/bench/bin/python", "bare_loop.py"),
    "ours": (".venv/bin/python", "ours_to_raw.py"),
    "dlt's client": (".venv/bench/bin/python", "dlt_client.py"),
}
PROMISES = (("ours", "bare loop", 0.8), ("ours", "dlt's client", 3.0))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=50_000, help="default: %(default)s")
    parser.add_argument("--times", type=int, default=3, help="default: %(default)s")
    options = parser.parse_args()
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in CONTENDERS}
    with tempfile.TemporaryDirectory() as folder, Feed(Path(folder)) as feed:
        feed.offer(donations.first(options.records))
        for _ in range(options.times):
            for name, (python, script) in CONTENDERS.items():
                found[name].append(_measured([str(ROOT / python), str(ROOT / "bench/contenders" / script), feed.url]))
    print("| extraction alone | records/s | records a second of processor time |\n|---|--:|--:|")
    rates = {
        name: tuple(statistics.median(one[place] for one in ones) for place in (0, 1)) for name, ones in found.items()
    }
    for name, (wall, processor) in rates.items():
        print(f"| {name} | {wall:,.0f} | {processor:,.0f} |")
    for name, other, least in PROMISES:
        ratios = [mine / theirs for mine, theirs in zip(rates[name], rates[other], strict=True)]
        print(
            f"\n{name} against {other} (promised: at least {least}): {ratios[0]:.2f}, in processor time {ratios[1]:.2f}"
        )
    return 0


def _measured(command: list[str]) -> tuple[float, float]:
    def alone() -> None:
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command,
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment,
        preexec_fn=alone,
    )
    records, seconds, processor = json.loads(done.stdout.splitlines()[-1])
    return records / seconds, records / processor


if __name__ == "__main__":
    sys.exit(main())
