import json
from typing import Any
from urllib.parse import quote

import pytest

from emulators.kit import Record
from emulators.socrata import DATASETS, MOST, TOKEN, Socrata

from .caller import Caller, Clock


@pytest.fixture
def caller() -> Caller:
    clock = Clock()
    return Caller(Socrata(clock), clock, X_App_Token=TOKEN)


def rows(caller: Caller, name: str = "permits", **asked: Any) -> list[Record]:
    query = "&".join(f"${key}={quote(str(value))}" for key, value in asked.items())
    answer = caller.get(f"/resource/{DATASETS[name]}.json?{query}")
    assert answer.status == 200, answer.body
    return list(answer.body)


def test_an_ordered_reading_ends_with_a_short_page_and_then_empty_ones(caller: Caller):
    pages = [rows(caller, order=":id", select=":*,*", limit=50000, offset=at) for at in range(0, 300, 50)]

    assert [len(page) for page in pages] == [MOST] * 4 + [30, 0]
    found = [row[":id"] for page in pages for row in page]
    assert found == sorted(row[":id"] for row in caller.emulator.truth()["permits"])


def test_without_an_order_rows_come_twice_and_others_never(caller: Caller):
    found = [row["permit_"] for at in range(0, 250, 50) for row in rows(caller, offset=at)]

    assert len(found) == 230
    assert len(set(found)) < 230


def test_what_is_null_is_left_out_and_numbers_are_texts(caller: Caller):
    found = rows(caller, order=":id")

    assert {"status" in row for row in found} == {True, False}
    assert None not in [value for row in found for value in row.values()]
    assert {type(row["reported_cost"]) for row in found if "reported_cost" in row} == {str}


@pytest.mark.parametrize(
    ("select", "fields"),
    [("*", False), (":*,*", True), (":id,*", {":id"}), ("permit_", set())],
)
def test_fields_of_the_system_come_when_they_are_asked_for(caller: Caller, select: str, fields: Any):
    row = rows(caller, order=":id", select=select)[0]

    of_the_system = {name for name in row if name.startswith(":")}
    assert of_the_system == fields if isinstance(fields, set) else bool(of_the_system) == fields


@pytest.mark.parametrize(("sign", "count"), [(">=", 1), (">", 0), ("<", 49), ("<=", 50), ("=", 1)])
def test_a_condition_compares(caller: Caller, sign: str, count: int):
    ids = sorted(row[":id"] for row in caller.emulator.truth()["permits"])
    at = {">=": ids[-1], ">": ids[-1], "<": ids[49], "<=": ids[49], "=": ids[7]}[sign]

    assert len(rows(caller, order=":id", where=f":id {sign} '{at}'")) == count


def test_a_moment_is_found_again_by_its_milliseconds(caller: Caller):
    changed, issued = caller.emulator.change()["permits"]
    caller.clock.now += 1

    found = rows(caller, select=":*,*", order=":id", where=f":updated_at >= '{changed[':updated_at']}'")

    assert sorted(row[":id"] for row in found) == sorted([changed[":id"], issued[":id"]])


def test_a_dataset_that_nobody_looked_at_is_made_ready_first(caller: Caller):
    path = f"/resource/{DATASETS['payments']}.json?$order=:id"

    answers = [caller.get(path) for _ in range(2)]

    assert [answer.status for answer in answers] == [202, 200]
    assert "code" in answers[0].body and len(answers[1].body) == MOST


def test_the_newer_interface_takes_its_page_in_the_body_and_wants_a_token(caller: Caller):
    path = f"/api/v3/views/{DATASETS['complaints']}/query.json"
    asked: Record = {"query": "SELECT * ORDER BY unique_key", "page": {"pageNumber": 1, "pageSize": 50000}}

    pages = [caller.post(path, asked | {"page": asked["page"] | {"pageNumber": n}}).body for n in (1, 2, 3)]
    caller.headers = {}

    assert [row for page in pages for row in page] == caller.emulator.truth()["complaints"]
    assert pages[2] == []
    assert caller.post(path, asked).body["code"] == "permission_denied"
    assert caller.get(f"/resource/{DATASETS['complaints']}.json").status == 200  # the older one does without


@pytest.mark.parametrize("page", [{"pageNumber": 0}, {"pageSize": "all"}])
def test_the_newer_interface_refuses_a_page_that_is_none(caller: Caller, page: Record):
    assert caller.post(f"/api/v3/views/{DATASETS['permits']}/query.json", {"page": page}).status == 400


@pytest.mark.parametrize(
    ("target", "status", "code"),
    [
        ("/resource/none-none.json", 404, "dataset.missing"),
        (f"/resource/{DATASETS['permits']}.json?$limit=all", 400, "query.soql.invalid-integer"),
        (f"/resource/{DATASETS['permits']}.json?$where=DROP", 400, "query.compiler.malformed"),
        (f"/resource/{DATASETS['permits']}.json?$where=:updated_at>'x'", 400, "query.soql.type-mismatch"),
        (f"/resource/{DATASETS['permits']}.json?$$app_token=wrong", 200, ""),  # the header goes before
    ],
)
def test_errors_have_a_code(caller: Caller, target: str, status: int, code: str):
    answer = caller.get(target)

    assert answer.status == status
    assert status == 200 or (answer.body["code"], answer.body["error"]) == (code, True)


def test_a_wrong_app_token_is_refused(caller: Caller):
    assert caller.get(f"/resource/{DATASETS['permits']}.json", X_App_Token="wrong").status == 403


def test_a_refusal_says_nothing_of_when_to_come_back(caller: Caller):
    answers = [caller.get(f"/resource/{DATASETS['permits']}.json") for _ in range(13)]

    assert [answer.status for answer in answers] == [200] * 12 + [429]
    assert dict(answers[-1].headers) == {}
    assert json.loads(answers[0].headers["X-SODA2-Types"])[0] == "row_identifier"
