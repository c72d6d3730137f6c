"""After every run of a random story, every table equals a plain-Python model of the rules: `tests/model`.

Runs are landed by hand; what is tried is everything behind the raw zone. A failed case tells its seed.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from glue_lib.execution import Execution
from glue_lib.landing.plan import Plan, Slice
from glue_lib.landing.run import RunFolder
from glue_lib.landing.storage import FolderStorage
from glue_lib.load.stream import load_stream
from tests.model.case import MODES, Case
from tests.model.story import FIRST
from tests.model.stream import Landed
from tests.stored import is_table, stored
from tests.tiny_engine import TinyEngine

UNSHOWN = {"_hw_loaded_at", "_hw_said", "_hw_end_rank"}
QUICK = (MODES.index("upsert"), MODES.index("history"))  # seeds; a seed's mode is its place among them


class Shop:
    """A lake in a folder, and the model beside it."""

    def __init__(self, case: Case, folder: Path) -> None:
        self.case, self.folder = case, folder
        self.pipeline = case.pipeline()
        self.model, self.story = case.model(), case.story()
        self.landed: list[tuple[str, Landed]] = []

    def orders(self) -> None:
        """Land and load a run of the stream."""
        is_whole = self.case.dice.random() < 0.5
        self._take("orders", self.story.run(is_whole=is_whole), is_whole)

    def gone(self) -> None:
        """Land and load a run of the stream of deletions."""
        self._take("gone", self.story.deletions(), False)

    def again(self) -> None:
        """Load an earlier run again: where keys can go, those behind it follow."""
        stream, landed = self.case.dice.choice([one for one in self.landed if one[0] == "orders"][-2:])
        self._load(stream, landed.run_id)
        followed = self.case.mode == "snapshot" or self.case.flag or self.case.stream
        place = self.landed.index((stream, landed))
        for one in self.landed[place:] if followed else [(stream, landed)]:
            self._model(*one)

    def differences(self) -> list[str]:
        """Return what the tables and the model do not have in common."""
        root = self.folder / "tables/shop"
        names = {path.name for path in root.iterdir() if is_table(path)} if root.exists() else set()
        wanted = {name: list(rows.values()) for name, rows in self.model.tables.items()}
        if "orders__quarantine" in names or self.model.quarantine:
            wanted["orders__quarantine"] = list(self.model.quarantine.values())
        told = [f"tables: {sorted(names)} but {sorted(wanted)}"] if names != set(wanted) else []
        for name in sorted(names & set(wanted)):
            found = [self._shown(name, _said(row)) for row in stored(root / name)]
            rows = [self._shown(name, row) for row in wanted[name]]
            told += [f"{name}: is there: {row}" for row in _without(found, rows)]
            told += [f"{name}: should be: {row}" for row in _without(rows, found)]
        return told

    def _take(self, stream: str, parts: list[list[str]], is_whole: bool) -> None:
        number = len(self.landed) + 1
        landed = Landed(f"r{number}", FIRST + timedelta(days=number), parts, is_whole)
        self.landed.append((stream, landed))
        _land(FolderStorage(self.folder), stream, landed)
        self._load(stream)
        self._model(stream, landed)

    def _load(self, stream: str, run_id: str | None = None) -> None:
        engine = TinyEngine(f"file://{self.folder}", is_on_glue=False)
        storage, much_bytes = FolderStorage(self.folder), -1 if self.case.looks_first else 2**30
        execution = Execution(self.pipeline, storage, lambda: engine, str, run_id=run_id, much_bytes=much_bytes)
        load_stream(execution, self.pipeline.stream(stream), engine)

    def _model(self, stream: str, landed: Landed) -> None:
        place = self.landed.index((stream, landed))
        later = [one.run_id for name, one in self.landed[place + 1 :] if name == "orders"]
        if stream == "orders":
            self.model.load(landed, later)
        else:
            self.model.delete(landed, ["of"], self.case.order_of_deletions, later)

    def _shown(self, table: str, row: dict[str, Any]) -> str:
        hidden = set(UNSHOWN)
        if not self.case.keyed and self.case.mode == "replace":  # made anew by each run
            hidden |= {"_hw_key", "_hw_parent_key", "_hw_root_key"}
        if table.endswith("__quarantine"):
            hidden |= {"_hw_key", "request", "slice"}
        return repr(sorted((name, _plain(value)) for name, value in row.items() if name not in hidden))


def _said(row: dict[str, Any]) -> dict[str, Any]:
    """Return the columns that are not null; moments as microseconds since 1970."""
    return {name: _micros(value) for name, value in row.items() if value is not None}


def _micros(value: Any) -> Any:
    return (value - datetime(1970, 1, 1)) // timedelta(microseconds=1) if isinstance(value, datetime) else value


def _plain(value: Any) -> Any:
    return value.normalize() if isinstance(value, Decimal) else value


def _without(rows: list[str], others: list[str]) -> list[str]:
    left = list(others)
    return [row for row in rows if not (row in left and (left.remove(row) or True))]


def _land(storage: FolderStorage, stream: str, landed: Landed) -> None:
    run = RunFolder(storage, "shop", stream, landed.run_id)
    work, mode = Slice(0, {}, "all"), "full" if landed.is_whole else "incremental"
    run.start(Plan(run.run_id, "shop", stream, mode, "f", (work,), None, landed.moment.isoformat()))
    with run.slice_writer(work, part_bytes=1) as writer:
        for number, lines in enumerate(landed.parts):
            marks = {"request_fingerprint": f"{number}", "page_fingerprint": f"{number}"}
            writer.add([line.encode() for line in lines], request={"path": "/"}, next=None, state={}, **marks)
        writer.close({})
    run.finish("complete", {})


def _tell(shop: Shop, step: str) -> str:
    runs = "\n".join(f"{stream} {one.run_id} whole={one.is_whole}: {one.parts}" for stream, one in shop.landed)
    found = "\n".join(shop.differences())
    return f"seed {shop.case.seed}, {vars(shop.case)}, after {step}:\n{found}\n\n{runs}"


@pytest.mark.parametrize(
    "seed", [pytest.param(seed, marks=() if seed in QUICK else pytest.mark.slow) for seed in range(100)]
)
def test_the_tables_are_what_the_model_says(seed, tmp_path, spark):
    case = Case.of(seed)
    shop = Shop(case, tmp_path)

    for step in case.steps(2 if seed in QUICK else 3):
        getattr(shop, step)()

        assert not shop.differences(), _tell(shop, step)
