import pytest

from emulators.kit import Answer, Record
from emulators.slack import MOST, TOKEN, Slack

from .caller import Caller, Clock


@pytest.fixture
def caller() -> Caller:
    clock = Clock()
    return Caller(Slack(clock), clock, Authorization=f"Bearer {TOKEN}")


def channel(caller: Caller) -> str:
    return str(caller.emulator.truth()["messages"][0]["_channels_id"])


def messages(caller: Caller) -> list[Record]:
    """Return the messages of the first channel, newest first, as the API shows them."""
    all_of_them = caller.emulator.truth()["messages"]
    return [
        {name: value for name, value in one.items() if name != "_channels_id"}
        for one in all_of_them
        if one["_channels_id"] == channel(caller)
    ]


def following(page: Answer) -> str:
    return str(page.body.get("response_metadata", {}).get("next_cursor", ""))


def test_a_history_is_newest_first_and_ends_with_an_empty_cursor(caller: Caller):
    start = f"/api/conversations.history?channel={channel(caller)}&limit=200"

    pages = list(caller.walk(start, lambda page: following(page) and f"{start}&cursor={following(page)}"))

    assert [one for page in pages for one in page.body["messages"]] == messages(caller)
    assert [page.body["has_more"] for page in pages] == [True] * (len(pages) - 1) + [False]
    assert pages[-1].body["response_metadata"] == {"next_cursor": ""}


def test_a_page_may_be_shorter_than_was_asked_for_before_the_end(caller: Caller):
    start = f"/api/conversations.history?channel={channel(caller)}"
    first = caller.get(start)

    second = caller.get(f"{start}&cursor={following(first)}")

    assert (len(first.body["messages"]), len(second.body["messages"])) == (MOST, MOST - 4)
    assert second.body["has_more"]


def test_a_list_may_have_an_empty_page_that_leads_on(caller: Caller):
    first = caller.get("/api/conversations.list?exclude_archived=true")
    second = caller.get(f"/api/conversations.list?exclude_archived=true&cursor={following(first)}")

    assert (first.body["channels"], bool(following(first))) == ([], True)
    assert second.body["channels"] == caller.emulator.truth()["channels"]
    assert following(second) == ""


@pytest.mark.parametrize(("inclusive", "count"), [("", 2), ("&inclusive=true", 4), ("&inclusive=0", 2)])
def test_bounds_are_left_out_unless_they_are_inclusive(caller: Caller, inclusive: str, count: int):
    latest, oldest = messages(caller)[5]["ts"], messages(caller)[8]["ts"]

    found = caller.get(
        f"/api/conversations.history?channel={channel(caller)}&oldest={oldest}&latest={latest}{inclusive}"
    )

    assert len(found.body["messages"]) == count


def test_a_thread_begins_with_the_message_that_it_hangs_on(caller: Caller):
    head = next(one for one in messages(caller) if one.get("reply_count", 0) > MOST)
    start = f"/api/conversations.replies?channel={channel(caller)}&ts={head['ts']}"

    pages = list(caller.walk(start, lambda page: following(page) and f"{start}&cursor={following(page)}"))

    found = [one for page in pages for one in page.body["messages"]]
    assert found[0] == head
    assert len(found) == 1 + head["reply_count"]
    assert {one["thread_ts"] for one in found} == {head["ts"]}
    assert "response_metadata" not in pages[-1].body


def test_a_message_without_a_thread_is_alone_in_its_thread(caller: Caller):
    plain = next(one for one in messages(caller) if "thread_ts" not in one)

    assert caller.get(f"/api/conversations.replies?channel={channel(caller)}&ts={plain['ts']}").body == {
        "ok": True,
        "messages": [plain],
        "has_more": False,
    }


def test_no_double_can_hold_a_stamp(caller: Caller):
    stamps = [one["ts"] for one in messages(caller)]

    assert all(len(stamp) == 17 for stamp in stamps)
    assert any(f"{float(stamp)}" != stamp for stamp in stamps)


@pytest.mark.parametrize(
    ("target", "error"),
    [
        ("/api/none", "unknown_method"),
        ("/api/conversations.history", "channel_not_found"),
        ("/api/conversations.history?channel=C0024", "channel_not_found"),
        ("/api/conversations.history?channel={aside}", "not_in_channel"),
        ("/api/conversations.replies?channel={channel}&ts=1.000001", "thread_not_found"),
        ("/api/users.list?cursor=x", "invalid_cursor"),
        ("/api/conversations.history?channel={channel}&oldest=yesterday", "invalid_arguments"),
    ],
)
def test_what_is_wrong_has_status_200(caller: Caller, target: str, error: str):
    aside = next(one["id"] for one in caller.emulator.truth()["channels"] if not one["is_member"])

    answer = caller.get(target.format(channel=channel(caller), aside=aside))

    assert answer.status == 200
    assert (answer.body["ok"], answer.body["error"]) == (False, error)


def test_a_wrong_token_has_status_200_too(caller: Caller):
    assert caller.get("/api/users.list", Authorization="Bearer wrong").body == {"ok": False, "error": "invalid_auth"}
    caller.headers = {}
    assert caller.get("/api/users.list").body["error"] == "not_authed"


def test_too_many_calls_are_told_by_429_and_whole_seconds(caller: Caller):
    answers = [caller.get(f"/api/conversations.history?channel={channel(caller)}") for _ in range(16)]

    assert [answer.status for answer in answers] == [200] * 15 + [429]
    assert (answers[-1].headers["Retry-After"], answers[-1].body["error"]) == ("1", "ratelimited")
    assert caller.get("/api/users.list").status == 200  # the limit of one method is not that of another


def test_a_change_shows_in_the_message_that_was_answered(caller: Caller):
    changed = caller.emulator.change()

    asked, posted = changed["messages"]
    assert asked["latest_reply"] == changed["replies"][-1]["ts"]
    assert float(posted["ts"]) > float(asked["latest_reply"]) > float(asked["ts"])
