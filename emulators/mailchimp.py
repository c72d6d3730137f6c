"""Mailchimp's Marketing API 3.0: `count` and `offset`, links on everything, and ten connections at once.

Served below `/3.0/` are `lists`, `lists/{id}/members` (`since_last_changed`, `before_last_changed`), `campaigns`
(`since_create_time`) and, with `exclude_fields`, any of them without what nobody needs. The id of a member is the MD5
of the address, so that one person has the same id in two lists.

A page has at most 1,000 records in real life, here `MOST`. A user's other programs have connections, too: at times they
take all ten for a moment, and no header says for how long.
"""

import base64
import hashlib
import re
import time
from threading import Lock
from typing import ClassVar

from .kit import Answer, Call, Clock, Emulator, Gate, Record, Refused
from .moments import YEAR_2025, epoch_of, iso
from .seeds import Seed

KEY = "0123456789emulated-us21"
MOST = 40
CONNECTIONS = 10


class Mailchimp(Emulator):
    """Audiences and campaigns: links on everything, the same id in two lists, a limit of connections."""

    name = "mailchimp"
    base_path = "/3.0"
    secrets: ClassVar = {"HEADWATER_SECRET_MAILCHIMP_API_KEY": KEY}

    def __init__(self, clock: Clock = time.time) -> None:
        super().__init__(clock)
        self._taken = Gate(8, closed_seconds=0.4, clock=clock)
        self._counting = Lock()
        self.open_connections = 0
        self._lists = [_list(n) for n in range(1, 13)]
        self._members = {one["id"]: _members(one["id"], n) for n, one in enumerate(self._lists)}
        self._campaigns = [_campaign(n, made) for n, made in enumerate(Seed("mailchimp campaigns").epochs(95), 1)]

    def respond(self, call: Call) -> Answer:
        """Return the answer to a call; one call too many at the same time is refused."""
        with self._counting:
            self.open_connections += 1
            is_too_many = self.open_connections > CONNECTIONS
        try:
            return _busy() if is_too_many else super().respond(call)
        finally:
            with self._counting:
                self.open_connections -= 1

    def answer(self, call: Call) -> Answer:
        """Return a page, or the API's own error."""
        scheme, _, pair = (call.headers.get("Authorization") or "").partition(" ")
        if scheme != "Basic" or _password(pair) != KEY:
            raise _refused(
                401,
                "API Key Invalid",
                "Your API key may be invalid, or you've attempted to access the wrong datacenter.",
            )
        if self._taken.wait_seconds():
            return _busy()
        members = re.fullmatch(r"/3\.0/lists/(\w+)/members", call.path)
        if call.method != "GET":
            raise _refused(405, "Method Not Allowed", "The requested method and resource are not compatible.")
        if call.path == "/3.0/lists":
            page = _page(call, "lists", self._lists)
        elif call.path == "/3.0/campaigns":
            page = _page(call, "campaigns", self._found(call, self._campaigns, "create_time", "since_create_time", ""))
        elif members and members[1] in self._members:
            of = self._members[members[1]]
            page = _page(
                call, "members", self._found(call, of, "last_changed", "since_last_changed", "before_last_changed")
            )
            page["list_id"] = members[1]
        else:
            raise _refused(404, "Resource Not Found", "The requested resource could not be found.")
        excluded = [name.split(".") for name in (call.one("exclude_fields") or "").split(",")]
        return Answer(200, _without(_linked(page, call), excluded))

    def truth(self) -> dict[str, list[Record]]:
        """Return the records without their links; members with the id of their list."""
        return {
            "lists": self._lists,
            "members": [{"_lists_id": name} | one for name, members in self._members.items() for one in members],
            "campaigns": self._campaigns,
        }

    def change(self) -> dict[str, list[Record]]:
        """Unsubscribe somebody of one list, who stays in another, and let somebody in."""
        now = _stamp(self.clock())
        here = self._members[self._lists[0]["id"]]
        left, new = here[3], _member("late@example.org", 7)
        left |= {"status": "unsubscribed", "last_changed": now}
        here.append(new | {"last_changed": now})
        return {"members": [{"_lists_id": self._lists[0]["id"]} | one for one in (left, here[-1])]}

    def _found(self, call: Call, records: list[Record], field: str, since: str, before: str) -> list[Record]:
        """Return the records after one moment and before another, both of them left out, in the order asked for."""
        low, high = _bound(call, since), _bound(call, before)
        found = [
            one
            for one in records
            if (low is None or _moment(one, field) > low) and (high is None or _moment(one, field) < high)
        ]
        if call.one("sort_field") == field:
            found.sort(key=lambda one: _moment(one, field), reverse=call.one("sort_dir") == "DESC")
        return found


def _bound(call: Call, name: str) -> float | None:
    text = call.one(name) if name else None
    if text is None:
        return None
    moment = epoch_of(text)
    if moment is None:
        raise _refused(400, "Invalid Resource", f"The `{name}` parameter must be an ISO 8601 date and time.")
    return moment


