"""What a user reads at the end: which streams and slices are complete, which are not, and why."""

from typing import Any

from glue_lib.command.ending import lines
from glue_lib.execution import Outcome


def failed(**evidence: Any) -> Outcome:
    error = "small.orders: 1 of 3 slices failed (b)"
    return Outcome("small", "orders", "failed", "r1", 1200, 1, error=error, evidence=evidence)


def texts(*outcomes: Outcome) -> list[str]:
    return [line.text for line in lines(outcomes)]


def test_when_all_is_complete_there_is_nothing_to_add():
    assert lines([Outcome("small", "orders", "complete", "r1", 3, 1)]) == []


def test_slices_are_told_by_their_labels():
    outcome = failed(slices=3, whole_slices=1, failed_slices={"b": "answered 500"}, waiting_slices=["c"])

    assert texts(Outcome("small", "shops", "complete"), Outcome("small", "items", "complete"), outcome) == [
        "complete: shops, items",
        "small.orders: 1 of 3 slices failed (b)",
        "  1 page with 1,200 records are landed and stay; 1 of 3 slices are whole",
        "  failed: b",
        "  waiting: c",
    ]


def test_of_many_slices_the_first_are_named():
    outcome = failed(slices=99, whole_slices=0, waiting_slices=[str(number) for number in range(20)])

    assert texts(outcome)[-1] == "  waiting: 0, 1, 2, 3, 4, …"


def test_a_stream_in_one_slice_tells_what_is_landed():
    outcome = Outcome(
        *("small", "orders", "incomplete", "r1"),
        records=4,
        pages=2,
        evidence={"reason": "small.orders: answered 429", "slices": 1, "whole_slices": 0, "waiting_slices": ["all"]},
    )

    found = lines([outcome])

    assert [line.text for line in found] == [
        "small.orders: answered 429; run again then, and it goes on",
        "  2 pages with 4 records are landed and stay",
    ]
    assert [line.status for line in found] == ["incomplete", ""]


def test_a_stream_that_was_not_read_has_its_reason_only():
    outcome = Outcome("small", "reviews", "failed", "night-1", error="was not read")

    assert texts(outcome) == ["small.reviews: was not read"]


def test_a_stream_that_failed_at_its_first_page_does_not_boast_of_no_pages():
    outcome = Outcome(
        "small", "orders", "failed", "r1", error="answered 401", evidence={"slices": 1, "whole_slices": 0}
    )

    assert texts(outcome) == ["small.orders: answered 401"]
