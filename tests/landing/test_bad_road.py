"""Landing on an S3 that is busy, slow, or out of reach for a moment."""

import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from botocore.retries import standard

from glue_lib.errors import LoadError
from glue_lib.landing import storage as landing_storage
from glue_lib.landing.leases import Lease, LeaseLost
from glue_lib.landing.storage import Storage, open_storage
from tests.faulty_s3 import BadRoad, Fault, bad_road

Opened = Callable[..., tuple[Storage, BadRoad]]
ALL = ("slow_down", "reset", "lost_answer", "slow")


@pytest.fixture
def opened(s3_endpoint: str, s3_bucket: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Opened]:
    """Open a storage behind these faults; the waits between tries are those of a test."""
    monkeypatch.setattr(standard.ExponentialBackoff, "delay_amount", lambda self, context: 0.001)
    with ExitStack() as stack:

        def behind(*faults: Fault) -> tuple[Storage, BadRoad]:
            road = stack.enter_context(bad_road(s3_endpoint, *faults))
            road.slow_seconds = 0.05
            return open_storage(f"s3://{s3_bucket}/lake", endpoint=road.url), road

        yield behind


@pytest.mark.parametrize("sort", ALL)
def test_every_operation_ends_right_although_each_second_request_is_hit(opened: Opened, sort: str):
    storage, road = opened(Fault(sort, every=2))  # type: ignore[arg-type]

    storage.write("a/1", b"one")
    storage.write("a/2", io.BytesIO(b"two" * 1000))
    first = storage.write_if_absent("a/3", b"three")
    again = storage.write_if_absent("a/3", b"other")
    content, tag = storage.read_tagged("a/3") or (b"", "")
    replaced = storage.replace("a/3", b"four", tag)
    stale = storage.replace("a/3", b"five", tag)
    found = (storage.sizes("a/"), storage.folders(""), storage.read("a/3"), storage.read("a/none"))
    storage.delete(["a/1", "a/none"])

    assert (first, again, content, replaced, stale) == (True, False, b"three", True, False)
    assert found == ({"a/1": 3, "a/2": 3000, "a/3": 4}, ["a"], b"four", None)
    assert storage.list("a/") == ["a/2", "a/3"]
    assert {met.split()[1] for met in road.met} >= {"GET", "PUT"}


def test_an_answer_whose_body_breaks_off_is_asked_for_again(opened: Opened):
    storage, road = opened(Fault("truncated", "GET", "/key", most=3))
    storage.write("key", b"x" * 100_000)

    assert storage.read("key") == b"x" * 100_000
    assert road.met == {"truncated GET": 3}


@pytest.mark.parametrize("sort", ["slow_down", "reset", "truncated"])
def test_an_s3_that_never_answers_is_given_up_after_so_many_tries(opened: Opened, sort: str):
    opened()[0].write("key", b"x" * 1000)
    storage, road = opened(Fault(sort, pattern="/key"))  # type: ignore[arg-type]

    with pytest.raises(LoadError, match=r"s3://.*nothing is lost, run again later"):
        storage.read("key")

    assert len(road.asked) == landing_storage._TRIES


def test_what_s3_could_not_delete_at_once_is_deleted_with_the_next_request(opened: Opened):
    storage, _ = opened()
    storage.write("a", b"1")
    storage.write("b", b"2")
    client, asked = storage._client, []  # type: ignore[attr-defined]
    delete = client.delete_objects

    def partly(**given: object) -> dict[str, object]:
        names = [one["Key"] for one in given["Delete"]["Objects"]]  # type: ignore[index]
        asked.append(len(names))
        if len(asked) > 1:
            return delete(**given)  # type: ignore[no-any-return]
        delete(Bucket=given["Bucket"], Delete={"Objects": [{"Key": names[0]}]})
        return {"Errors": [{"Key": names[1], "Code": "SlowDown"}]}

    client.delete_objects = partly
    storage.delete(["a", "b"])

    assert asked == [2, 1]
    assert storage.list("") == []


def test_a_lease_has_one_holder_also_where_answers_get_lost(opened: Opened):
    # Fewer than one request is tried, so that no thread is out of luck each time.
    storage, road = opened(Fault("lost_answer", "PUT", every=3, most=3), Fault("slow_down", every=4, most=2))

    def entered(number: int) -> bool:
        try:
            Lease(storage, "shop", "orders", "load", holder=str(number)).__enter__().check()
        except LeaseLost:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(entered, range(8))) == 1
    assert road.met["lost_answer PUT"] >= 1
