"""A load that is ended right before any of its commits is ended by the next one, in every write mode."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from glue_lib.execution import Execution
from glue_lib.landing.plan import Plan, Slice
from glue_lib.landing.run import RunFolder
from glue_lib.landing.storage import FolderStorage
from glue_lib.load.stream import load_stream
from glue_lib.spec.loader import loads
from tests.stopping import Stopped, StoppingEngine
from tests.stored import stored

FILE = "source: shop\nbase_url: http://127.0.0.1:9\nstreams: {{orders: {{path: /orders, {said}, max_bad_share: 0.9}}}}"
MODES = {
    "upsert": "key: [id], order: [at], write: upsert",
    "append": "key: [id], write: append",
    "append without a key": "write: append, schema: {columns: discard_row}",
    "replace": "key: [id], write: replace",
    "history": "key: [id], order: [at], write: history",
    "snapshot": "key: [id], order: [at], write: {type: snapshot, most_gone: 1}",
}
FIRST = [
    '{"id": 1, "at": "2026-01-01", "items": [{"n": 1, "tags": ["a", "b"]}, {"n": 2, "tags": ["c"]}]}',
    '{"id": 2, "at": "2026-01-01", "items": [{"n": 3, "tags": ["d"]}]}',
    '{"id": 3, "at": "2026-01-01", "items": [{"n": 4, "tags": ["e"]}]}',
]
SECOND = [
    '{"id": 1, "at": "2026-01-02", "items": [{"n": 1, "tags": ["b"]}]}',
    '{"id": 2, "at": "2026-01-02", "items": []}',
    '{"id": 4, "at": "2026-01-02", "items": [{"n": 5, "tags": ["f"]}]}',
    '{"id": null, "at": "2026-01-02", "odd": 1}',
]
FEW = {("upsert", 2)}  # between the quarantine and the first table; the others take too long for every day
CASES = [
    pytest.param(name, at, marks=() if (name, at) in FEW else pytest.mark.slow) for name in MODES for at in (1, 2, 3, 4)
]


def land(folder: Path, run_id: str, day: int, lines: list[str]) -> None:
    run, work = RunFolder(FolderStorage(folder), "shop", "orders", run_id), Slice(0, {}, "all")
    run.start(Plan(run_id, "shop", "orders", "full", "f", (work,), None, f"2026-01-{day:02}T00:00:00Z"))
    with run.slice_writer(work) as writer:
        marks = {"request_fingerprint": "1", "page_fingerprint": "1"}
        writer.add([line.encode() for line in lines], request={"path": "/"}, next=None, state={}, **marks)
        writer.close({})
    run.finish("complete", {})


def load(folder: Path, name: str, before_commit: int = 0, *, rebuild: bool = False) -> int:
    engine = StoppingEngine(f"file://{folder}", before_commit=before_commit)
    pipeline = loads(FILE.format(said=MODES[name]), "shop.yaml")
    execution = Execution(pipeline, FolderStorage(folder), lambda: engine, str, rebuild=rebuild)
    load_stream(execution, pipeline.stream("orders"), engine)
    return engine.commits


def contents(folder: Path) -> dict[str, list[Any]]:
    """Return all rows of all tables, without the moment of their load."""
    found = {}
    for path in (folder / "tables/shop").iterdir():
        rows = [{name: value for name, value in row.items() if name != "_hw_loaded_at"} for row in stored(path)]
        found[path.name] = sorted((sorted(row.items()) for row in rows), key=str)
    return found


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory, spark: Any) -> Callable[[str], tuple[Path, Path]]:
    """Return a lake with one run loaded and one landed, and the same with both loaded."""
    made: dict[str, tuple[Path, Path]] = {}

    def of(name: str) -> tuple[Path, Path]:
        if name not in made:
            before, after = (tmp_path_factory.mktemp("lake") / which for which in ("before", "after"))
            land(before, "r1", 1, FIRST)
            load(before, name)
            land(before, "r2", 2, SECOND)
            shutil.copytree(before, after)
            assert load(after, name) == 4, "a quarantine and three tables"
            made[name] = before, after
        return made[name]

    return of


@pytest.mark.parametrize(("name", "at"), CASES)
def test_stopped_before_a_commit_the_next_load_ends_what_is_left(
    name: str, at: int, begun: Callable[[str], tuple[Path, Path]], tmp_path: Path, spark: Any
):
    before, after = begun(name)
    lake = shutil.copytree(before, tmp_path / "lake")

    with pytest.raises(Stopped):
        load(lake, name, before_commit=at)
    load(lake, name)

    assert contents(lake) == contents(after)
    assert load(lake, name) == 0
