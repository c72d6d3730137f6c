"""What the platform answers: a request's method, target and headers in, an answer out; no socket here.

    GET  /v1/donations?limit&starting_after&updated_since   {"data": [...], "has_more": true}
    GET  /v1/campaigns?limit&page                           {"data": [...], "page": 1, "pages": 3, "total": 40}
    GET  /v1/campaigns/{id}/comments?limit&page             {"data": [...]} and a `Link` header

For whoever runs the demo, without a token:

    GET  /demo/version          {"version": 1, "versions": 2}
    POST /demo/version          {"version": 2} moves on
    GET  /demo/changes          the ids of what version 2 changes
"""

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from urllib.parse import parse_qsl, urlencode, urlsplit

from demo.changes import second_edition
from demo.edition import first_edition
from demo.json_text import written
from demo.quota import Quota
from demo.shelf import Place, Shelf, shelf

TOKEN = "demo-token"
VERSIONS = (1, 2)


@dataclass(frozen=True)
class Answer:
    """A status, a JSON body, and headers beyond its type and length."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class Refused(Exception):
    """A request that gets an error body; `status` says which kind."""

    def __init__(self, status: int, text: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(text)
        self.answer = Answer(written({"error": {"status": status, "message": text}}), status, headers or {})


class Platform:
    """The API at one version of its data; `move_to` changes the version between two requests."""

    def __init__(self, quota: Quota) -> None:
        self._quota = quota
        self._first = first_edition()
        self._moving = Lock()
        self._handed_out: dict[str, Place] = {}
        self.move_to(1)

    def move_to(self, version: int) -> None:
        """Serve this version's records from now on."""
        with self._moving:
            edition = self._first if version == 1 else second_edition(self._first)[0]
            self._shelf: Shelf = shelf(edition)
            self.version = version

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """Return the answer to one request, error answers included; header names come in `Title-Case`."""
        try:
            path, query = urlsplit(target).path, dict(parse_qsl(urlsplit(target).query, keep_blank_values=True))
            if path.startswith("/v1/"):
                return self._api(method, path, query, headers)
            return self._stage(method, path, body)
        except Refused as refused:
            return refused.answer

    def _api(self, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        if headers.get("Authorization") != f"Bearer {TOKEN}":
            raise Refused(401, "a valid bearer token is needed", {"WWW-Authenticate": "Bearer"})
        if wait := self._quota.wait_seconds():
            raise Refused(429, "too many requests", {"Retry-After": str(math.ceil(wait))})
        if method != "GET":
            raise Refused(405, f"{method} is not allowed here", {"Allow": "GET"})
        if path == "/v1/donations":
            return self._donations(_known(query, "limit", "starting_after", "updated_since"))
        if path == "/v1/campaigns":
            return self._campaigns(_known(query, "limit", "page"))
        if under := re.fullmatch(r"/v1/campaigns/(\d+)/comments", path):
            here = f"http://{headers.get('Host', '127.0.0.1')}{path}"
            return self._comments(int(under[1]), _known(query, "limit", "page"), here)
        raise Refused(404, f"there is nothing at {path}")

    def _donations(self, query: Mapping[str, str]) -> Answer:
        since = _instant(query["updated_since"]) if "updated_since" in query else None
        after = self._place(query["starting_after"]) if "starting_after" in query else None
        rows, last = self._shelf.donations_from(since, after, limit=_whole(query, "limit", default=50, most=500))
        if last:
            self._handed_out[last[1]] = last
        return Answer(_list(rows, b'"has_more": true' if last else b'"has_more": false'))

    def _place(self, donation_id: str) -> Place:
        place = self._shelf.places.get(donation_id)
        if place is None:
            raise Refused(400, f"starting_after: there is no donation {donation_id}")
        if self._handed_out.get(donation_id, place) != place:
            # Going on from its new place would skip all that stood between: better no page than a page with a gap.
            raise Refused(400, f"starting_after: {donation_id} was updated after its page was read; start again")
        return place

    def _campaigns(self, query: Mapping[str, str]) -> Answer:
        limit, page = _whole(query, "limit", default=20, most=20), _whole(query, "page", default=1)
        rows = self._shelf.campaigns
        numbers = {"page": page, "pages": math.ceil(len(rows) / limit), "total": len(rows)}
        return Answer(_list(rows[(page - 1) * limit : page * limit], written(numbers)[1:-1], between=b",\r\n"))

    def _comments(self, campaign_id: int, query: Mapping[str, str], here: str) -> Answer:
        if campaign_id not in self._shelf.comments:
            raise Refused(404, f"there is no campaign {campaign_id}")
        limit, page = _whole(query, "limit", default=10, most=10), _whole(query, "page", default=1)
        rows = self._shelf.comments[campaign_id]
        links = {"first": 1} | ({"next": page + 1} if page * limit < len(rows) else {})
        link = ", ".join(f'<{here}?{urlencode({**query, "page": n})}>; rel="{rel}"' for rel, n in links.items())
        return Answer(_list(rows[(page - 1) * limit : page * limit]), headers={"Link": link})

    def _stage(self, method: str, path: str, body: bytes) -> Answer:
        acts: Mapping[tuple[str, str], Callable[[], Answer]] = {
            ("GET", "/demo/version"): lambda: Answer(written({"version": self.version, "versions": len(VERSIONS)})),
            ("POST", "/demo/version"): lambda: self._move(body),
            ("GET", "/demo/changes"): lambda: Answer(written(second_edition(self._first)[1])),
        }
        if (method, path) not in acts:
            raise Refused(404, f"there is nothing to {method} at {path}")
        return acts[method, path]()

    def _move(self, body: bytes) -> Answer:
        try:
            version = json.loads(body)["version"]
        except (ValueError, TypeError, KeyError):
            version = None
        if version not in VERSIONS:
            raise Refused(400, f'the body must be {{"version": n}}, n one of {", ".join(map(str, VERSIONS))}')
        self.move_to(version)
        return Answer(written({"version": version, "versions": len(VERSIONS)}))


def _list(rows: Sequence[bytes], rest: bytes = b"", *, between: bytes = b", ") -> bytes:
    return b'{"object": "list", "data": [' + between.join(rows) + b"]" + (b", " + rest if rest else b"") + b"}"


def _known(query: Mapping[str, str], *names: str) -> Mapping[str, str]:
    for name in query:
        if name not in names:
            raise Refused(400, f"{name}: not a parameter here; known are {', '.join(names)}")
    return query


def _whole(query: Mapping[str, str], name: str, *, default: int, most: int = 1_000_000) -> int:
    text = query.get(name, str(default))
    if not re.fullmatch(r"[0-9]{1,7}", text) or not 1 <= int(text) <= most:
        raise Refused(400, f"{name}: must be a whole number from 1 to {most}")
    return int(text)


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise Refused(400, "updated_since: must be a timestamp such as 2024-05-01T00:00:00Z") from error
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
