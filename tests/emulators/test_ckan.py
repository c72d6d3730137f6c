from typing import Any
from urllib.parse import urlencode

import pytest

from emulators.ckan import INSPECTIONS, MOST_DATASETS, MOST_ORGANIZATIONS, MOST_ROWS, READINGS, TOKEN, Ckan
from emulators.kit import Record

from .caller import Caller, Clock

API = "/api/3/action"


@pytest.fixture
def caller() -> Caller:
    clock = Clock()
    return Caller(Ckan(clock), clock, Authorization=TOKEN)


def result(caller: Caller, action: str, **asked: Any) -> Any:
    answer = caller.patient(f"{API}/{action}?{urlencode(asked)}")
    assert (answer.status, answer.body["success"]) == (200, True), answer.body
    return answer.body["result"]


def test_a_limit_that_is_too_large_is_cut_and_the_answer_tells_it(caller: Caller):
    found = result(caller, "datastore_search", resource_id=INSPECTIONS, limit=32000)

    assert (found["limit"], len(found["records"]), found["total"]) == (MOST_ROWS, MOST_ROWS, 180)
    assert len(result(caller, "package_search", rows=1000)["results"]) == MOST_DATASETS
    assert len(result(caller, "organization_list", all_fields="true", limit=1000)) == MOST_ORGANIZATIONS


@pytest.mark.parametrize("start", [0, 180, 9000])
def test_every_page_has_a_next_link_without_a_host_also_past_the_end(caller: Caller, start: int):
    found = result(caller, "datastore_search", resource_id=INSPECTIONS, limit=50, offset=start)

    assert found["_links"]["next"].startswith("/api/3/action/datastore_search?")
    assert f"offset={start + 50}" in found["_links"]["next"]
    assert bool(found["records"]) == (start == 0)


def test_rows_come_as_objects_or_as_lists_of_the_same_values(caller: Caller):
    objects = result(caller, "datastore_search", resource_id=READINGS, limit=5)
    lists = result(caller, "datastore_search", resource_id=READINGS, limit=5, records_format="lists")

    names = [field["id"] for field in lists["fields"]]
    assert [dict(zip(names, row, strict=True)) for row in lists["records"]] == objects["records"]


def test_a_post_asks_as_a_get_does(caller: Caller):
    asked: Record = {"resource_id": READINGS, "limit": 3, "offset": 6, "filters": {"station": "S7"}}

    by_post = caller.post(f"{API}/datastore_search", asked).body["result"]
    by_get = result(caller, "datastore_search", **asked | {"filters": '{"station": "S7"}'})

    assert by_post["records"] == by_get["records"]
    assert [row["_id"] for row in by_post["records"]] == [61, 70, 79]


def test_organizations_have_no_total_and_end_with_an_empty_list(caller: Caller):
    pages = [result(caller, "organization_list", all_fields="true", offset=at) for at in (0, 10, 20, 30)]

    assert [len(page) for page in pages] == [10, 10, 5, 0]
    assert result(caller, "organization_list")[0] == "office-1"


def test_a_range_of_moments_has_both_of_its_ends(caller: Caller):
    all_of_them = sorted(caller.emulator.truth()["datasets"], key=lambda one: one["metadata_modified"])
    moment = all_of_them[40]["metadata_modified"] + "Z"

    here = result(caller, "package_search", fq=f"metadata_modified:[{moment} TO {moment}]", include_private="true")
    later = result(caller, "package_search", fq=f"metadata_modified:[{moment} TO NOW]", include_private="true")

    assert [one["id"] for one in here["results"]] == [all_of_them[40]["id"]]
    assert later["count"] == len(all_of_them) - 40


def test_a_wrong_token_is_not_told_and_sees_nothing_private(caller: Caller):
    whole = result(caller, "package_search", include_private="true")["count"]
    public = result(caller, "package_search")["count"]
    caller.headers = {"Authorization": "wrong"}

    assert result(caller, "package_search", include_private="true")["count"] == public == whole - 3
    assert caller.patient(f"{API}/datastore_search?resource_id={READINGS}").status == 403


@pytest.mark.parametrize(
    ("target", "status", "kind"),
    [
        ("datastore_search", 409, "Validation Error"),
        ("datastore_search?resource_id=none", 404, "Not Found Error"),
        (f"datastore_search?resource_id={INSPECTIONS}&limit=all", 409, "Validation Error"),
        (f"datastore_search?resource_id={INSPECTIONS}&filters=x", 409, "Validation Error"),
        ("package_search?sort=size", 409, "Search Query Error"),
        ("package_search?fq=metadata_modified:[2024-01-01%20TO%20NOW]", 409, "Search Query Error"),
        ("package_search?fq=title:x", 409, "Search Query Error"),
    ],
)
def test_errors_have_a_type_beside_their_status(caller: Caller, target: str, status: int, kind: str):
    answer = caller.get(f"{API}/{target}")

    assert (answer.status, answer.body["success"], answer.body["error"]["__type"]) == (status, False, kind)
    assert "help_show?name=" in answer.body["help"]


@pytest.mark.parametrize(("method", "path"), [("GET", f"{API}/none"), ("POST", f"{API}/package_search")])
def test_a_bad_request_is_told_by_a_bare_text(caller: Caller, method: str, path: str):
    answer = caller.call(method, path)

    assert answer.status == 400
    assert answer.body.startswith('"Bad request - ')


def test_the_proxy_refuses_in_html(caller: Caller):
    answers = [caller.get(f"{API}/organization_list") for _ in range(11)]

    assert [answer.status for answer in answers] == [200] * 10 + [429]
    assert (answers[-1].headers["Content-Type"], answers[-1].headers["Retry-After"]) == ("text/html", "1")
