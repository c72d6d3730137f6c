"""The projects and issues of the emulated Jira."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from .kit import Record
from .seeds import Seed

KEYS = ("WATER", "PIPE", "OPS")
EMBEDDED = 20  # comments that an issue shows, the latest; their own endpoint has all, from the first on
_SITE = "https://acme.atlassian.net/rest/api/3"
_ZONE = ZoneInfo("America/New_York")


def local(epoch: float) -> str:
    """Return a moment as Jira writes it: `2025-01-05T08:30:12.123-0500`."""
    whole = int(epoch * 1000)
    moment = datetime.fromtimestamp(whole // 1000, _ZONE)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{whole % 1000:03}" + moment.strftime("%z")


def projects() -> list[Record]:
    """Return projects enough for two pages."""
    keys = [*KEYS, *(f"OLD{number}" for number in range(1, 24))]
    return [
        {
            "id": str(10_000 + number),
            "key": key,
            "name": f"Project {key}",
            "projectTypeKey": "software",
            "isPrivate": False,
        }
        for number, key in enumerate(keys)
    ]


def issues() -> list[Record]:
    """Return the issues of all projects; some were updated in the same minute."""
    moments = Seed("jira issues").epochs(160)
    return [made_issue(KEYS[n % 3], n + 1, moments[n] if n % 7 else moments[n] // 60 * 60) for n in range(160)]


def made_issue(project: str, number: int, created: float) -> Record:
    """Return an issue with all of its comments."""
    seed = Seed(f"jira issue {number}")
    identity = str(20_000 + number)
    updated = created + (seed.whole(0, 30) * 3600 if number < 900 else 0)
    count = seed.pick((0, 0, 1, 3, 20, 21, 45))
    comments = [_comment(identity, n, created) for n in range(count)]
    return {
        "id": identity,
        "key": f"{project}-{number}",
        "self": f"{_SITE}/issue/{identity}",
        "changelog": {
            "startAt": 0,
            "maxResults": 2,
            "total": 2,
            "histories": [_history(identity, n) for n in range(2)],
        },
        "fields": {
            "summary": seed.words(4),
            "project": {"id": str(10_000 + KEYS.index(project)), "key": project},
            "status": {"id": "1", "name": seed.pick(("To Do", "In Progress"))},
            "created": local(created + 0.25),
            "updated": local(updated + 0.5),
            "labels": seed.some(("leak", "urgent", "legal-hold"), 3),
            "components": [{"id": str(n), "name": name} for n, name in enumerate(seed.some(("api", "pump"), 2))],
            "fixVersions": [],
            "assignee": seed.pick((None, {"accountId": seed.code(24), "displayName": seed.person()})),
            "description": {"type": "doc", "version": 1, "content": [_paragraph(seed.words(5))]},
            "customfield_10016": seed.pick((None, Decimal("3.0"), Decimal("0.5"))),
            "customfield_10020": [{"id": 7, "name": "Sprint 7", "state": "closed"}] if seed.chance(0.4) else None,
            "comment": {
                "comments": comments,
                "self": f"{_SITE}/issue/{identity}/comment",
                "maxResults": EMBEDDED,
                "total": count,
                "startAt": 0,
            },
        },
    }


def comments_of(issue: Record) -> list[Record]:
    """Return all comments of an issue."""
    found: list[Record] = issue["fields"]["comment"]["comments"]
    return found


def _comment(issue: str, number: int, created: float) -> Record:
    seed = Seed(f"jira comment {issue} {number}")
    body = {"type": "doc", "version": 1, "content": [_paragraph(seed.words(4))]}
    return {
        "id": f"{issue}{number:03}",
        "author": {"accountId": seed.code(24), "displayName": seed.person()},
        "body": body,
        "created": local(created + number * 60),
    }


def _history(issue: str, number: int) -> Record:
    item = {
        "field": "status",
        "fieldtype": "jira",
        "fromString": "To Do",
        "toString": "In Progress",
        "tmpFromAccountId": None,
    }
    return {"id": f"{issue}{number}", "created": local(1_736_000_000 + number * 60), "items": [item]}


def _paragraph(text: str) -> Record:
    return {"type": "paragraph", "content": [{"type": "text", "text": text}]}
