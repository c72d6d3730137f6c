import base64
import threading
import time

import pytest

from emulators.kit import Answer, Call, Headers
from emulators.mailchimp import CONNECTIONS, KEY, MOST, Mailchimp

from .caller import Caller, Clock


def basic(user: str, key: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{key}".encode()).decode()


@pytest.fixture
def caller() -> Caller:
    clock = Clock()
    return Caller(Mailchimp(clock), clock, Authorization=basic("any", KEY))


def members_of(caller: Caller, number: int = 0) -> str:
    return f"/3.0/lists/{caller.emulator.truth()['lists'][number]['id']}/members"


def test_pages_are_of_ten_unless_more_are_asked_for_and_never_of_more_than_the_most(caller: Caller):
    sizes = [
        len(caller.get(f"{members_of(caller)}{asked}").body["members"]) for asked in ("", "?count=20", "?count=999")
    ]

    assert sizes == [10, 20, MOST]


def test_an_offset_leads_to_the_end_and_past_it_there_is_nothing(caller: Caller):
    pages = [caller.get(f"{members_of(caller)}?count=40&offset={at}").body for at in (0, 40, 80, 120)]

    assert [len(page["members"]) for page in pages] == [40, 40, 10, 0]
    assert {page["total_items"] for page in pages} == {90}


def test_everything_has_links_unless_they_are_left_out(caller: Caller):
    linked = caller.get("/3.0/lists").body
    plain = caller.get("/3.0/lists?exclude_fields=_links,lists._links,lists.contact.city").body

    assert "_links" in linked and "_links" in linked["lists"][0]
    assert "_links" not in plain and "_links" not in plain["lists"][0]
    assert "city" not in plain["lists"][0]["contact"] and "company" in plain["lists"][0]["contact"]


def test_bounds_leave_out_what_stands_on_them(caller: Caller):
    first = caller.get(f"{members_of(caller)}?count=40&sort_field=last_changed&sort_dir=ASC").body["members"]
    low, high = first[0]["last_changed"], first[5]["last_changed"]

    found = caller.get(
        f"{members_of(caller)}?sort_field=last_changed&sort_dir=ASC"
        f"&since_last_changed={low.replace('+', '%2B')}&before_last_changed={high.replace('+', '%2B')}"
    ).body

    assert found["members"] == first[1:5]
    assert found["total_items"] == 4


def test_one_person_has_the_same_id_in_two_lists(caller: Caller):
    here, there = (
        {one["id"] for one in caller.get(f"{members_of(caller, number)}?count=40").body["members"]} for number in (0, 1)
    )

    assert 0 < len(here & there) < len(here)


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("GET", "/3.0/none", 404),
        ("GET", "/3.0/lists/none/members", 404),
        ("POST", "/3.0/lists", 405),
        ("GET", "/3.0/campaigns?since_create_time=yesterday", 400),
    ],
)
def test_problems_are_told_as_documents_of_their_own_type(caller: Caller, method: str, target: str, status: int):
    answer = caller.call(method, target)

    assert (answer.status, answer.body["status"]) == (status, status)
    assert answer.headers["Content-Type"].startswith("application/problem+json")


@pytest.mark.parametrize("authorization", ["", "Bearer x", "Basic !", basic("any", "wrong")])
def test_a_wrong_key_is_refused_and_any_user_will_do(caller: Caller, authorization: str):
    assert caller.get("/3.0/lists", Authorization=authorization).body["title"] == "API Key Invalid"
    assert caller.get("/3.0/lists", Authorization=basic("someone", KEY)).status == 200


def test_other_programs_take_all_connections_at_times(caller: Caller):
    answers = [caller.get("/3.0/lists") for _ in range(9)]

    assert [answer.status for answer in answers] == [200] * 8 + [429]
    assert "Retry-After" not in answers[-1].headers
    caller.clock.now += 0.5
    assert caller.get("/3.0/lists").status == 200


def test_one_connection_too_many_is_refused():
    go_on = threading.Event()

    class Slow(Mailchimp):
        def answer(self, call: Call) -> Answer:
            go_on.wait(10)
            return super().answer(call)

    emulator = Slow(Clock())
    call = Call("GET", "/3.0/lists", headers=Headers({"Authorization": basic("any", KEY)}))
    threads = [threading.Thread(target=emulator.respond, args=[call]) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    give_up_at = time.monotonic() + 10
    while emulator.open_connections < CONNECTIONS and time.monotonic() < give_up_at:
        time.sleep(0.001)

    refused = emulator.respond(call)
    go_on.set()
    for thread in threads:
        thread.join()

    assert (refused.status, refused.body["title"]) == (429, "Too Many Requests")
    assert len(emulator.calls) == CONNECTIONS
