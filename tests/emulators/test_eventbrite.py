import base64

import pytest

from emulators.eventbrite import ORGANIZATION, TOKEN, Eventbrite
from emulators.kit import Answer

from .caller import Caller, Clock

OURS = f"/v3/organizations/{ORGANIZATION}"


class Patient(Caller):
    """Eventbrite does not say how long to wait, so a reader has to guess."""

    def get(self, target: str, **headers: str) -> Answer:
        while (answer := super().get(target, **headers)).status == 429:
            self.clock.now += 1
        return answer


@pytest.fixture
def caller() -> Caller:
    clock = Clock()
    return Patient(Eventbrite(clock), clock, Authorization=f"Bearer {TOKEN}")


def continued(page: Answer) -> str | None:
    told = page.body["pagination"]
    return f"{OURS}/events/?continuation={told['continuation']}" if told["has_more_items"] else None


def test_pages_have_roughly_the_size_that_they_tell(caller: Caller):
    pages = [page.body for page in caller.walk(f"{OURS}/events/", continued)]

    sizes = [len(page["events"]) for page in pages]
    assert [one for page in pages for one in page["events"]] == caller.emulator.truth()["events"]
    assert min(sizes[:-1]) < max(sizes) != pages[0]["pagination"]["page_size"]
    assert {page["pagination"]["object_count"] for page in pages} == {sum(sizes)}
    assert "continuation" not in pages[-1]["pagination"]


def test_a_list_without_counts_ends_with_an_error(caller: Caller):
    found: list[str] = []
    number = 1
    while (page := caller.get(f"{OURS}/venues/?page={number}")).status == 200:
        assert set(page.body["pagination"]) == {"page_number", "page_size"}
        found += [venue["id"] for venue in page.body["venues"]]
        number += 1

    assert found == [venue["id"] for venue in caller.emulator.truth()["venues"]]
    assert (page.status, page.body["error"]) == (400, "BAD_PAGE")


def test_changed_since_takes_moments_in_utc_and_finds_those_that_stand_on_it(caller: Caller):
    order = caller.emulator.truth()["orders"][40]

    found = caller.get(f"{OURS}/orders/?changed_since={order['changed']}").body

    assert found["orders"][0] == order
    assert found["pagination"]["object_count"] == 20
    assert caller.get(f"{OURS}/orders/?changed_since=2025-01-01").body["error"] == "ARGUMENTS_ERROR"


def test_an_event_without_attendees_has_one_empty_page(caller: Caller):
    event = caller.emulator.truth()["events"][6]

    body = caller.get(f"/v3/events/{event['id']}/attendees/").body

    assert body["attendees"] == []
    assert (body["pagination"]["page_count"], body["pagination"]["has_more_items"]) == (1, False)


@pytest.mark.parametrize(
    ("authorization", "status", "error"),
    [
        (None, 401, "NO_AUTH"),
        ("Token x", 400, "INVALID_AUTH_HEADER"),
        ("Bearer wrong", 400, "INVALID_AUTH"),
    ],
)
def test_three_ways_of_a_wrong_token(caller: Caller, authorization: str | None, status: int, error: str):
    caller.headers = {"Authorization": authorization} if authorization else {}

    answer = caller.get(f"{OURS}/events/")

    assert (answer.status, answer.body["error"], answer.body["status_code"]) == (status, error, status)


@pytest.mark.parametrize(
    ("target", "status", "error"),
    [
        (f"{OURS}/none/", 404, "NOT_FOUND"),
        ("/v3/organizations/1/events/", 403, "NOT_AUTHORIZED"),
        ("/v3/events/1/attendees/", 404, "NOT_FOUND"),
        (f"{OURS}/events/?continuation=x", 400, "BAD_CONTINUATION_TOKEN"),
        (f"{OURS}/events/?page=99", 400, "BAD_PAGE"),
        (f"{OURS}/events/?continuation={base64.b64encode(b'page:99').decode()}", 400, "BAD_PAGE"),
    ],
)
def test_errors_have_a_word_that_does_not_change(caller: Caller, target: str, status: int, error: str):
    answer = caller.get(target)

    assert (answer.status, answer.body["error"]) == (status, error)


def test_a_limit_is_told_by_its_status_and_word_alone(caller: Caller):
    answers = [Caller.get(caller, f"{OURS}/events/") for _ in range(31)]

    assert [answer.status for answer in answers] == [200] * 30 + [429]
    assert (answers[-1].body["error"], dict(answers[-1].headers)) == ("HIT_RATE_LIMIT", {})
