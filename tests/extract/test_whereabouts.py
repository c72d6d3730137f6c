"""Where a walk is can be stored and gone on with."""

import json
from typing import Any

import pytest

from glue_lib.api.cursor import Window
from glue_lib.api.page import Page
from glue_lib.api.request import Request
from glue_lib.api.sieve import Tally
from glue_lib.extract.whereabouts import At

JANUARY = Window("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z")
FEBRUARY = Window("2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z")


def page(*records: bytes, **more: Any) -> Page:
    return Page(Request("/things"), 1, records, **more)


def stored(at: At) -> At:
    return At.from_json(json.loads(json.dumps(at.to_json())))


def test_a_place_is_the_same_after_it_was_stored():
    at = At().in_chain(3, [JANUARY, FEBRUARY])
    at.tally.latest, at.tally.previous, at.tally.edge = "2026-01-02", 0, {"a1": [2, 5]}
    at = at.after(page(b"{}", b"{}", expected=7), is_passed=False, pending="{}").without_parent("GET /things")

    assert stored(at) == at
    assert (at.chain, at.pages, at.rows, at.promised, at.gone) == (3, 1, 2, 7, (3,))


def test_a_whole_chain_leaves_what_it_found():
    at = At().in_chain(0, [JANUARY])
    at.tally.latest, at.tally.nulls, at.tally.repeated, at.tally.edge = "5", 2, {"a": 3}, {"b": [1, 9]}

    at = at.window_closed().chain_closed()

    assert stored(at) == at
    assert (at.windows, at.latests, at.edge, at.tally) == ((), ("5",), {"b": 1}, Tally())
    assert at.counts == {"windows": 1, "nulls": 2, "repeated": 3}


def test_a_window_begins_with_no_page_and_those_behind_it_stay():
    at = At().in_chain(0, [JANUARY, FEBRUARY]).after(page(b"{}", expected=4), is_passed=True)

    halved = at.in_windows(Window(JANUARY.start, "x"), Window("x", JANUARY.end))

    assert [end for _, end in halved.windows] == ["x", JANUARY.end, FEBRUARY.end]
    assert (halved.pages, halved.rows, halved.promised, halved.is_passed) == (0, 0, None, False)
    assert at.window_closed().window == FEBRUARY


def test_the_fewest_of_several_promises_counts():
    at = At().in_chain(0, [JANUARY])
    for expected in (9, 7, None, 8):
        at = at.after(page(expected=expected), is_passed=False)

    assert at.promised == 7
    assert at.window_closed().counts == {"windows": 1, "promised": 7}


def test_the_first_answer_s_clock_is_kept():
    at = At().in_chain(0, [JANUARY])
    for date in ("Sun, 01 Mar 2026 11:59:48 GMT", "Sun, 01 Mar 2026 12:00:00 GMT"):
        at = at.after(page(headers={"Date": date}), is_passed=False)

    assert at.served == "2026-03-01T11:59:48+00:00"


@pytest.mark.parametrize("date", ["", "soon", "Sun, 99 Mar 2026 11:59:48 GMT", "Sun, 01 Mar 99999 11:59:48 GMT"])
def test_a_date_that_is_none_is_none(date: str):
    assert At().in_chain(0, [JANUARY]).after(page(headers={"Date": date}), is_passed=False).served is None


def test_more_on_the_edge_than_is_kept_is_nothing_and_stays_nothing():
    at = At().in_chain(0, [JANUARY])
    at.tally.is_edge_full = True

    at = at.chain_closed().in_chain(1, [JANUARY]).chain_closed()

    assert at.edge is None
    assert stored(at) == at


def test_what_another_version_stored_is_refused():
    with pytest.raises(ValueError, match="another version"):
        At.from_json({"chain": 0, "pages": 3, "latest": None})
