import pytest

from emulators.github import TOKEN, GitHub

from .caller import Caller, Clock, linked

ISSUES = "/repos/acme/pipes/issues"


def caller_of(**given: bool) -> Caller:
    clock = Clock()
    return Caller(GitHub(clock, **given), clock, Authorization=f"Bearer {TOKEN}", User_Agent="tests")


@pytest.fixture
def caller() -> Caller:
    return caller_of()


def numbers(caller: Caller, target: str) -> list[int]:
    return [one["number"] for page in caller.walk(target, linked) for one in page.body]


def test_pages_are_linked_under_the_number_of_the_repository(caller: Caller):
    pages = list(caller.walk(f"{ISSUES}?state=all&per_page=100&direction=asc", linked))

    wanted = [one for one in caller.emulator.truth()["issues"] if one["_repos_name"] == "pipes"]
    assert [one["id"] for page in pages for one in page.body] == [one["id"] for one in wanted]
    assert "/repositories/5001/issues?" in str(linked(pages[0]))
    assert linked(pages[0], "last") and linked(pages[-1], "prev") and not linked(pages[-1], "last")


@pytest.mark.parametrize(
    ("target", "count"),
    [
        (f"{ISSUES}?state=all", 30),
        (f"{ISSUES}?state=all&per_page=500", 100),
        (f"{ISSUES}?state=all&page=99", 0),
        ("/repos/acme/springs/issues?state=all", 0),
        ("/repos/acme/wells/commits?per_page=100", 100),
        (f"{ISSUES}?state=all&since=2030-01-01T00:00:00Z", 0),
    ],
)
def test_a_page_has_as_many_as_its_limits_say(caller: Caller, target: str, count: int):
    assert len(caller.get(target).body) == count


def test_only_open_issues_are_shown_unless_asked_for_all(caller: Caller):
    assert {one["state"] for one in caller.get(f"{ISSUES}?per_page=100").body} == {"open"}


def test_some_issues_are_pull_requests(caller: Caller):
    found = ["pull_request" in one for one in caller.get(f"{ISSUES}?state=all").body]

    assert any(found) and not all(found)


@pytest.mark.parametrize(
    ("target", "headers", "status"),
    [
        (ISSUES, {"Authorization": "Bearer wrong"}, 401),
        (ISSUES, {"Authorization": ""}, 401),
        (ISSUES, {"User_Agent": ""}, 403),
        ("/repos/acme/none/issues", {}, 404),
        (f"{ISSUES}?since=yesterday", {}, 422),
        (f"{ISSUES}?sort=size", {}, 422),
    ],
)
def test_tells_what_is_wrong_in_its_own_form(caller: Caller, target: str, headers: dict[str, str], status: int):
    answer = caller.get(target, **headers)

    assert answer.status == status
    assert set(answer.body) == {"message", "documentation_url", "status"}


def test_the_second_limit_is_a_403_with_a_wait(caller: Caller):
    answers = [caller.get(ISSUES) for _ in range(9)]

    assert (answers[-1].status, answers[-1].headers["Retry-After"]) == (403, "1")
    assert int(answers[-1].headers["x-ratelimit-remaining"]) > 4000  # it is not the first limit that is used up
    assert int(answers[0].headers["x-ratelimit-reset"]) == caller.clock.now + 3600
    caller.clock.now += 1
    assert caller.get(ISSUES).status == 200


def test_a_page_that_the_caller_has_is_not_sent_again(caller: Caller):
    etag = caller.get(ISSUES).headers["ETag"]

    answer = caller.get(ISSUES, If_None_Match=etag)

    assert (answer.status, answer.content) == (304, b"")


def test_commits_are_found_between_two_moments_both_included(caller: Caller):
    dates = [one["commit"]["committer"]["date"] for one in caller.get("/repos/acme/pipes/commits?per_page=100").body]

    found = caller.get(f"/repos/acme/pipes/commits?since={dates[9]}&until={dates[5]}").body

    assert [one["commit"]["committer"]["date"] for one in found] == dates[5:10]


def test_an_order_that_moves_while_it_is_read_loses_issues_and_the_order_of_creation_does_not():
    target = f"{ISSUES}?state=all&per_page=25&direction=asc&sort="

    by_update, by_creation = (numbers(caller_of(busy=True), target + order) for order in ("updated", "created"))

    assert len(set(by_update)) < 230
    assert sorted(by_creation) == list(range(1, 231))
