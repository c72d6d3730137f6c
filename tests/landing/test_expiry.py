"""What of the raw zone goes, and that nothing is mistaken for something else on the way."""

from datetime import UTC, date, datetime

import pytest

from glue_lib.errors import LoadError
from glue_lib.landing.expiry import Expiry, delete_old_days, delete_old_outcomes, delete_records, delete_run, expiry
from glue_lib.landing.layout import RunLayout
from glue_lib.landing.outcomes import Outcome, read_outcome, write_outcome
from glue_lib.landing.plan import Mode, Plan, Slice
from glue_lib.landing.quota import QuotaLedger
from glue_lib.landing.run import RunFolder
from glue_lib.landing.runs import Runs, RunState
from glue_lib.landing.storage import FolderStorage, Storage

NOW = datetime(2026, 11, 24, tzinfo=UTC)
BEFORE = datetime(2026, 11, 10, tzinfo=UTC)


def runs(text: str) -> list[RunState]:
    """Make runs of words such as `a:full`, `b`, `c:open`; each a day after the one before, the first on November 1."""
    made = []
    for day, word in enumerate(text.split(), 1):
        run_id, _, told = word.partition(":")
        mode = told if told in ("full", "backfill") else "incremental"
        status = told if told in ("open", "incomplete", "abandoned") else "complete"
        is_expired = told == "expired"
        made.append(RunState(run_id, mode, status, f"2026-11-{day:02}T00:00:00Z", is_expired))  # type: ignore[arg-type]
    return made


@pytest.mark.parametrize(
    ("text", "landed", "loaded", "built_from", "records", "whole"),
    [
        ("", None, None, "", "", ""),
        ("a:full b c", None, None, "", "", ""),  # nothing was loaded
        ("a:full b c", "c", None, "", "", ""),
        ("a:full b c", None, "c", "", "", ""),  # `landed` has not moved past it yet
        ("a:full b c", "c", "c", "", "a b c", ""),  # fan-outs need what is left of them
        ("a:full b c", "c", "c", "abc", "", ""),  # the tables need all of them
        ("a:full b c", "c", "b", "", "a b", ""),  # c is not loaded
        ("a:full b c:full d", "d", "d", "", "c d", "a b"),
        ("a:full b c:full d", "d", "d", "cd", "", "a b"),
        ("a:full b:backfill c:full", "c", "c", "c", "", "a b"),
        ("a:full b:backfill", "a", "a", "", "a", ""),  # a backfill behind the positions may not be loaded
        ("a:abandoned b:full c:open", "b", "b", "b", "", "a"),
        ("a:abandoned", None, None, "", "", "a"),
        ("a:open b:incomplete", None, None, "", "", ""),
        ("a:full b:expired c:expired", "c", "c", "", "a", ""),  # the others have nothing left that could go
        ("a:full b", "gone", "b", "", "", ""),
        ("a:full b:full", "b", "a", "", "a", ""),
    ],
)
def test_what_goes(text: str, landed: str | None, loaded: str | None, built_from: str, records: str, whole: str):
    found = expiry(runs(text), before=BEFORE, landed=landed, loaded=loaded, built_from=set(built_from))

    assert found == Expiry(tuple(records.split()), tuple(whole.split()))


def test_what_is_not_old_stays():
    given = runs("a:full b:full c:full d:abandoned")

    found = expiry(given, before=datetime(2026, 11, 2, tzinfo=UTC), landed="c", loaded="c", built_from=())

    assert found == Expiry((), ("a",))


def landed_run(storage: Storage, run_id: str, mode: Mode = "full") -> RunFolder:
    run = RunFolder(storage, "shop", "orders", run_id)
    run.start(Plan(run_id, "shop", "orders", mode, "f", (Slice(0, {}, "all"),), None, "2026-11-01T00:00:00Z"))
    with run.slice_writer(Slice(0, {}, "all")) as writer:
        request = {"request": {}, "next": None, "request_fingerprint": "", "page_fingerprint": "", "state": {}}
        writer.add([b'{"id": 1, "team": 2}'], **request)
        writer.close({})
    run.write_parents(["id"])
    run.finish("complete", {"records": 1})
    return run


