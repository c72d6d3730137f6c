"""The benchmark of record: the whole and its parts, side by side with what a user would write or pick instead.

    python -m bench                 small sizes, about ten minutes on two cores: `make bench`
    python -m bench --full          1,000,000 records: `make bench-full`
    python -m bench --only extracting,starting

Writes `bench/RESULTS.md`: the machine, the versions, and what each bench printed, with its command. Fails where one
of them fails, as `whole.py` does when our own tables are wrong.
"""

import argparse
import os
import platform
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "bench" / "RESULTS.md"
OURS, WITH_OTHERS = ".venv/bin/python", ".venv/bench/bin/python"


@dataclass(frozen=True)
class Bench:
    """One script and what it is asked, by size."""

    title: str
    python: str
    script: str
    small: str
    full: str

    def words(self, *, is_full: bool) -> list[str]:
        return [self.python, f"bench/{self.script}.py", *(self.full if is_full else self.small).split()]


BENCHES = (
    Bench(
        "The whole way, process start to tables", WITH_OTHERS, "whole", "--records 20000", "--records 1000000 --times 1"
    ),
    Bench("Extraction alone, on one core", WITH_OTHERS, "extracting", "", "--records 200000 --times 5"),
    Bench("Pages that take their time", OURS, "paging", "sequential parallel --scale 0.5", ""),
    Bench("From the raw zone to the tables", OURS, "load", "--records 50000 --few 5000", "--records 1000000"),
    Bench("Until the command answers", WITH_OTHERS, "starting", "", ""),
    Bench("Growth", WITH_OTHERS, "scaling", "pages fields streams", "--scale 10"),
    Bench("Memory of a reading", OURS, "memory", "", ""),
    Bench("The stand-in for Glue", OURS, "glue_frames", "--records 20000", "--records 100000"),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="the promises' sizes; takes more than an hour")
    parser.add_argument("--only", default="", help="some of: " + ", ".join(bench.script for bench in BENCHES))
    options = parser.parse_args()
    chosen = [bench for bench in BENCHES if bench.script in options.only.split(",") or not options.only]
    sections, failed = [_head()], []
    for bench in chosen:
        words = bench.words(is_full=options.full)
        print(f"# {' '.join(words)}", flush=True)
        done = subprocess.run([str(ROOT / words[0]), *words[1:]], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        print(done.stdout, flush=True)
        if done.returncode:
            failed.append(bench.script)
        sections.append(f"## {bench.title}\n\n`{' '.join(words)}`\n\n{_as_markdown(done.stdout)}")
    RESULTS.write_text("\n\n".join(sections) + "\n")
    print(f"written: {RESULTS.relative_to(ROOT)}" + (f"; failed: {', '.join(failed)}" if failed else ""))
    return int(bool(failed))


def _head() -> str:
    """Return what the figures depend on."""
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())
    java = subprocess.run(["java", "-version"], capture_output=True, text=True).stderr.splitlines()[0]
    dlt = subprocess.run(
        [str(ROOT / WITH_OTHERS), "-m", "pip", "list", "--disable-pip-version-check"], capture_output=True, text=True
    ).stdout
    others = " · ".join(
        f"{name} {version}"
        for name, version in re.findall(r"^(dlt|deltalake|orjson|pyarrow|requests)\s+(\S+)", dlt, re.M)
    )
    ours = " · ".join(f"{name} {metadata.version(name)}" for name in ("pyspark", "delta-spark", "msgspec", "requests"))
    return "\n".join((
        "# Results",
        "",
        f"Measured on {datetime.now(UTC):%Y-%m-%d} by `make bench`. Compare ratios, not seconds: machines differ.",
        "",
        f"- Machine: {os.cpu_count()} cores{f' ({model[1]})' if model else ''}"
        f"{f', {int(memory[1]) / 2**20:.0f} GiB' if memory else ''}, {platform.system()} {platform.release()}",
        f"- Python {platform.python_version()}, {java}",
        f"- Ours: {ours}",
        f"- Others: {others}",
    ))  # fmt: skip


def _as_markdown(output: str) -> str:
    """Return lines that are tables as they are, and others as text that keeps its form."""
    blocks: list[list[str]] = []
    for line in filter(None, output.splitlines()):
        if not blocks or blocks[-1][0].startswith("|") != line.startswith("|"):
            blocks.append([])
        blocks[-1].append(line)
    return "\n\n".join("\n".join(b if b[0].startswith("|") else ["```", *b, "```"]) for b in blocks)


if __name__ == "__main__":
    sys.exit(main())
