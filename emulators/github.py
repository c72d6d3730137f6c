"""GitHub's REST API: numbered pages found by the `Link` header, and two limits, one of which is a 403.

Served are `GET /orgs/acme/repos`, `/repos/acme/{name}/issues` (`state`, `sort`, `direction`, `since`) and
`/repos/acme/{name}/commits` (`since`, `until`), all with `per_page` and `page`.

With `busy=True` an issue is edited at every other call. Whoever reads the issues in the order of their edits then loses
some, since all behind it move up by one; in the order of their creation nothing moves.
"""

import hashlib
import re
import time
from typing import Any, ClassVar
from urllib.parse import urlencode

from .kit import Answer, Call, Clock, Emulator, Gate, Record, Refused
from .moments import epoch_of, iso
from .seeds import Seed

TOKEN = "emulated-github-token"
ORG = "acme"
REPOS = ("pipes", "wells", "springs")
_DOCS = "https://docs.github.com/rest"


class GitHub(Emulator):
    """Repositories, issues and commits: Link header, pull requests among issues, limits as 403."""

    name = "github"
    secrets: ClassVar = {"HEADWATER_SECRET_GITHUB_TOKEN": TOKEN}

    def __init__(self, clock: Clock = time.time, *, busy: bool = False) -> None:
        super().__init__(clock)
        self._busy = busy
        self._secondary = Gate(8, closed_seconds=1, clock=clock)
        self._repos = [_repo(number, name) for number, name in enumerate(REPOS, 1)]
        self._issues = {name: _issues(name, count) for name, count in zip(REPOS, (230, 40, 0), strict=True)}
        self._commits = {name: _commits(name, count) for name, count in zip(REPOS, (150, 101, 1), strict=True)}

    def answer(self, call: Call) -> Answer:
        """Return a page, 304 for one that the caller has, or the API's own error."""
        self._authorize(call)
        if wait := self._secondary.wait_seconds():
            message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
            raise _refused(403, message, {**self._rate(), "Retry-After": str(max(1, round(wait)))})
        page = self._page(call)
        etag = f'W/"{hashlib.sha256(page.content).hexdigest()[:32]}"'
        headers = {**self._rate(), **page.headers, "ETag": etag}
        if call.headers.get("If-None-Match") == etag:
            return Answer(304, None, headers)
        return Answer(200, page.body, headers)

    def truth(self) -> dict[str, list[Record]]:
        """Return the records, those of a repository with its name and owner."""
        return {
            "repos": self._repos,
            "issues": self._with_repo(self._issues),
            "commits": self._with_repo(self._commits),
        }

    def change(self) -> dict[str, list[Record]]:
        """Edit an old issue, open one, push a commit."""
        now = self.clock()
        name = REPOS[0]
        edited = self._edit(self._issues[name][7], now)
        opened = _issue(name, 900, now)
        pushed = _commit(name, 900, now)
        self._issues[name].append(opened)
        self._commits[name].insert(0, pushed)
        return {"issues": self._with_repo({name: [edited, opened]}), "commits": self._with_repo({name: [pushed]})}

    def _authorize(self, call: Call) -> None:
        if not call.headers.get("User-Agent"):
            raise _refused(
                403, "Request forbidden by administrative rules. Please make sure it has a User-Agent header"
            )
        given = call.headers.get("Authorization")
        if given not in (f"Bearer {TOKEN}", f"token {TOKEN}"):
            raise _refused(401, "Bad credentials" if given else "Requires authentication")

    def _rate(self) -> dict[str, str]:
        used, limit = len(self.calls), 5000
        rate = {"limit": limit, "remaining": limit - used, "used": used, "reset": int(self.clock()) + 3600}
        return {f"x-ratelimit-{name}": str(value) for name, value in rate.items()} | {"x-ratelimit-resource": "core"}

    def _page(self, call: Call) -> Answer:
        if call.method != "GET":
            raise _refused(404, "Not Found")
        if call.path == f"/orgs/{ORG}/repos":
            return _paged(call, self._repos, "/organizations/1/repos")
        under = re.fullmatch(rf"/(?:repos/{ORG}/(\w+)|repositories/(\d+))/(issues|commits)", call.path)
        repo = next(
            (one for one in self._repos if under and under[1 if under[1] else 2] in (one["name"], str(one["id"]))), None
        )
        if under is None or repo is None:
            raise _refused(404, "Not Found")
        # Links lead to the repository by its number: another path than the one that was asked.
        path = f"/repositories/{repo['id']}/{under[3]}"
        if under[3] == "commits":
            return _paged(call, _between(call, self._commits[repo["name"]]), path)
        if self._busy and len(self.calls) % 2 == 0:
            self._edit(self._issues[repo["name"]][len(self.calls)], self.clock())
        return _paged(call, _chosen(call, self._issues[repo["name"]]), path)

    @staticmethod
    def _edit(issue: Record, now: float) -> Record:
        issue |= {"title": issue["title"] + " (edited)", "updated_at": iso(now)}
        return issue

    def _with_repo(self, by_name: dict[str, list[Record]]) -> list[Record]:
        return [
            {"_repos_owner_login": ORG, "_repos_name": name} | one
            for name, records in by_name.items()
            for one in records
        ]


