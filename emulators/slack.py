"""Slack's Web API: errors under 200, cursors that end with an empty text, and time stamps that no double can hold.

Served below `/api/` are `users.list`, `conversations.list`, `conversations.history` (newest first; `oldest`, `latest`,
`inclusive`) and `conversations.replies` (oldest first, the thread's own message at its head).

Apps that are sold, but not in the marketplace, get one page of `MOST` messages a minute; here that minute is a second,
and some pages pass before it begins. Pages of lists may be short, or empty, anywhere.
"""

import base64
import time
from decimal import Decimal, InvalidOperation
from typing import ClassVar

from .kit import Answer, Call, Clock, Emulator, Gate, Record, Refused
from .seeds import Seed

TOKEN = "xoxb-emulated-slack-token"
MOST = 15
LISTED = 20  # of a list's page; some of them may be left out of it afterwards
_METHODS = ("users.list", "conversations.list", "conversations.history", "conversations.replies")


class Slack(Emulator):
    """Channels, messages and threads: `ok: false` under 200, stamps of 16 digits, a tight limit."""

    name = "slack"
    base_path = "/api"
    secrets: ClassVar = {"HEADWATER_SECRET_SLACK_BOT_TOKEN": TOKEN}

    def __init__(self, clock: Clock = time.time) -> None:
        super().__init__(clock)
        self._lists = Gate(4, closed_seconds=1, clock=clock)
        self._messages = Gate(15, closed_seconds=1, clock=clock)
        self._users = [_user(n) for n in range(1, 56)]
        self._channels = [_channel(n) for n in range(1, 31)]
        self._history: dict[str, list[Record]] = {}  # oldest first
        self._threads: dict[tuple[str, str], list[Record]] = {}
        for number, channel in enumerate(self._joined()):
            self._history[channel["id"]] = _messages(channel, 70 if number == 0 else number % 5)
            for message in self._history[channel["id"]]:
                self._open_thread(channel, message)

    def answer(self, call: Call) -> Answer:
        """Return a page, or what is wrong, which has status 200 unless it is too many calls."""
        method = call.path.removeprefix("/api/")
        if method not in _METHODS:
            raise _refused("unknown_method", req_method=method)
        self._authorize(call)
        gate = self._messages if method in _METHODS[2:] else self._lists
        if gate.wait_seconds():
            raise Refused(Answer(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "1"}))
        if method == "users.list":
            return _listed(call, "members", self._users, self._users)
        if method == "conversations.list":
            return _listed(call, "channels", self._channels, self._kept(call))
        return self._history_page(call) if method == "conversations.history" else self._replies_page(call)

    def truth(self) -> dict[str, list[Record]]:
        """Return the records: messages with their channel, and each message of a thread with that thread, too."""
        messages = [
            {"_channels_id": name} | message for name, history in self._history.items() for message in reversed(history)
        ]
        return {
            "users": self._users,
            "channels": [channel for channel in self._channels if not channel["is_archived"]],
            "messages": messages,
            "replies": [one for (channel, ts) in self._threads for one in self._thread(channel, ts)],
        }

    def change(self) -> dict[str, list[Record]]:
        """Answer to a message of the last week, and post another."""
        channel = self._joined()[0]
        history = self._history[channel["id"]]
        asked = next(message for message in reversed(history) if "thread_ts" in message)
        stamp = f"{Decimal(int(self.clock())) + Decimal('0.000200')}"
        thread = self._threads[channel["id"], asked["ts"]]
        thread.append({"type": "message", "user": "U0001", "text": "done", "thread_ts": asked["ts"], "ts": stamp})
        asked |= {"reply_count": len(thread), "latest_reply": stamp}
        posted = {"type": "message", "user": "U0002", "text": "new", "ts": f"{Decimal(stamp) + Decimal('0.000019')}"}
        history.append(posted)
        return {
            "messages": [{"_channels_id": channel["id"]} | one for one in (asked, posted)],
            "replies": [one for one in self._thread(channel["id"], asked["ts"]) if one["ts"] in (asked["ts"], stamp)],
        }

    @staticmethod
    def _authorize(call: Call) -> None:
        given = call.headers.get("Authorization")
        if given is None:
            raise _refused("not_authed")
        if given != f"Bearer {TOKEN}":
            raise _refused("invalid_auth")

    def _joined(self) -> list[Record]:
        return [channel for channel in self._channels if channel["is_member"]]

    def _kept(self, call: Call) -> list[Record]:
        return [one for one in self._channels if call.one("exclude_archived") != "true" or not one["is_archived"]]

    def _open_thread(self, channel: Record, message: Record) -> None:
        if "thread_ts" in message:
            self._threads[channel["id"], message["ts"]] = _replies(message)

    def _thread(self, channel: str, ts: str) -> list[Record]:
        """Return a thread as the example lands it: with the two values by which it is asked for."""
        above = {"_messages_channels_id": channel, "_messages_thread_ts": ts}
        head = next(message for message in self._history[channel] if message["ts"] == ts)
        return [above | one for one in (head, *self._threads[channel, ts])]

    def _history_page(self, call: Call) -> Answer:
        history = self._of_channel(call)
        found = _between(call, list(reversed(history)))
        part, after = _part(call, found, roughly=True)
        body: Record = {"ok": True, "messages": part, "has_more": after is not None, "pin_count": 0}
        return Answer(200, body | {"response_metadata": {"next_cursor": after or ""}})

    def _replies_page(self, call: Call) -> Answer:
        history, ts = self._of_channel(call), call.one("ts") or ""
        head = next((message for message in history if message["ts"] == ts), None)
        if head is None:
            raise _refused("thread_not_found")
        replies = self._threads.get((call.one("channel") or "", ts), [])
        part, after = _part(call, _between(call, [head, *replies]))
        # Without a next page there is no `response_metadata` at all.
        rest = {"response_metadata": {"next_cursor": after}} if after else {}
        return Answer(200, {"ok": True, "messages": part, "has_more": after is not None} | rest)

    def _of_channel(self, call: Call) -> list[Record]:
        channel = next((one for one in self._channels if one["id"] == call.one("channel")), None)
        if channel is None:
            raise _refused("channel_not_found")
        if not channel["is_member"]:
            raise _refused("not_in_channel")
        return self._history[channel["id"]]


