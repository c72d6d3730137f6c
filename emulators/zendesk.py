"""Zendesk Support: cursor pages, offset pages, and the incremental exports with their own, tighter limit.

Served below `/api/v2/` are `users` (`page[size]`, `page[after]`), `organizations` (`page`, `per_page`),
`incremental/tickets/cursor` (`start_time`, then `cursor`), `incremental/users` (time-based, whose pages overlap) and
`tickets/{id}/comments`. A name may end with `.json`. A deleted ticket is still exported, but has no comments any more.

The exports allow ten requests a minute; here they are closed for a second instead of the rest of the minute.
"""

import base64
import re
import time
from typing import ClassVar

from .kit import Answer, Call, Clock, Emulator, Gate, Record, Refused
from .moments import iso
from .seeds import Seed, found

USER, KEY = "ops@example.org", "emulated-zendesk-token"
EXPORTED = 50  # tickets in a page of the export; 1,000 in real life
OVERLAP = 2  # records of a time-based export's page that the next page repeats
_PREFIX = "/api/v2"


class Zendesk(Emulator):
    """Support tickets: exports that never show the last minute, deleted tickets, three ways of paging."""

    name = "zendesk"
    base_path = _PREFIX
    secrets: ClassVar = {"HEADWATER_SECRET_ZENDESK_API_TOKEN": KEY}

    def __init__(self, clock: Clock = time.time) -> None:
        super().__init__(clock)
        self._account = Gate(100, closed_seconds=1, clock=clock)
        self._exports = Gate(3, closed_seconds=1, clock=clock)
        self._users = [_user(n, made) for n, made in enumerate(Seed("zendesk users").epochs(120), 1)]
        self._organizations = [_organization(n, made) for n, made in enumerate(Seed("zendesk orgs").epochs(105), 1)]
        self._tickets = [_ticket(n, made) for n, made in enumerate(Seed("zendesk tickets").epochs(110), 1)]
        self._comments = {ticket["id"]: _comments(ticket) for ticket in self._tickets}

    def answer(self, call: Call) -> Answer:
        """Return a page, or the API's own error."""
        self._authorize(call)
        path = call.path.removeprefix(_PREFIX + "/").removesuffix(".json")
        gate = self._exports if path.startswith("incremental/") else self._account
        wait, headers = gate.wait_seconds(), self._rate(gate)
        if wait:
            told = "Number of allowed API requests per minute exceeded"  # plain text, as it is in real life
            raise Refused(Answer(429, told, headers | {"Retry-After": str(max(1, round(wait)))}))
        return Answer(200, self._page(call, path), headers)

    def truth(self) -> dict[str, list[Record]]:
        """Return the records, comments with the id of their ticket."""
        comments = [
            {"_tickets_id": ticket["id"]} | one for ticket in self._alive() for one in self._comments[ticket["id"]]
        ]
        return {
            "users": self._users,
            "organizations": self._organizations,
            "tickets": self._tickets,
            "comments": comments,
        }

    def change(self) -> dict[str, list[Record]]:
        """Delete a ticket, open one, and let a minute pass before either is exported."""
        now = int(self.clock())
        self._tickets[8] |= {"status": "deleted", "updated_at": iso(now), "generated_timestamp": now}
        opened = _ticket(900, now)
        self._tickets.append(opened)
        self._comments[opened["id"]] = _comments(opened)
        comments = [{"_tickets_id": opened["id"]} | one for one in self._comments[opened["id"]]]
        return {"tickets": [self._tickets[8], opened], "comments": comments}

    def _authorize(self, call: Call) -> None:
        pair = base64.b64encode(f"{USER}/token:{KEY}".encode()).decode()
        if call.headers.get("Authorization") not in (f"Basic {pair}", f"Bearer {KEY}"):
            raise Refused(Answer(401, {"error": "Couldn't authenticate you"}, {"WWW-Authenticate": "Basic"}))

    @staticmethod
    def _rate(gate: Gate) -> dict[str, str]:
        limit, remaining = str(gate.calls), str(gate.remaining)
        own = {"X-Rate-Limit": limit, "X-Rate-Limit-Remaining": remaining}
        return own | {"ratelimit-limit": limit, "ratelimit-remaining": remaining, "ratelimit-reset": "1"}

    def _alive(self) -> list[Record]:
        return [ticket for ticket in self._tickets if ticket["status"] != "deleted"]

    def _page(self, call: Call, path: str) -> Record:
        comments = re.fullmatch(r"tickets/(\d+)/comments", path)
        if call.method != "GET":
            raise _refused(404, "InvalidEndpoint", "Not found")
        if path == "users":
            return _behind_cursor(call, "users", self._users)
        if path == "organizations":
            return _numbered(call, "organizations", self._organizations)
        if path == "incremental/tickets/cursor":
            return self._exported_tickets(call)
        if path == "incremental/users":
            return self._exported_users(call)
        if comments and found(self._alive(), "id", int(comments[1])) is not None:
            return _behind_cursor(call, "comments", self._comments[int(comments[1])])
        raise _refused(404, "RecordNotFound" if comments else "InvalidEndpoint", "Not found")

    def _exported_tickets(self, call: Call) -> Record:
        """Return tickets in the order in which they changed, from a place that stays good for ever."""
        tickets = sorted(self._tickets, key=lambda one: (one["generated_timestamp"], one["id"]))
        tickets = [one for one in tickets if one["generated_timestamp"] <= self.clock() - 60]
        place = self._place(call)
        rest = [one for one in tickets if (one["generated_timestamp"], one["id"]) > place]
        part = rest[: min(call.whole("per_page", 1000), EXPORTED)]
        last = (part[-1]["generated_timestamp"], part[-1]["id"]) if part else place
        cursor = base64.b64encode(f"{last[0]}.0||{last[1]}|".encode()).decode()
        url = f"{call.origin}{_PREFIX}/incremental/tickets/cursor.json?cursor={cursor}"
        after = {"after_url": url, "after_cursor": cursor, "before_url": None, "before_cursor": None}
        return {"tickets": part, **after, "end_of_stream": len(part) == len(rest)}

    def _place(self, call: Call) -> tuple[int, int]:
        if cursor := call.one("cursor"):
            try:
                moment, identity = base64.b64decode(cursor).decode().rstrip("|").split(".0||")
                return int(moment), int(identity)
            except ValueError:
                raise _refused(422, "InvalidValue", "cursor is not valid") from None
        return self._start_time(call), -1

    def _start_time(self, call: Call) -> int:
        text = call.one("start_time") or ""
        if not text.isdecimal():
            raise _refused(422, "InvalidValue", "start_time is required and must be epoch seconds")
        if int(text) > self.clock() - 60:
            raise _refused(422, "StartTimeTooRecent", "start_time must be more than one minute ago")
        return int(text)

    def _exported_users(self, call: Call) -> Record:
        start = self._start_time(call)
        dated = [(1_735_689_600 + 1000 * one["id"], one) for one in self._users]
        rest = [pair for pair in dated if pair[0] >= start]
        part = rest[:EXPORTED]
        is_end = len(part) == len(rest)
        end = part[-1][0] if is_end and part else part[-OVERLAP][0] if part else start
        url = f"{call.origin}{_PREFIX}/incremental/users.json?start_time={end}"
        body = {"users": [one for _, one in part], "count": len(part), "end_time": end}
        return body | {"next_page": url, "end_of_stream": is_end}


