"""Jira Cloud's REST API v3: JQL search behind a token, without a total, in the time zone of the user.

Served below `/rest/api/3/` are `search/jql` (GET and POST: `jql`, `fields`, `expand`, `maxResults`, `nextPageToken`),
`project/search` and `issue/{id or key}/comment` (`startAt`, `maxResults`). The old `search` is gone: 410.

Of JQL it understands `project = KEY`, `updated` and `created` against `"yyyy-MM-dd HH:mm"`, joined by AND, and an
order.
"""

import base64
import re
import time
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from .jira_data import EMBEDDED, comments_of, issues, local, made_issue, projects
from .kit import Answer, Call, Clock, Emulator, Gate, Record, Refused
from .moments import iso
from .signs import HOLDS

USER, KEY = "ops@example.org", "emulated-jira-token"
ZONE = ZoneInfo("America/New_York")  # of the user that the token belongs to
BURST = 60  # calls that pass before a second of silence
MOST = 40  # issues in a page at most, however many are asked for
_PREFIX = "/rest/api/3"
_CONDITION = re.compile(r"\s*(project|updated|created)\s*(>=|<=|>|<|=)\s*\"?([^\"]+?)\"?\s*")


class Jira(Emulator):
    """Issues: no total, fewer than asked, bounds in minutes of the user's time zone, comments cut inside of issues."""

    name = "jira"
    base_path = _PREFIX
    secrets: ClassVar = {"HEADWATER_SECRET_JIRA_API_TOKEN": KEY}

    def __init__(self, clock: Clock = time.time) -> None:
        super().__init__(clock)
        self._rate = Gate(BURST, closed_seconds=1, clock=clock)
        self._projects = projects()
        self._issues = issues()

    def answer(self, call: Call) -> Answer:
        """Return a page, or the API's own error."""
        pair = base64.b64encode(f"{USER}:{KEY}".encode()).decode()
        if call.headers.get("Authorization") != f"Basic {pair}":
            raise Refused(Answer(401, "Client must be authenticated to access this resource."))
        wait, headers = self._rate.wait_seconds(), self._limits()
        if wait:
            told = {"Retry-After": str(max(1, round(wait))), "RateLimit-Reason": "jira-burst-based"}
            raise _refused(429, "Rate limit exceeded.", headers | told)
        return Answer(200, self._page(call, call.path.removeprefix(_PREFIX + "/")), headers)

    def truth(self) -> dict[str, list[Record]]:
        """Return the records, issues with all of their comments."""
        return {"projects": self._projects, "issues": [_shown(one, ["*all"], whole=True) for one in self._issues]}

    def change(self) -> dict[str, list[Record]]:
        """Close an old issue and open another one."""
        now = self.clock()
        closed, opened = self._issues[6], made_issue("WATER", 900, now)
        closed["fields"] |= {"updated": local(now), "status": {"id": "3", "name": "Done"}}
        self._issues.append(opened)
        return {"issues": [_shown(one, ["*all"], whole=True) for one in (closed, opened)]}

    def _limits(self) -> dict[str, str]:
        remaining = max(0, self._rate.remaining)
        return {
            "X-RateLimit-Limit": str(BURST),
            "X-RateLimit-Remaining": str(remaining),
            "X-RateLimit-Reset": iso(self.clock() + 1),
            "X-RateLimit-NearLimit": str(remaining < 2).lower(),
        }

    def _page(self, call: Call, path: str) -> Record:
        comments = re.fullmatch(r"issue/([\w-]+)/comment", path)
        if path == "search/jql":
            return self._search(call)
        if path == "search":
            message = "The requested API has been removed. Please use the /rest/api/3/search/jql API."
            raise _refused(410, message)
        if path == "project/search":
            return _counted(call, "values", self._projects, 20) | {"self": f"{call.origin}{call.path}"}
        if comments:
            for issue in self._issues:
                if comments[1] in (issue["id"], issue["key"]):
                    return _counted(call, "comments", comments_of(issue), 20)
        raise _refused(404, "Issue does not exist or you do not have permission to see it.")

    def _search(self, call: Call) -> Record:
        asked = _asked(call)
        found = self._found(str(asked.get("jql") or ""))
        start = _start(asked.get("nextPageToken"))
        # Fewer than asked at times, and not only on the last page.
        size = min(int(asked.get("maxResults") or 50), MOST) - (start // 10) % 3
        part = found[start : start + size]
        shown = [_shown(one, asked.get("fields") or ["id"]) for one in part]
        for issue, whole in zip(shown, part, strict=True):
            if "changelog" in (asked.get("expand") or ""):
                issue["changelog"] = whole["changelog"]
        if start + size >= len(found):
            return {"issues": shown, "isLast": True}
        token = base64.urlsafe_b64encode(f"at:{start + size}".encode()).decode()
        return {"issues": shown, "nextPageToken": token, "isLast": False}

    def _found(self, jql: str) -> list[Record]:
        where, _, order = re.sub(r"\s+", " ", jql).partition(" ORDER BY ")
        conditions = [_CONDITION.fullmatch(part) for part in re.split(r" AND ", where) if part.strip()]
        if not conditions:
            raise _refused(400, "Unbounded JQL queries are not allowed here. Please add a search restriction.")
        found = self._issues
        for part in conditions:
            if part is None:
                raise _refused(400, "Error in the JQL Query: a field, an operator and a value are expected.")
            found = [one for one in found if _holds(one, *part.groups())]
        field = order.split()[0].strip(",") if order else "created"
        falls = "DESC" in order.upper() or not order
        return sorted(found, key=lambda one: (_moment(one, field), int(one["id"])), reverse=falls)


def _asked(call: Call) -> dict[str, Any]:
    if call.method == "POST":
        return call.json if isinstance(call.json, dict) else {}
    asked: dict[str, Any] = {name: values[-1] for name, values in call.query.items()}
    return asked | {"fields": [name for text in call.query.get("fields", []) for name in text.split(",")]}


def _start(token: str | None) -> int:
    if not token:
        return 0
    try:
        return int(base64.urlsafe_b64decode(token).decode().removeprefix("at:"))
    except ValueError:
        raise _refused(400, "The provided next page token is invalid or expired.") from None


def _holds(issue: Record, field: str, sign: str, text: str) -> bool:
    if field == "project":
        return bool(issue["fields"]["project"]["key"] == text)
    try:
        pattern = "%Y-%m-%d %H:%M" if " " in text else "%Y-%m-%d"
        bound = datetime.strptime(text.replace("/", "-"), pattern).replace(tzinfo=ZONE).timestamp()
    except ValueError:
        told = f"Date value '{text}' for field '{field}' is invalid. Valid formats include: 'yyyy-MM-dd HH:mm'"
        raise _refused(400, told) from None
    return HOLDS[sign](_moment(issue, field), bound)


def _moment(issue: Record, field: str) -> float:
    return datetime.fromisoformat(issue["fields"][field if field in ("updated", "created") else "created"]).timestamp()


def _shown(issue: Record, fields: list[str], *, whole: bool = False) -> Record:
    """Return an issue with the fields that are asked for; only id, key and self when none are."""
    shown = {name: issue[name] for name in ("id", "key", "self")}
    if fields == ["id"]:
        return shown
    found = dict(issue["fields"]) if "*all" in fields else {name: issue["fields"].get(name) for name in fields}
    if "comment" in found and not whole:
        found["comment"] = found["comment"] | {"comments": found["comment"]["comments"][-EMBEDDED:]}
    return shown | ({"changelog": issue["changelog"]} if whole else {}) | {"fields": found}


def _counted(call: Call, name: str, records: list[Record], most: int) -> Record:
    start, size = call.whole("startAt", 0), min(call.whole("maxResults", 50), most)
    numbers = {"startAt": start, "maxResults": size, "total": len(records)}
    last = {"isLast": start + size >= len(records)} if name == "values" else {}
    return numbers | last | {name: records[start : start + size]}


def _refused(status: int, message: str, headers: dict[str, str] | None = None) -> Refused:
    return Refused(Answer(status, {"errorMessages": [message], "errors": {}}, headers or {}))
