import threading

import pytest

from glue_lib.errors import LoadError
from glue_lib.landing.quota import QuotaLedger

DAY = "2026-11-24"


@pytest.fixture
def ledger(storage):
    return QuotaLedger(storage, "hubspot")


def test_reserves_up_to_what_is_allowed(ledger):
    assert [ledger.reserve(DAY, 40, 100) for _ in range(4)] == [40, 40, 20, 0]
    assert ledger.reserved(DAY) == 100


def test_every_day_and_source_has_its_own_count(ledger, storage):
    ledger.reserve(DAY, 40, 100)

    assert ledger.reserved("2026-11-25") == 0
    assert QuotaLedger(storage, "stripe").reserve(DAY, 100, 100) == 100
    assert storage.list("_headwater/quota/") == [
        "_headwater/quota/hubspot/2026-11-24.json",
        "_headwater/quota/stripe/2026-11-24.json",
    ]


def test_what_is_given_back_can_be_reserved_again(ledger):
    ledger.reserve(DAY, 100, 100)
    ledger.give_back(DAY, 30)

    assert ledger.reserve(DAY, 50, 100) == 30


def test_more_than_was_reserved_cannot_be_given_back(ledger):
    ledger.reserve(DAY, 10, 100)
    ledger.give_back(DAY, 50)
    ledger.give_back("2026-11-23", 50)

    assert ledger.reserve(DAY, 200, 100) == 100
    assert ledger.reserved("2026-11-23") == 0


def test_a_quota_that_was_lowered_since_gives_nothing(ledger):
    ledger.reserve(DAY, 80, 100)

    assert ledger.reserve(DAY, 10, 50) == 0


def test_many_processes_never_reserve_more_than_is_allowed(folder):
    granted = []

    def take():
        ledger = QuotaLedger(folder, "hubspot")
        granted.extend(ledger.reserve(DAY, 7, 200) for _ in range(10))

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert (len(granted), sum(granted)) == (80, 200)
    assert QuotaLedger(folder, "hubspot").reserved(DAY) == 200


class Slow:
    """A storage in which somebody else is always a little quicker."""

    def __init__(self, storage, others):
        self._storage, self._others = storage, others

    def __getattr__(self, name):
        return getattr(self._storage, name)

    def write_if_absent(self, key, content):
        self._others()
        return self._storage.write_if_absent(key, content)

    def replace(self, key, content, tag):
        self._others()
        return self._storage.replace(key, content, tag)


def test_a_write_that_comes_too_late_is_made_again(folder):
    takes = iter([60])
    other = QuotaLedger(folder, "hubspot")

    def be_quicker():
        for most in takes:
            other.reserve(DAY, most, 100)

    assert QuotaLedger(Slow(folder, be_quicker), "hubspot").reserve(DAY, 60, 100) == 40


def test_who_never_gets_a_turn_is_told(folder):
    other = QuotaLedger(folder, "hubspot")
    slow = QuotaLedger(Slow(folder, lambda: other.reserve(DAY, 1, 10_000)), "hubspot")

    with pytest.raises(LoadError, match=r"quota/hubspot/2026-11-24\.json: others write it all the time; run again"):
        slow.reserve(DAY, 5, 10_000)


def test_two_writes_of_the_same_count_are_told_apart(ledger, storage):
    contents = set()
    for _ in range(2):
        ledger.reserve(DAY, 10, 100)
        contents.add(storage.read(f"_headwater/quota/hubspot/{DAY}.json"))
        ledger.give_back(DAY, 10)

    assert len(contents) == 2
