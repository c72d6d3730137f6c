"""Socrata's open data: SODA 2.1 and 3, numbers as texts, no field where there is no value, no order unless asked for.

Served are `GET /resource/{dataset}.json` (`$limit`, `$offset`, `$order`, `$where`, `$select`) for `permits`, `payments`
and `complaints`, and, with an app token, `POST /api/v3/views/{dataset}/query.json` (`query`, `page`).

A page has 1,000 rows unless more are asked for; here it never has more than `MOST`. A dataset that nobody looked at for
a while is made ready first: the answer is 202, and the rows come when it is asked for again. Who has an app token is
seldom refused, and then without a word on how long to wait.
"""

import json
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar

from .kit import Answer, Call, Clock, Emulator, Gate, Record, Refused
from .moments import epoch_of, iso
from .seeds import Seed
from .signs import HOLDS

TOKEN = "emulatedSocrataAppToken"
MOST = 50
DATASETS = {"permits": "ydr8-5enu", "payments": "s4vu-giwb", "complaints": "erm2-nwe9"}
_CONDITION = re.compile(r"(:?\w+)\s*(>=|<=|>|<|=)\s*'([^']*)'")
_TYPES = {"permits": "row_identifier,text,number,location", "payments": "text,number", "complaints": "text,url"}


class Socrata(Emulator):
    """Open data: absent nulls, numbers as texts, an order only for those who ask for one."""

    name = "socrata"
    secrets: ClassVar = {"HEADWATER_SECRET_SOCRATA_APP_TOKEN": TOKEN}

    def __init__(self, clock: Clock = time.time) -> None:
        super().__init__(clock)
        self._pool = Gate(12, closed_seconds=0.4, clock=clock)
        self._ready: set[str] = set()
        self._rows = {
            "permits": [_permit(n, made) for n, made in enumerate(Seed("socrata permits").epochs(230), 1)],
            "payments": [_payment(n, made) for n, made in enumerate(Seed("socrata payments").epochs(150), 1)],
            "complaints": [_complaint(n, made) for n, made in enumerate(Seed("socrata complaints").epochs(100), 1)],
        }

    def answer(self, call: Call) -> Answer:
        """Return rows, or the API's own error."""
        token = call.headers.get("X-App-Token") or call.one("$$app_token")
        if token not in (None, TOKEN):
            raise _refused(403, "permission_denied", "Invalid app_token specified")
        if self._pool.wait_seconds():
            raise _refused(429, "too_many_requests", "Too many requests; please use an app token")
        old = re.fullmatch(r"/resource/([\w-]+)\.json", call.path)
        new = re.fullmatch(r"/api/v3/views/([\w-]+)/query\.json", call.path)
        found = old or new
        name = next((name for name, identity in DATASETS.items() if found and found[1] == identity), None)
        if found is None or name is None:
            raise _refused(404, "dataset.missing", "Cannot find view with id")
        if new and token is None:
            raise _refused(403, "permission_denied", "You must be logged in or provide an app token")
        if name == "payments" and name not in self._ready:
            self._ready.add(name)
            return Answer(202, {"code": "accepted", "error": False, "message": "The request is being processed"})
        rows = self._asked(call, name) if old else self._queried(call, name)
        return Answer(200, rows, {"X-SODA2-Types": json.dumps(_TYPES[name].split(","))} if old else {})

    def truth(self) -> dict[str, list[Record]]:
        """Return the rows as the example selects them."""
        return {
            "permits": self._rows["permits"],
            "payments": [_chosen(row, ":id,*") for row in self._rows["payments"]],
            "complaints": [_chosen(row, "*") for row in self._rows["complaints"]],
        }

    def change(self) -> dict[str, list[Record]]:
        """Close a permit and issue one."""
        now = self.clock()
        closed, issued = self._rows["permits"][8], _permit(900, now)
        closed |= {"status": "closed", ":updated_at": _stamp(now), ":version": "rv-closed"}
        self._rows["permits"].append(issued)
        return {"permits": [closed, issued]}

    def _asked(self, call: Call, name: str) -> list[Record]:
        rows = [row for row in self._rows[name] if _condition(call.one("$where"))(row)]
        rows = _ordered(rows, call.one("$order"), seed=f"{name} {call.one('$offset')}")
        start = _number(call, "$offset", 0)
        part = rows[start : start + min(_number(call, "$limit", 1000), MOST)]
        return [_chosen(row, call.one("$select") or "*") for row in part]

    def _queried(self, call: Call, name: str) -> list[Record]:
        asked = call.json if isinstance(call.json, dict) else {}
        found = re.fullmatch(r"SELECT (.+?)(?: WHERE (.+?))?(?: ORDER BY (.+))?", str(asked.get("query") or "SELECT *"))
        page = asked.get("page") or {}
        number, size = page.get("pageNumber", 1), page.get("pageSize", 1000)
        if not found or not isinstance(number, int) or not isinstance(size, int) or number < 1 or size < 1:
            raise _refused(400, "malformed_request", "Could not parse the query or its page")
        rows = [row for row in self._rows[name] if _condition(found[2])(row)]
        rows = _ordered(rows, found[3], seed=f"{name} {number}")
        size = min(size, MOST)
        return [_chosen(row, found[1]) for row in rows[(number - 1) * size : number * size]]