def _behind_cursor(call: Call, name: str, records: list[Record]) -> Record:
    size = min(call.whole("page[size]", 100), 100)
    after = call.one("page[after]")
    try:
        start = int(base64.b64decode(after)) if after else 0
    except ValueError:
        raise _refused(400, "InvalidPaginationParameter", "page[after] is not valid") from None
    more = start + size < len(records)
    cursors = [base64.b64encode(str(at).encode()).decode() for at in (start + size, max(0, start - size))]
    meta = {
        "has_more": more,
        "after_cursor": cursors[0] if more else None,
        "before_cursor": cursors[1] if start else None,
    }
    links = [f"{call.origin}{call.path}?page%5Bsize%5D={size}&page%5B{to}%5D=" for to in ("after", "before")]
    following = {"next": links[0] + cursors[0] if more else None, "prev": links[1] + cursors[1] if start else None}
    return {name: records[start : start + size], "meta": meta, "links": following}


def _numbered(call: Call, name: str, records: list[Record]) -> Record:
    size, page = min(call.whole("per_page", 100), 100), max(call.whole("page", 1), 1)
    if page > 100:
        raise _refused(400, "InvalidPaginationDepth", "Number of pages may not exceed 100; use cursor pagination")
    here = f"{call.origin}{call.path}?per_page={size}&page="
    following = f"{here}{page + 1}" if page * size < len(records) else None
    previous = f"{here}{page - 1}" if page > 1 else None
    part = records[(page - 1) * size : page * size]
    return {name: part, "next_page": following, "previous_page": previous, "count": len(records)}


