"""The whole way, from the first request to the tables: ours beside what somebody would write or pick instead.

    python bench/whole.py                                    10,000 records, each contender once
    python bench/whole.py --records 100000 --times 3         the contenders take turns; medians count
    python bench/whole.py --only ours,by_hand --kind anywhere

Each contender is a process that reads the same API and fills three Delta tables; then 5 % of the records change and
2 % are new, and it runs again. All tables are read afterwards and compared with what they are to hold: whoever is
wrong is told so, and if that is ours the bench fails.
"""

import argparse
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

import donations  # noqa: E402
from feed import Feed  # noqa: E402
from process import Cost, cost  # noqa: E402

PIPELINE = """
source: bench
base_url: {base_url}
limits: {{requests_per_second: 100000}}
streams:
  records:
    path: /records
    records: data
    key: [id]
    cursor: {{field: updated_at, from: query.since, start: 2020-01-01}}
    write: upsert
    pagination: {{type: token, read: body.next, write: query.after}}
"""
COLUMNS = {
    "records": ("id", "updated_at", "status", "donor_email"),
    "records__items": ("sku", "quantity", "price"),
    "records__items__tags": ("value",),
}


@dataclass(frozen=True)
class Contender:
    """One way from the API to the tables."""

    title: str
    script: str  # of `contenders/`; empty for ours
    more: tuple[str, ...] = ()
    tables: str = "{folder}"
    names: dict[str, str] = field(default_factory=dict)  # columns that it names otherwise
    with_spark: bool = True

    def command(self, feed: Feed, folder: Path) -> list[str]:
        if self.script:
            python = ROOT / (".venv/bin/python" if self.with_spark else ".venv/bench/bin/python")
            return [str(python), str(ROOT / "bench/contenders" / self.script), feed.url, str(folder), *self.more]
        file = folder.parent / "bench.yaml"
        file.write_text(PIPELINE.format(base_url=feed.base_url))
        return [str(ROOT / ".venv/bin/headwater"), "run", str(file), "--lake", str(folder)]


CONTENDERS = {
    "floor": Contender("floor: requests, orjson, pyarrow, delta-rs; no checks", "floor.py", with_spark=False),
    "ours": Contender("`headwater run`", "", tables="{folder}/tables/bench"),
    "by_hand": Contender("Spark by hand, with our JVM's flags", "spark_job.py", ("c1",)),
    "by_hand_plain": Contender("Spark by hand, with the JVM's own flags", "spark_job.py"),
    "dlt": Contender(
        *("dlt → Delta", "dlt_delta.py"),
        tables="{folder}/bench",
        names={"donor_email": "donor__email"},
        with_spark=False,
    ),
}


@dataclass
class Found:
    """What the measured runs of one contender came to."""

    full: list[Cost] = field(default_factory=list)
    upsert: list[Cost] = field(default_factory=list)
    wrong: set[str] = field(default_factory=set)


def main() -> int:
    """Measure, print the table, and return 1 where our own tables are wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=10_000, help="of the first run (default: %(default)s)")
    parser.add_argument("--times", type=int, default=1, help="how often each is measured (default: %(default)s)")
    parser.add_argument("--only", default=",".join(CONTENDERS), help="contenders (default: %(default)s)")
    parser.add_argument("--kind", choices=("recent", "anywhere"), default="recent", help="which records change")
    parser.add_argument("--json", type=Path, help="write what was measured into this file, too")
    options = parser.parse_args()
    found = measure(options.only.split(","), options.records, options.times, options.kind)
    print(table(found, options.records))
    if options.json:
        options.json.write_text(json.dumps(found, default=_plain))
    return int("ours" in found and bool(found["ours"].wrong))


def measure(names: Iterable[str], records: int, times: int, kind: str) -> dict[str, Found]:
    """Let the contenders take turns, and check each one's tables after each run."""
    found = {name: Found() for name in names}
    right = donations.digests(donations.first(records)), donations.digests(donations.after_both(records, kind))
    with tempfile.TemporaryDirectory() as folder, Feed(Path(folder)) as feed:
        for turn in range(times):
            feed.offer(donations.first(records))
            for name, each in found.items():
                each.full.append(_run(name, feed, Path(folder), right[0], each))
            feed.offer(donations.changes(records, kind))
            for name, each in found.items():
                each.upsert.append(_run(name, feed, Path(folder), right[1], each))
                print(
                    f"turn {turn + 1}: {name} {each.full[-1].seconds:.1f} s, {each.upsert[-1].seconds:.1f} s",
                    flush=True,
                )
                shutil.rmtree(Path(folder) / name)
    return found


def _run(name: str, feed: Feed, folder: Path, right: dict[str, donations.Digest], found: Found) -> Cost:
    contender, lake = CONTENDERS[name], folder / name
    lake.mkdir(exist_ok=True)
    paths = {"PYTHONPATH": f"{ROOT}:{ROOT / 'bench'}", "TMPDIR": str(folder)}
    measured = cost(contender.command(feed, lake), paths, folder / f"{name}.told")
    for table_name, expected in right.items():
        if digest(contender, lake, table_name) != expected:
            found.wrong.add(table_name)
    return measured


def digest(contender: Contender, lake: Path, table_name: str) -> donations.Digest:
    """Read a contender's table, and return the digest of the values that all contenders' tables have."""
    from deltalake import DeltaTable

    columns = [contender.names.get(name, name) for name in COLUMNS[table_name]]
    rows = DeltaTable(f"{contender.tables.format(folder=lake)}/{table_name}").to_pyarrow_dataset().to_table(columns)
    values = [rows.column(name).to_pylist() for name in columns]
    if table_name == "records":
        values[1] = [str(moment)[:10] for moment in values[1]]
    return donations.digest(zip(*values, strict=True))


def table(found: dict[str, Found], records: int) -> str:
    """Return what was found as a table of Markdown: medians."""
    lines = [
        f"| {records:,} records | seconds | CPU s | records/s | peak MiB | 7 % upsert, s | CPU s | right? |",
        "|---|--:|--:|--:|--:|--:|--:|---|",
    ]
    for name, each in found.items():
        full, upsert = median(each.full), median(each.upsert)
        wrong = ", ".join(sorted(each.wrong))
        lines.append(
            f"| {CONTENDERS[name].title} | {full.seconds:.1f} | {full.processor_seconds:.1f}"
            f" | {records / full.seconds:,.0f} | {max(full.peak_mib, upsert.peak_mib):,.0f} | {upsert.seconds:.1f}"
            f" | {upsert.processor_seconds:.1f} | {f'wrong: {wrong}' if wrong else 'yes'} |"
        )
    return "\n".join(lines)


def median(costs: list[Cost]) -> Cost:
    return Cost(*(statistics.median(getattr(one, name) for one in costs) for name in Cost.__dataclass_fields__))


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, set) else vars(value)


if __name__ == "__main__":
    sys.exit(main())