def _number(call: Call, name: str, default: int) -> int:
    text = call.one(name)
    if text is not None and not text.isdecimal():
        raise _refused(400, "query.soql.invalid-integer", f"Bad number for {name}")
    return call.whole(name, default)


def _condition(where: str | None) -> Callable[[Record], bool]:
    """Return what a `$where` of comparisons asks for; a row without a field fits no comparison of it."""
    parts = [
        _CONDITION.fullmatch(part.strip(" ()")) for part in re.split(r"\s+AND\s+", where or "", flags=re.I) if part
    ]
    if None in parts:
        raise _refused(400, "query.compiler.malformed", f"Could not parse SoQL query at {where!r}")
    return lambda row: all(_holds(row, *part.groups()) for part in parts if part)


def _holds(row: Record, field: str, sign: str, text: str) -> bool:
    if field not in row:
        return False
    value: Any = row[field]
    bound: Any = text
    if field in (":updated_at", ":created_at"):
        value, bound = epoch_of(value), epoch_of(text)
        if bound is None:
            raise _refused(400, "query.soql.type-mismatch", f"Type mismatch for {field}: {text!r} is no timestamp")
    return HOLDS[sign](value, bound)


def _ordered(rows: list[Record], order: str | None, *, seed: str) -> list[Record]:
    """Return the rows in order; without one they come as they happen to lie, for each request anew."""
    if not order:
        draw = Seed(f"socrata order {seed}")
        return sorted(rows, key=lambda row: draw.whole(0, 10**6))
    field, _, direction = order.strip().partition(" ")
    return sorted(rows, key=lambda row: (row.get(field) or "", row[":id"]), reverse=direction.upper() == "DESC")


def _chosen(row: Record, select: str) -> Record:
    """Return the columns of a selection: `*` for those of the dataset, `:*` for those of the system."""
    wanted = [name.strip() for name in select.split(",")]
    return {
        name: value
        for name, value in row.items()
        if name in wanted or (":*" if name.startswith(":") else "*") in wanted
    }


def _refused(status: int, code: str, message: str) -> Refused:
    return Refused(Answer(status, {"code": code, "error": True, "message": message}))


def _stamp(epoch: float) -> str:
    moment = datetime.fromtimestamp(epoch, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"


def _row(number: int, made: float, name: str, values: Record) -> Record:
    """Return a row with its system fields, and without the fields that have no value."""
    code = Seed(f"socrata {name} {number}").code(14).lower()
    system = {
        ":id": f"row-{code[:4]}-{code[4:8]}~{code[8:]}",
        ":created_at": _stamp(made),
        ":updated_at": _stamp(made),
        ":version": f"rv-{code[:8]}",
    }
    return system | {name: value for name, value in values.items() if value is not None}


def _permit(number: int, made: float) -> Record:
    seed = Seed(f"socrata permit {number}")
    place = {"latitude": f"41.{seed.whole(0, 999_999):06}", "longitude": f"-87.{seed.whole(0, 999_999):06}"}
    address = json.dumps({"address": seed.words(2), "city": "", "state": "IL", "zip": ""})
    return _row(
        number,
        made,
        "permits",
        {
            "permit_": str(100_000 + number),
            "status": seed.pick(("issued", "closed", None)),
            "reported_cost": seed.pick((None, f"{seed.money(9000)}")),
            "issue_date": iso(made).replace("Z", ".000"),
            "is_phased": seed.pick((None, True, False)),
            "location": seed.pick((None, place | {"human_address": address})),
        },
    )


def _payment(number: int, made: float) -> Record:
    seed = Seed(f"socrata payment {number}")
    values = {"voucher": f"PV{number:06}", "amount": f"{seed.money()}", "vendor": seed.person()}
    return _row(number, made, "payments", values | {"contract": seed.pick((None, f"C{number}"))})


def _complaint(number: int, made: float) -> Record:
    seed = Seed(f"socrata complaint {number}")
    link = {"url": f"https://example.org/{number}", "description": seed.words(1)}
    values = {"unique_key": str(60_000_000 + number), "descriptor": seed.words(4)}
    return _row(number, made, "complaints", values | {"link": seed.pick((None, link))})