def test_a_run_without_records_says_so_and_still_serves_fan_outs(storage: Storage):
    run = landed_run(storage, "a")

    freed = delete_records(storage, RunLayout("shop", "orders", "a"), NOW)
    again = delete_records(storage, RunLayout("shop", "orders", "a"), NOW)

    assert (freed.runs, freed.files) == (1, 3) and freed.bytes > 0
    assert again.files == 0
    assert [state.is_expired for state in Runs(storage, "shop", "orders").complete()] == [True]
    assert list(run.parents(["id"])) == [{"id": "1"}]
    for asked in (run.parts, lambda: list(run.parents(["team"]))):
        with pytest.raises(LoadError, match=r"records were deleted on 2026-11-24.*`--full-refresh`"):
            asked()


def test_a_run_that_goes_leaves_nothing(folder: FolderStorage, tmp_path):
    landed_run(folder, "a")
    landed_run(folder, "b")

    freed = delete_run(folder, RunLayout("shop", "orders", "a"), NOW)

    assert (freed.runs, freed.files) == (1, 6)
    assert [run.run_id for run in Runs(folder, "shop", "orders").all()] == ["b"]
    assert [path.name for path in (tmp_path / "lake/raw/shop/orders").iterdir()] == ["run=b"]


class Stopped(Exception):
    """The process is killed here."""


@pytest.mark.parametrize("most", range(7))
def test_a_stop_on_the_way_never_leaves_a_run_that_is_taken_for_another(folder: FolderStorage, most: int):
    landed_run(folder, "a")
    unlink, deleted = folder.delete, []

    def delete(keys):
        for key in keys:
            if len(deleted) == most:
                raise Stopped
            deleted.append(key)
            unlink([key])

    folder.delete = delete  # type: ignore[method-assign]
    try:
        delete_run(folder, RunLayout("shop", "orders", "a"), NOW)
    except Stopped:
        found = Runs(folder, "shop", "orders").all()
        assert [(run.status, run.is_expired) for run in found] == [("complete", True)]
    else:
        assert Runs(folder, "shop", "orders").all() == []


def test_counts_of_old_days_go(storage: Storage):
    ledger = QuotaLedger(storage, "shop")
    for day in ("2026-11-01", "2026-11-10", "2026-11-24"):
        ledger.reserve(day, 5, 10)
    QuotaLedger(storage, "shop_two").reserve("2026-11-01", 5, 10)

    freed = delete_old_days(storage, "shop", date(2026, 11, 10))

    assert freed.files == 1
    assert [ledger.reserved(day) for day in ("2026-11-01", "2026-11-10", "2026-11-24")] == [0, 5, 5]
    assert QuotaLedger(storage, "shop_two").reserved("2026-11-01") == 5


@pytest.mark.parametrize(
    ("run_id", "source", "ended_at", "goes"),
    [
        ("20261101T000000Z-3fa9c1", "shop", "2026-11-01T00:10:00+00:00", True),
        ("20261101T000000Z-3fa9c1", "shop", "2026-11-11T00:00:00+00:00", False),  # an old run that was gone on with
        ("20261101T000000Z-3fa9c1", "other", "2026-11-01T00:10:00+00:00", False),
        ("20261120T000000Z-3fa9c1", "shop", "2026-11-20T00:10:00+00:00", False),
        ("my-backfill", "shop", "2026-11-01T00:10:00+00:00", True),
        ("my-backfill", "shop", "2026-11-20T00:10:00+00:00", False),
        ("my-backfill", "shop", None, False),
    ],
)
def test_old_outcomes_go(folder: FolderStorage, run_id: str, source: str, ended_at: str | None, goes: bool):
    write_outcome(folder, Outcome(run_id, source, "orders", "complete", ended_at=ended_at))

    freed = delete_old_outcomes(folder, "shop", BEFORE)

    assert freed.files == goes
    assert (read_outcome(folder, run_id, "orders") is None) == goes
