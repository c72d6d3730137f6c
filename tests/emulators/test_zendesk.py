import base64

import pytest

from emulators.kit import Answer
from emulators.zendesk import KEY, USER, Zendesk

from .caller import Caller, Clock

EXPORT = "/api/v2/incremental/tickets/cursor.json"
START = "start_time=1735689600"


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


@pytest.fixture
def caller() -> Caller:
    clock = Clock()
    return Caller(Zendesk(clock), clock, Authorization=basic(f"{USER}/token:{KEY}"))


def exported(page: Answer) -> str | None:
    return None if page.body["end_of_stream"] else page.body["after_url"]


@pytest.mark.parametrize(
    ("authorization", "status"),
    [(f"Bearer {KEY}", 200), (basic(f"{USER}:{KEY}"), 401), (basic(f"{USER}/token:wrong"), 401), ("", 401)],
)
def test_takes_the_token_behind_the_user_s_address(caller: Caller, authorization: str, status: int):
    assert caller.get("/api/v2/users.json", Authorization=authorization).status == status


def test_users_go_on_behind_a_cursor(caller: Caller):
    pages = list(caller.walk("/api/v2/users?page[size]=50", lambda page: page.body["links"]["next"]))

    assert [one for page in pages for one in page.body["users"]] == caller.emulator.truth()["users"]
    assert [page.body["meta"]["has_more"] for page in pages] == [True, True, False]
    assert pages[-1].body["meta"]["after_cursor"] is None


def test_organizations_are_numbered_up_to_page_100(caller: Caller):
    pages = list(caller.walk("/api/v2/organizations.json?per_page=40", lambda page: page.body["next_page"]))

    assert [one for page in pages for one in page.body["organizations"]] == caller.emulator.truth()["organizations"]
    assert {page.body["count"] for page in pages} == {105}
    assert caller.get("/api/v2/organizations.json?page=101").status == 400


def test_the_export_ends_with_a_cursor_that_is_good_for_later(caller: Caller):
    pages = list(caller.walk(f"{EXPORT}?{START}", exported))
    later = pages[-1].body["after_url"]

    assert [one for page in pages for one in page.body["tickets"]] == caller.emulator.truth()["tickets"]
    assert caller.patient(later).body["tickets"] == []
    changed = caller.emulator.change()["tickets"]
    assert caller.patient(later).body["tickets"] == []  # the last minute is not shown
    caller.clock.now += 60
    assert caller.patient(later).body["tickets"] == changed


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("", "InvalidValue"),
        ("start_time=now", "InvalidValue"),
        ("start_time=1780000000", "StartTimeTooRecent"),
        ("cursor=none", "InvalidValue"),
    ],
)
def test_an_export_tells_what_is_wrong(caller: Caller, query: str, error: str):
    answer = caller.get(f"{EXPORT}?{query}")

    assert (answer.status, answer.body["error"]) == (422, error)


def test_pages_of_the_time_based_export_overlap(caller: Caller):
    target = f"/api/v2/incremental/users.json?{START}"
    pages = list(caller.walk(target, lambda page: None if page.body["end_of_stream"] else page.body["next_page"]))

    ids = [one["id"] for page in pages for one in page.body["users"]]
    assert set(ids) == {one["id"] for one in caller.emulator.truth()["users"]}
    assert len(ids) > len(set(ids))


def test_a_deleted_ticket_is_exported_and_has_no_comments(caller: Caller):
    tickets = caller.emulator.truth()["tickets"]
    deleted = next(one for one in tickets if one["status"] == "deleted")

    assert caller.get(f"/api/v2/tickets/{deleted['id']}/comments.json").status == 404
    assert caller.get("/api/v2/tickets/1/comments.json").body["comments"]


def test_exports_have_a_limit_of_their_own(caller: Caller):
    answers = [caller.get(f"{EXPORT}?{START}") for _ in range(4)]

    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].headers["Retry-After"] == "1"
    assert answers[-1].content_type.startswith("text/plain")
    assert [answer.headers["ratelimit-remaining"] for answer in answers] == ["2", "1", "0", "0"]
    assert caller.get("/api/v2/users.json").status == 200
