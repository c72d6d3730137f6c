"""What the benches measure with is right: the records, the API that serves them, and the digest that checks tables."""

import json
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))

import donations
from feed import Feed


def test_a_record_is_the_same_whenever_it_is_made():
    assert donations.record(7, 1) == donations.record(7, 1) != donations.record(7, 2)
    assert 900 < len(donations.record(7, 1)) < 1_200


@pytest.mark.parametrize("kind", ["recent", "anywhere"])
def test_the_second_run_changes_a_twentieth_and_brings_a_fiftieth(kind: str):
    ids = [json.loads(record)["id"] for record in donations.changes(1_000, kind)]

    assert len(ids) == 70
    assert [number for number in ids if number >= 1_000] == list(range(1_000, 1_020))


def test_the_digest_sees_a_dead_child_row_and_a_stale_value_but_no_order():
    right = donations.digests(donations.after_both(100, "recent"))
    rows = [(1, "a"), (2, "b")]

    assert right != donations.digests(donations.first(100))
    assert right["records"][0] == 102
    assert donations.digest(rows) == donations.digest(rows[::-1])
    assert donations.digest(rows) != donations.digest([*rows, rows[0]])
    assert donations.digest(rows) != donations.digest([(1, "a"), (2, "c")])


def test_the_feed_serves_every_record_once_and_what_is_offered_last(tmp_path: Path):
    def read(feed: Feed) -> list[int]:
        ids, after = [], "0"
        while after:
            with urlopen(f"{feed.url}?after={after}&since=x") as answer:
                page = json.load(answer)
            ids += [record["id"] for record in page["data"]]
            after = page["next"]
        return ids

    with Feed(tmp_path) as feed:
        assert feed.offer(donations.first(250)) == 3
        assert read(feed) == list(range(250))
        feed.offer(donations.changes(100, "recent"))
        assert read(feed) == [95, 96, 97, 98, 99, 100, 101]