def _chosen(call: Call, issues: list[Record]) -> list[Record]:
    """Return the issues that the call asks for, in its order; open ones, the newest first, when it does not say."""
    state, since = call.one("state", "open"), _moment(call, "since")
    field = {"created": "created_at", "updated": "updated_at"}.get(call.one("sort", "created") or "")
    if field is None or state not in ("open", "closed", "all"):
        raise _refused(422, "Validation Failed")
    issues = [one for one in issues if state in ("all", one["state"])]
    issues = [one for one in issues if since is None or (epoch_of(one["updated_at"]) or 0) >= since]
    return sorted(issues, key=lambda one: (one[field], one["number"]), reverse=call.one("direction", "desc") == "desc")


def _between(call: Call, commits: list[Record]) -> list[Record]:
    since, until = _moment(call, "since"), _moment(call, "until")
    dated = [(epoch_of(one["commit"]["committer"]["date"]) or 0, one) for one in commits]
    return [one for date, one in dated if (since is None or date >= since) and (until is None or date <= until)]


def _moment(call: Call, name: str) -> float | None:
    text = call.one(name)
    if text is not None and epoch_of(text) is None:
        raise _refused(422, f"Invalid request. {name} is not a valid ISO 8601 timestamp.")
    return epoch_of(text) if text else None


def _paged(call: Call, records: list[Record], path: str) -> Answer:
    size, number = min(max(call.whole("per_page", 30), 1), 100), max(call.whole("page", 1), 1)
    last = max(1, -(-len(records) // size))
    numbers = {"prev": number - 1 if number > 1 else 0, "next": number + 1 if number < last else 0}
    if last > 1:
        numbers |= {"last": last if number < last else 0, "first": 1 if number > 1 else 0}
    query = {name: values[-1] for name, values in call.query.items()}
    links = [
        f'<{call.origin}{path}?{urlencode(query | {"page": str(to)})}>; rel="{rel}"'
        for rel, to in numbers.items()
        if to
    ]
    return Answer(200, records[(number - 1) * size : number * size], {"Link": ", ".join(links)} if links else {})


def _refused(status: int, message: str, headers: dict[str, str] | None = None) -> Refused:
    return Refused(
        Answer(status, {"message": message, "documentation_url": _DOCS, "status": str(status)}, headers or {})
    )


def _user(seed: Seed) -> Record:
    number = seed.whole(1, 40)
    return {"login": f"user-{number}", "id": 10_000 + number, "type": "User", "site_admin": False}


def _repo(number: int, name: str) -> Record:
    seed = Seed(f"github repo {name}")
    return {
        "id": 5000 + number,
        "name": name,
        "full_name": f"{ORG}/{name}",
        "private": False,
        "owner": {"login": ORG, "id": 1, "type": "Organization"},
        "description": seed.words(4),
        "fork": False,
        "topics": seed.some(("water", "data", "lake"), 3),
        "license": None,
        "stargazers_count": seed.whole(0, 99),
    }


def _issue(repo: str, number: int, created: float) -> Record:
    seed = Seed(f"github issue {repo} {number}")
    updated = created + seed.whole(0, 90) * 86_400 if created < 1_760_000_000 else created
    labels = [
        {"id": 700 + n, "name": name, "color": "ededed"} for n, name in enumerate(seed.some(("bug", "docs", "ci"), 3))
    ]
    issue: Record = {
        "id": 900_000_000_000 + REPOS.index(repo) * 1000 + number,
        "number": number,
        "title": seed.words(3),
        "state": seed.pick(("open", "open", "closed")),
        "user": _user(seed),
        "labels": labels,
        "assignees": [_user(seed) for _ in range(seed.whole(0, 2))],
        "comments": seed.whole(0, 9),
        "milestone": None,
        "created_at": iso(created),
        "updated_at": iso(updated),
        "closed_at": None,
        "body": f"{seed.words(5)}\r\n\r\n- [ ] \u201c{seed.words(1)}\u201d \U0001f6b0" if seed.chance(0.8) else None,
        "reactions": {"total_count": 2, "+1": 1, "-1": 0, "heart": 1},
    }
    if seed.chance(0.3):  # every pull request is an issue, too
        issue["pull_request"] = {"url": f"https://api.github.com/repos/{ORG}/{repo}/pulls/{number}", "merged_at": None}
    return issue


def _issues(repo: str, count: int) -> list[Record]:
    return [_issue(repo, n, created) for n, created in enumerate(Seed(f"github issues {repo}").epochs(count), 1)]


def _commit(repo: str, number: int, made: float) -> Record:
    seed = Seed(f"github commit {repo} {number}")
    person: dict[str, Any] = {"name": seed.person(), "email": "dev@example.org", "date": iso(made)}
    sha = hashlib.sha1(f"{repo}{number}".encode()).hexdigest()
    return {
        "sha": sha,
        "commit": {"author": person, "committer": person, "message": seed.words(6), "comment_count": 0},
        "author": None if seed.chance(0.2) else _user(seed),  # no account has this address
        "parents": [{"sha": hashlib.sha1(f"{repo}{number - 1}".encode()).hexdigest()}] if number else [],
    }


def _commits(repo: str, count: int) -> list[Record]:
    made = Seed(f"github commits {repo}").epochs(count)
    return [_commit(repo, number, moment) for number, moment in reversed(list(enumerate(made)))]
