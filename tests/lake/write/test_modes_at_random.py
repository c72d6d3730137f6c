"""Random runs, with changes, late records, deletions and replays, against a model of a few lines."""

import random

import pytest

from glue_lib.lake.write.history import History
from glue_lib.lake.write.snapshot import Snapshot
from glue_lib.lake.write.upsert import Upsert

RUNS = 3
STORED = {
    "orders": ("id", "n"),
    "orders__items": ("_root_id", "name"),
}
VERSIONS = ("_hw_valid_from", "_hw_valid_to")


def random_run(dice, keys=5):
    """Return records of a run as they come: at most one of a key and a day, in any order."""
    places = dice.sample([(key, day) for key in range(keys) for day in range(1, 9)], 7)
    return [
        {
            "key": key,
            "day": day,
            "n": dice.randint(0, 2),
            "items": dice.sample(("fig", "pear", "plum"), dice.randint(0, 2)),
        }
        | ({"status": "deleted"} if dice.random() < 0.2 else {})
        for key, day in places
    ]


def as_record(line):
    more = {"status": line["status"]} if "status" in line else {}
    items = [{"name": name} for name in line["items"]]  # without tags: another table would cost, and show nothing new
    return {"id": line["key"], "at": f"2026-01-{line['day']:02}", "n": line["n"], "items": items, **more}


class Latest:
    """One line a key: of the highest day, and of equal days the later run's; deletions leave nothing."""

    def __init__(self, is_snapshot):
        self.is_snapshot, self.lines = is_snapshot, {}

    def take(self, found, whole):
        newest = {}
        for line in found:
            if line["day"] >= newest.get(line["key"], line)["day"]:
                newest[line["key"]] = line
        if self.is_snapshot and whole:
            self.lines = {key: line for key, line in self.lines.items() if key in newest}
        for key, line in newest.items():
            if key not in self.lines or line["day"] >= self.lines[key]["day"]:
                self.lines[key] = line
        self.lines = {key: line for key, line in self.lines.items() if "status" not in line}

    def rows(self):
        return [(line, ()) for line in self.lines.values()]


class Versions:
    """All lines a key and a day: the later run's, a deletion above all; each holds to the next."""

    def __init__(self):
        self.lines = {}

    def take(self, found, whole):
        for line in found:
            chain = self.lines.setdefault(line["key"], {})
            if "status" in line or "status" not in chain.get(line["day"], {}):
                chain[line["day"]] = line
        for chain in self.lines.values():  # what ends nothing leaves no trace
            for day in sorted(chain):
                before = [earlier for earlier in chain if earlier < day]
                if "status" in chain[day] and (not before or "status" in chain[max(before)]):
                    del chain[day]

    def rows(self):
        for chain in self.lines.values():
            for day, line in chain.items():
                if "status" not in line:
                    yield line, (day, min((later for later in chain if later > day), default=None))


@pytest.mark.parametrize("mode, model, seed", [
    (Upsert(), Latest(is_snapshot=False), 1),
    (Snapshot(most_gone=1), Latest(is_snapshot=True), 2),
    (History(), Versions(), 3),
], ids=["upsert", "snapshot", "history"])  # fmt: skip
def test_after_each_random_run_the_tables_are_what_the_model_says(story, mode, model, seed):
    dice, orders = random.Random(seed), story(mode, "at")
    more = VERSIONS if mode.keeps_versions else ()

    for number in range(RUNS):
        found, whole = random_run(dice), number != 1
        orders.run(*map(as_record, found), whole=whole)
        model.take(found, whole)

        rows = list(model.rows())
        assert orders.rows("orders", *STORED["orders"], *more) == expected(
            (line["key"], line["n"], *span) for line, span in rows
        )
        assert orders.rows("orders__items", *STORED["orders__items"], *more) == expected(
            (line["key"], name, *span) for line, span in rows for name in line["items"]
        )

    if mode.keeps_versions:
        assert orders.run(run_id=f"r{RUNS}").changed == {}


def expected(rows):
    return sorted(rows, key=str)