def _refused(status: int, error: str, told: str, headers: dict[str, str] | None = None) -> Refused:
    return Refused(Answer(status, {"error": error, "description": told}, headers or {}))


def _user(number: int, made: float) -> Record:
    seed = Seed(f"zendesk user {number}")
    return {
        "id": 40_000 + number,
        "name": seed.person(),
        "email": f"u{number}@example.org",
        "role": seed.pick(("end-user", "end-user", "agent")),
        "organization_id": seed.pick((None, 30_000 + seed.whole(1, 105))),
        "created_at": iso(made),
        "user_fields": {"tier": seed.pick((None, "gold")), "seats": seed.whole(0, 9)},
        "tags": seed.some(("vip", "beta"), 2),
    }


def _organization(number: int, made: float) -> Record:
    seed = Seed(f"zendesk organization {number}")
    return {
        "id": 30_000 + number,
        "name": f"{seed.words(1).title()} {number}",
        "domain_names": [f"o{number}.example.org"],
        "created_at": iso(made),
    }


def _ticket(number: int, made: float) -> Record:
    seed = Seed(f"zendesk ticket {number}")
    fields = [{"id": 360_000_000_000 + n, "value": seed.pick((None, "yes", "745"))} for n in range(3)]
    via = {
        "channel": seed.pick(("web", "email")),
        "source": {"from": {"address": "u@example.org"}, "to": {}, "rel": None},
    }
    return {
        "id": number,
        "subject": seed.words(4),
        "status": "deleted" if number % 40 == 0 else seed.pick(("open", "pending", "solved")),
        "priority": seed.pick((None, "high")),
        "requester_id": 40_000 + seed.whole(1, 120),
        "collaborator_ids": [40_000 + seed.whole(1, 120) for _ in range(seed.whole(0, 3))],
        "tags": seed.some(("billing", "leak", "outage"), 3),
        "custom_fields": fields,
        "via": via,
        "satisfaction_rating": {"score": "unoffered"},
        "created_at": iso(made),
        "updated_at": iso(made),
        "generated_timestamp": int(made),
    }


def _comments(ticket: Record) -> list[Record]:
    seed = Seed(f"zendesk comments {ticket['id']}")
    return [
        {
            "id": ticket["id"] * 1000 + n,
            "body": seed.words(6),
            "public": seed.chance(0.8),
            "author_id": ticket["requester_id"],
            "attachments": [{"id": ticket["id"] * 1000 + n, "file_name": "leak.jpg", "size": 2048}] * seed.whole(0, 1),
            "created_at": ticket["created_at"],
        }
        for n in range(seed.whole(1, 3))
    ]
