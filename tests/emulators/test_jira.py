import base64
from urllib.parse import quote, urlencode

import pytest

from emulators.jira import BURST, KEY, USER, Jira
from emulators.jira_data import EMBEDDED
from emulators.kit import Answer

from .caller import Caller, Clock

SEARCH = "/rest/api/3/search/jql"
ALL = 'updated >= "2020-01-01 00:00" ORDER BY updated ASC'


@pytest.fixture
def caller() -> Caller:
    clock = Clock()
    pair = base64.b64encode(f"{USER}:{KEY}".encode()).decode()
    return Caller(Jira(clock), clock, Authorization=f"Basic {pair}")


def search(jql: str = ALL, **more: str) -> str:
    return f"{SEARCH}?{urlencode({'jql': jql, 'maxResults': '100', **more}, quote_via=quote)}"


def behind(jql: str = ALL, **more: str):  # type: ignore[no-untyped-def]
    def follow(page: Answer) -> str | None:
        token = page.body.get("nextPageToken")
        return search(jql, nextPageToken=token, **more) if token else None

    return follow


def test_pages_are_shorter_than_asked_and_the_last_has_no_token(caller: Caller):
    pages = list(caller.walk(search(fields="*all", expand="changelog"), behind(fields="*all", expand="changelog")))

    assert len({one["id"] for page in pages for one in page.body["issues"]}) == len(caller.emulator.truth()["issues"])
    assert all(len(page.body["issues"]) < 100 for page in pages)
    assert [page.body["isLast"] for page in pages] == [False] * (len(pages) - 1) + [True]
    assert "nextPageToken" not in pages[-1].body
    assert not any("total" in page.body for page in pages)


@pytest.mark.parametrize(
    ("more", "keys"),
    [
        ({}, {"id", "key", "self"}),
        ({"fields": "summary"}, {"id", "key", "self", "fields"}),
        ({"fields": "*all", "expand": "changelog"}, {"id", "key", "self", "fields", "changelog"}),
    ],
)
def test_an_issue_has_just_what_is_asked_for(caller: Caller, more: dict[str, str], keys: set[str]):
    assert {name for issue in caller.get(search(**more)).body["issues"] for name in issue} == keys


def test_a_search_may_be_posted(caller: Caller):
    answer = caller.post(SEARCH, {"jql": ALL, "maxResults": 5, "fields": ["summary"]})

    assert set(answer.body["issues"][0]["fields"]) == {"summary"}


def test_bounds_are_minutes_in_the_time_zone_of_the_user(caller: Caller):
    issue = caller.get(search(fields="updated")).body["issues"][10]
    minute = issue["fields"]["updated"][:16].replace("T", " ")

    found = caller.get(search(f'updated >= "{minute}" ORDER BY updated ASC', fields="updated")).body["issues"]

    assert found[0]["fields"]["updated"][:16].replace("T", " ") == minute
    assert issue["fields"]["updated"][-5:] in ("-0500", "-0400")


@pytest.mark.parametrize(
    ("target", "status"),
    [
        (search("ORDER BY updated ASC"), 400),
        (search('updated >= "2025-01-01T00:00:00Z"'), 400),
        (search("colour = red"), 400),
        (search(nextPageToken="none"), 400),
        (search("project = WATER"), 200),
        ("/rest/api/3/search?jql=project=WATER", 410),
        ("/rest/api/3/issue/NONE-1/comment", 404),
    ],
)
def test_tells_what_is_wrong(caller: Caller, target: str, status: int):
    answer = caller.get(target)

    assert answer.status == status
    assert status == 200 or answer.body["errorMessages"]


def test_comments_are_cut_and_whole_at_their_own_endpoint(caller: Caller):
    whole = next(one for one in caller.emulator.truth()["issues"] if one["fields"]["comment"]["total"] == 45)
    shown = {
        one["id"]: one
        for page in caller.walk(search(fields="comment"), behind(fields="comment"))
        for one in page.body["issues"]
    }
    pages = [caller.get(f"/rest/api/3/issue/{whole['key']}/comment?startAt={at}").body for at in (0, 20, 40)]

    assert len(shown[whole["id"]]["fields"]["comment"]["comments"]) == EMBEDDED
    assert [one for page in pages for one in page["comments"]] == whole["fields"]["comment"]["comments"]
    assert {page["total"] for page in pages} == {45}


def test_projects_are_counted(caller: Caller):
    pages = [caller.get(f"/rest/api/3/project/search?startAt={at}").body for at in (0, 20)]

    assert [one for page in pages for one in page["values"]] == caller.emulator.truth()["projects"]
    assert [page["isLast"] for page in pages] == [False, True]


def test_a_burst_is_told_before_and_refused_after(caller: Caller):
    answers = [caller.get(search()) for _ in range(BURST + 1)]

    assert answers[0].headers["X-RateLimit-Remaining"] == str(BURST - 1)
    assert answers[BURST - 1].headers["X-RateLimit-NearLimit"] == "true"
    assert answers[0].headers["X-RateLimit-Reset"].endswith("Z")
    assert (answers[-1].status, answers[-1].headers["Retry-After"]) == (429, "1")
    assert answers[-1].headers["RateLimit-Reason"] == "jira-burst-based"


@pytest.mark.parametrize("authorization", ["", f"Bearer {KEY}", "Basic eA=="])
def test_a_wrong_login_is_refused(caller: Caller, authorization: str):
    assert caller.get(search(), Authorization=authorization).status == 401