def _between(call: Call, messages: list[Record]) -> list[Record]:
    """Return the messages between `oldest` and `latest`; those that stand there only with `inclusive`."""
    low, high = _stamp(call.one("oldest") or "0"), _stamp(call.one("latest") or "99999999999")
    if call.one("inclusive") in ("true", "1"):
        return [one for one in messages if low <= Decimal(one["ts"]) <= high]
    return [one for one in messages if low < Decimal(one["ts"]) < high]


def _stamp(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise _refused("invalid_arguments") from None


def _part(call: Call, messages: list[Record], *, roughly: bool = False) -> tuple[list[Record], str | None]:
    """Return a page and the cursor of the next; `roughly` makes every second page shorter than was asked for."""
    start = _start(call)
    size = min(call.whole("limit", 100), MOST)
    end = start + (max(1, size - 4) if roughly and start % 2 else size)
    return messages[start:end], _cursor(end) if end < len(messages) else None


def _listed(call: Call, name: str, records: list[Record], kept: list[Record]) -> Answer:
    """Return a page of a list, from which what is not wanted goes away only after it was cut: it may be empty."""
    start = _start(call)
    end = start + min(call.whole("limit", LISTED), LISTED)
    part = [one for one in records[start:end] if one in kept]
    after = _cursor(end) if end < len(records) else ""
    return Answer(200, {"ok": True, name: part, "response_metadata": {"next_cursor": after}})


def _start(call: Call) -> int:
    try:
        return int(base64.b64decode(call.one("cursor") or "").decode().removeprefix("next:") or 0)
    except ValueError:
        raise _refused("invalid_cursor") from None


def _cursor(start: int) -> str:
    return base64.b64encode(f"next:{start}".encode()).decode()


def _refused(error: str, **more: str) -> Refused:
    return Refused(Answer(200, {"ok": False, "error": error} | more))


def _user(number: int) -> Record:
    seed = Seed(f"slack user {number}")
    profile = {"real_name": seed.person(), "email": f"u{number}@example.org", "status_emoji": seed.pick(("", ":tada:"))}
    return {
        "id": f"U{number:04}",
        "name": f"user{number}",
        "deleted": seed.chance(0.1),
        "profile": profile,
        "tz_offset": -25200,
    }


def _channel(number: int) -> Record:
    """Return a channel; the first twenty are archived, so that a page of the list may be empty without them."""
    seed = Seed(f"slack channel {number}")
    is_archived = number <= LISTED
    return {
        "id": f"C{number:04}{seed.code(4).upper()}",
        "name": f"{seed.words(1)}-{number}",
        "is_archived": is_archived,
        "is_member": not is_archived and number != LISTED + 4,
        "created": 1_700_000_000 + number,
        "topic": {"value": seed.words(3), "creator": "U0001", "last_set": 0},
        "previous_names": seed.some(("old", "older"), 2),
        "num_members": seed.whole(1, 50),
    }


def _messages(channel: Record, count: int) -> list[Record]:
    seed = Seed(f"slack messages {channel['id']}")
    epochs = seed.epochs(count)
    stamps = [f"{epoch}.{seed.whole(0, 999_999):06}" for epoch in epochs]
    return [_message(seed, stamp, number == 3 or seed.chance(0.15)) for number, stamp in enumerate(stamps)]


def _message(seed: Seed, stamp: str, has_thread: bool) -> Record:
    block = {"type": "rich_text", "block_id": seed.code(4), "elements": [{"type": "text", "text": seed.words(2)}]}
    message = {
        "type": "message",
        "user": f"U{seed.whole(1, 55):04}",
        "text": seed.words(seed.whole(1, 6)),
        "ts": stamp,
        "blocks": [block] * seed.whole(0, 1),
        "reactions": [{"name": "eyes", "count": 2, "users": ["U0001", "U0002"]}] * seed.whole(0, 1),
    }
    return message | ({"thread_ts": stamp, "reply_users": ["U0003"]} if has_thread else {})


def _replies(message: Record) -> list[Record]:
    seed = Seed(f"slack replies {message['ts']}")
    count = 40 if seed.chance(0.2) else seed.whole(1, 4)
    message |= {"reply_count": count}
    return [
        {
            "type": "message",
            "user": f"U{seed.whole(1, 55):04}",
            "text": seed.words(3),
            "thread_ts": message["ts"],
            "parent_user_id": message["user"],
            "ts": f"{Decimal(message['ts']) + n + Decimal('0.000001')}",
        }
        for n in range(1, count + 1)
    ]
