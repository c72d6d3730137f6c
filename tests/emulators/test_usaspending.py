from typing import Any

import pytest

from emulators.kit import Answer, Record
from emulators.usaspending import EXAMPLE_FIELDS, MOST, WINDOW, UsaSpending

from .caller import Caller, Clock

SEARCH = "/api/v2/search/spending_by_award/"
ASKED: Record = {
    "filters": {"award_type_codes": ["A", "B", "C", "D"]},
    "fields": EXAMPLE_FIELDS,
    "limit": 100,
    "sort": "Award ID",
    "order": "asc",
}


@pytest.fixture
def caller() -> Caller:
    clock = Clock()
    return Caller(UsaSpending(clock), clock)


def search(caller: Caller, **asked: Any) -> Answer:
    return caller.post(SEARCH, ASKED | asked)


def ids(answers: list[Answer]) -> list[str]:
    return [award["generated_internal_id"] for answer in answers for award in answer.body["results"]]


def by_number(caller: Caller) -> list[Answer]:
    pages = [search(caller, page=1)]
    while pages[-1].body["page_metadata"]["hasNext"]:
        pages.append(search(caller, page=len(pages) + 1))
    return pages


def by_pair(caller: Caller, **asked: Any) -> list[Answer]:
    pages = [search(caller, **asked)]
    while pages[-1].body["page_metadata"]["hasNext"]:
        told = pages[-1].body["page_metadata"]
        pair = {name: told[name] for name in ("last_record_unique_id", "last_record_sort_value")}
        pages.append(search(caller, **asked, **pair))
    return pages


def test_by_number_the_search_seems_to_end_at_its_window(caller: Caller):
    found = ids(by_number(caller))

    assert WINDOW <= len(found) < WINDOW + MOST
    assert len(found) < len(caller.emulator.truth()["awards"])


@pytest.mark.parametrize("sort", ["Award ID", "Award Amount", "Last Modified Date"])
@pytest.mark.parametrize("order", ["asc", "desc"])
def test_the_pair_of_values_reads_past_it(caller: Caller, sort: str, order: str):
    pages = by_pair(caller, sort=sort, order=order)

    found = ids(pages)
    assert len(found) == len(set(found)) == len(caller.emulator.truth()["awards"])
    told = pages[-1].body["page_metadata"]
    assert (told["last_record_unique_id"], told["last_record_sort_value"]) == (None, "None")


def test_what_stands_past_the_window_is_refused_to_who_asks_by_number(caller: Caller):
    answer = search(caller, page=5)

    assert answer.status == 422
    assert "last_record_unique_id" in answer.body["detail"]


def test_a_period_has_both_of_its_days(caller: Caller):
    award = caller.emulator.truth()["awards"][30]
    day = award["Last Modified Date"]

    def period(low: str, high: str) -> Record:
        time = {"start_date": low, "end_date": high, "date_type": "last_modified_date"}
        return ASKED["filters"] | {"time_period": [time]}

    on_it = ids([search(caller, filters=period(day, day))])
    in_2024 = ids([search(caller, filters=period("2024-01-01", "2024-12-31"))])

    assert award["generated_internal_id"] in on_it
    assert in_2024 == []


def test_an_award_shows_the_fields_that_are_asked_for_and_null_for_unknown_ones(caller: Caller):
    shown = search(caller, fields=["Award ID", "Colour"]).body["results"][0]

    assert list(shown) == ["internal_id", "Award ID", "Colour", "generated_internal_id"]
    assert shown["Colour"] is None


def test_the_transactions_of_an_award_have_pages_in_the_body(caller: Caller):
    award = max(caller.emulator.truth()["awards"], key=lambda one: str(one["Award ID"]).endswith("0012"))
    asked = {"award_id": award["generated_internal_id"], "limit": 100}

    pages = [caller.post("/api/v2/transactions/", asked | {"page": n}).body for n in (1, 2, 3)]

    assert [len(page["results"]) for page in pages] == [MOST, MOST, 4]
    assert [page["page_metadata"]["next"] for page in pages] == [2, 3, None]


def test_an_award_is_found_by_either_of_its_ids(caller: Caller):
    award = caller.emulator.truth()["awards"][3]

    bodies = [
        caller.get(f"/api/v2/awards/{identity}/").body
        for identity in (award["generated_internal_id"], award["internal_id"])
    ]

    assert bodies[0] == bodies[1]
    assert bodies[0]["total_obligation"] == award["Award Amount"]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"filters": {}}, 400),
        ({"filters": {"award_type_codes": ["A", "02"]}}, 422),
        ({"fields": []}, 400),
        ({"sort": "Colour"}, 400),
        ({"limit": 101}, 422),
        ({"page": 0}, 422),
        ({"last_record_unique_id": 5}, 500),
        ({"filters": {"award_type_codes": ["A"], "time_period": [{"start_date": "1999-01-01"}]}}, 422),
        (
            {
                "filters": {
                    "award_type_codes": ["A"],
                    "time_period": [{"start_date": "2000-01-01", "end_date": "2001-01-01"}],
                }
            },
            422,
        ),
    ],
)
def test_a_search_tells_what_is_wrong(caller: Caller, asked: dict[str, Any], status: int):
    answer = search(caller, **asked)

    assert answer.status == status
    assert answer.body["detail"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", SEARCH, 405),
        ("GET", "/api/v2/awards/none/", 404),
        ("POST", "/api/v2/none/", 404),
        ("POST", SEARCH, 400),
    ],
)
def test_an_address_that_leads_nowhere_is_told(caller: Caller, method: str, path: str, status: int):
    assert caller.call(method, path).status == status


def test_an_overloaded_service_answers_with_a_page_for_people(caller: Caller):
    answers = [search(caller) for _ in range(51)]

    assert [answer.status for answer in answers] == [200] * 50 + [503]
    assert answers[-1].headers["Content-Type"] == "text/html"
    caller.clock.now += 0.5
    assert search(caller).status == 200
