"""Discovery: endpoints, the parents before their fan-outs, each probed where it may be, become streams."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from glue_lib.api.records import Records
from glue_lib.discover import names, proposal
from glue_lib.discover.answer import members
from glue_lib.discover.endpoint import Endpoint
from glue_lib.discover.fields import cursor_of, format_of
from glue_lib.discover.noted import Noted
from glue_lib.discover.parents import Filled, filled
from glue_lib.discover.probe import Probed, Prober
from glue_lib.errors import ConfigError

_SECRET = re.compile(r"(.*[_-])?(api_?key|access_?token|auth_?token|client_?secret|password|secret)", re.IGNORECASE)
_MOST_STREAMS = 200
_MOST_LEVELS = 3  # of fan-outs, that a pipeline file allows
_LEAST_SHARE = 4


@dataclass
class Discovered:
    """The streams that were found, and what was left out."""

    streams: dict[str, Noted] = field(default_factory=dict)
    outcomes: dict[str, Probed] = field(default_factory=dict)
    left_out: list[tuple[str, str]] = field(default_factory=list)


def of_urls(given: Sequence[str]) -> tuple[str, list[Endpoint]]:
    """Return the address that some URLs have in common, and the endpoints behind it; `name=https://…` names one."""
    named = [re.fullmatch(r"(?:([a-z][a-z0-9_]*)=)?(.*)", one, re.DOTALL) for one in given]
    urls = [one[2] if one else "" for one in named]
    parts = [urlsplit(url) for url in urls]
    for url, part in zip(urls, parts, strict=True):
        if part.scheme not in ("http", "https") or not part.hostname:
            raise ConfigError(f"discover: `{url}` is neither an address (`https://…`) nor a file that is there")
        if "@" in part.netloc:
            raise ConfigError("discover: a URL has a user or password in it; use `--basic` with references")
        for name, _ in parse_qsl(part.query):
            if _SECRET.fullmatch(name):
                told = f"parameter `{name}` looks like a credential; use `--query '{name}=${{env:NAME}}'`"
                raise ConfigError(f"discover: {told}")
    if len({(part.scheme, part.netloc) for part in parts}) > 1:
        raise ConfigError("discover: the URLs are of several hosts; one pipeline file is one source")
    folders = [part.path.split("{")[0].rstrip("/").split("/")[:-1] or [""] for part in parts]
    columns = takewhile(lambda column: len(set(column)) == 1, zip(*folders, strict=False))
    shared = [column[0] for column in columns]
    base = "/".join(shared)
    endpoints: list[Endpoint] = []
    for one, part in zip(named, parts, strict=True):
        path = part.path[len(base) :] or "/"
        name = (one[1] if one else "") or names.of_path(part.path)
        name = names.unlike(name, {each.name for each in endpoints})
        endpoints.append(Endpoint(name, path, params=dict(parse_qsl(part.query, keep_blank_values=True))))
    return f"{parts[0].scheme}://{parts[0].netloc}{base}", endpoints


def discovered(endpoints: Sequence[Endpoint], prober: Prober | None, reason: str = "") -> Discovered:
    """Return the streams that endpoints make; without a prober by what is known of them, for that `reason`."""
    result = Discovered()
    levels: dict[str, int] = {}
    waiting = list(endpoints[:_MOST_STREAMS])
    result.left_out += [(one.path, f"only the first {_MOST_STREAMS} are proposed") for one in endpoints[_MOST_STREAMS:]]
    while waiting:
        ready = [(one, at) for one in waiting if (at := _place(one, result.outcomes)) is not None]
        if not ready:
            break
        for endpoint, at in ready:
            waiting.remove(endpoint)
            level = 1 + max((levels[name] for name in at.parents), default=-1)
            if level > _MOST_LEVELS:
                result.left_out.append((endpoint.path, f"it is {level} fan-outs deep; {_MOST_LEVELS} are allowed"))
                continue
            levels[endpoint.name] = level
            _take(result, endpoint, at, _looked_at(endpoint, at, prober, len(waiting) + 1, reason))
    for one in waiting:
        holes = ", ".join(f"`{{{hole}}}`" for hole in one.holes)
        result.left_out.append((one.path, f"no stream's records fill {holes}; `--fill NAME=VALUE` gives it a value"))
    return result


def with_values(endpoints: Sequence[Endpoint], values: dict[str, str]) -> list[Endpoint]:
    """Return the endpoints with some holes filled for good."""
    found: list[Endpoint] = []
    for one in endpoints:
        path = one.path
        for hole, value in values.items():
            path = path.replace(f"{{{hole}}}", value)
        found.append(replace(one, path=path))
    return found


def _place(endpoint: Endpoint, outcomes: dict[str, Probed]) -> Filled | None:
    return filled(endpoint.path, outcomes) if endpoint.holes else Filled(endpoint.path, endpoint.path, "", ())


def _looked_at(endpoint: Endpoint, at: Filled, prober: Prober | None, waiting: int, reason: str) -> Probed:
    if prober is None:
        return proposal.unprobed(endpoint, reason)
    if prober.budget.left <= 0:
        return proposal.unprobed(endpoint, f"the budget of {prober.budget.most} requests was spent before")
    if at.example is None:
        return proposal.unprobed(endpoint, "no record was there to ask it with")
    outcome = prober.probed(endpoint, at.example, max(_LEAST_SHARE, prober.budget.left // waiting))
    if not outcome.is_probed and endpoint.example is not None:
        return proposal.unprobed(endpoint, "; ".join(outcome.doubts))
    _prove_cursor(outcome, at.example, prober)
    return outcome


def _like_others(outcome: Probed, outcomes: Iterable[Probed]) -> None:
    """Let a stream of which one page was seen page as another does, where its answer has the same places around."""
    if outcome.is_proven or outcome.found is None or outcome.found.where == "[@]" or not outcome.is_probed:
        return
    there = {member.place for member in members(outcome.body, outcome.found.path)}
    for other in outcomes:
        pagination = other.pagination or {}
        ends = [place for end in ("more", "last", "total", "total_pages") if (place := pagination.get(end))]
        if other.is_proven and ends and there.issuperset(ends):
            outcome.pagination = dict(pagination)
            outcome.why = [f"as proven of `{other.endpoint.name}`, whose answers have the same around their records"]
            outcome.doubts = ["all records were on one page here: no second one was seen"]
            return


def _prove_cursor(outcome: Probed, path: str, prober: Prober) -> None:
    """See whether the parameter of a cursor filters: asked for half of what was seen, none of the others may come."""
    found, endpoint = outcome.found, outcome.endpoint
    cursor = cursor_of(outcome.records, endpoint)
    if cursor is None or found is None or prober.budget.left <= 0:
        return
    values = sorted({str(value) for record in outcome.records if (value := _deep(record, cursor.field)) is not None})
    if len(values) < 4 or any(format_of(value) != cursor.format for value in values):
        return
    middle = values[len(values) // 2]
    where = Records(path=found.where) if isinstance(found.where, str) else Records(**found.where)
    records = prober.filtered(endpoint, path, where, cursor.from_, middle)
    if records:
        late = [str(_deep(record, cursor.field)) >= middle for record in records]
        if all(late):
            outcome.cursor_proof = f"proven by probing: asked for those since {middle}, no earlier one came"


def _take(result: Discovered, endpoint: Endpoint, at: Filled, outcome: Probed) -> None:
    if outcome.found is None and not outcome.is_probed:
        result.left_out.append((endpoint.path, "; ".join(outcome.doubts)))
        return
    _like_others(outcome, result.outcomes.values())
    result.outcomes[endpoint.name] = outcome
    result.streams[endpoint.name] = proposal.stream(outcome, at.path, at.why)


def _deep(record: Any, field: str) -> Any:
    for key in field.split("."):
        record = record.get(key.strip('"')) if isinstance(record, dict) else None
    return record