def _moment(record: Record, field: str) -> float:
    return epoch_of(record[field]) or 0


def _page(call: Call, name: str, records: list[Record]) -> Record:
    start, count = call.whole("offset", 0), min(call.whole("count", 10), MOST)
    return {name: records[start : start + count], "total_items": len(records)}


def _linked(page: Record, call: Call) -> Record:
    """Return a page with the links that everything of this API has."""
    kept = {
        name: [one | {"_links": _links(call, one["id"])} for one in value] if isinstance(value, list) else value
        for name, value in page.items()
    }
    return kept | {"_links": _links(call, "")}


def _links(call: Call, identity: str) -> list[Record]:
    here = f"{call.origin}{call.path}/{identity}".rstrip("/")
    schema = "https://us21.api.mailchimp.com/schema/3.0/Definitions/Root/Response.json"
    return [{"rel": rel, "href": here, "method": "GET", "targetSchema": schema} for rel in ("self", "parent")]


def _without(value: Record, names: list[list[str]]) -> Record:
    """Return an object without the members whose dotted names are given; a name leads through arrays, too."""
    kept = {}
    for key, inner in value.items():
        below = [name[1:] for name in names if name[0] == key]
        if [] in below:
            continue
        if below and isinstance(inner, list):
            inner = [_without(one, below) for one in inner]
        elif below and isinstance(inner, dict):
            inner = _without(inner, below)
        kept[key] = inner
    return kept


def _password(pair: str) -> str:
    try:
        return base64.b64decode(pair, validate=True).decode().partition(":")[2]
    except ValueError:
        return ""


def _busy() -> Answer:
    return _refused(
        429, "Too Many Requests", f"You have exceeded the limit of {CONNECTIONS} simultaneous connections."
    ).answer


def _refused(status: int, title: str, detail: str) -> Refused:
    about = "https://mailchimp.com/developer/marketing/docs/errors/"
    body = {"type": about, "title": title, "status": status, "detail": detail, "instance": "emulated"}
    return Refused(Answer(status, body, {"Content-Type": "application/problem+json; charset=utf-8"}))


def _stamp(epoch: float) -> str:
    return iso(epoch).replace("Z", "+00:00")


def _list(number: int) -> Record:
    seed = Seed(f"mailchimp list {number}")
    contact = {"company": seed.words(2), "address1": "", "city": seed.words(1), "country": "US"}
    rates = {"open_rate": seed.money(60), "click_rate": seed.whole(0, 9), "last_sub_date": ""}
    return {
        "id": f"{number:02}{seed.code(8).lower()}",
        "web_id": 1000 + number,
        "name": seed.words(2).title(),
        "contact": contact,
        "date_created": _stamp(YEAR_2025 + number),
        "stats": rates,
        "modules": [],
    }


def _members(list_id: str, number: int) -> list[Record]:
    """Return the members of a list; the first ten people are in every list."""
    count = 90 if number == 0 else 10 + number
    addresses = [f"M{n if n < 10 else f'{list_id}.{n}'}@example.org" for n in range(count)]
    return [_member(address, n) for n, address in enumerate(addresses)]


def _member(address: str, number: int) -> Record:
    seed = Seed(f"mailchimp member {address}")
    # The first changed on the very second at which the example begins to read.
    changed = _stamp(YEAR_2025 + seed.whole(0, 180 * 86_400) * bool(number))
    first, _, last = seed.person().partition(" ")
    return {
        "id": hashlib.md5(address.lower().encode(), usedforsecurity=False).hexdigest(),
        "email_address": address,
        "status": seed.pick(("subscribed", "subscribed", "cleaned", "pending")),
        "merge_fields": {"FNAME": first, "LNAME": last, "BIRTHDAY": seed.pick(("", "03/14")), "MMERGE7": ""},
        "interests": {f"a{n}{'bcdef'[n]}1e2": seed.chance(0.5) for n in range(4)},
        "stats": {"avg_open_rate": seed.money(1), "avg_click_rate": 0},
        "location": {"latitude": 0, "longitude": 0, "country_code": seed.pick(("", "US"))},
        "vip": seed.chance(0.1),
        "tags_count": 1,
        "tags": [{"id": 100 + number % 3, "name": f"tag {number % 3}"}],
        "last_changed": changed,
    }


def _campaign(number: int, made: float) -> Record:
    seed = Seed(f"mailchimp campaign {number}")
    return {
        "id": seed.code(10).lower(),
        "web_id": 7000 + number,
        "type": "regular",
        "create_time": _stamp(made),
        "status": seed.pick(("save", "sent")),
        "emails_sent": seed.whole(0, 5000),
        "send_time": "",
        "recipients": {"list_is_active": True, "recipient_count": seed.whole(0, 5000)},
        "settings": {"subject_line": seed.words(5), "from_name": seed.person(), "reply_to": ""},
    }
