"""From what is known and was seen of endpoints to the tree of a pipeline file, with its reasons and doubts."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from glue_lib.discover.answer import cut_lists, nested, records_of
from glue_lib.discover.endpoint import Endpoint
from glue_lib.discover.fields import changing, cursor_of, key_of, words_of
from glue_lib.discover.noted import Noted
from glue_lib.discover.paging import candidates
from glue_lib.discover.probe import Probed

_MOST_NAMED = 8


@dataclass(frozen=True)
class Api:
    """What is the same for all streams of a source."""

    source: str
    base_url: str
    auth: Noted | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    about: str = ""
    doubts: tuple[str, ...] = ()


def pipeline(api: Api, streams: Mapping[str, Noted]) -> dict[str, Any]:
    """Return the tree of the file."""
    tree: dict[str, Any] = {"source": api.source}
    if api.about:
        tree["description"] = api.about
    tree["base_url"] = Noted(api.base_url, (), api.doubts)
    if api.auth:
        tree["auth"] = api.auth
    if api.headers:
        tree["headers"] = dict(api.headers)
    limits = {"requests_per_second": 5, "concurrency": 2}
    tree["limits"] = Noted(limits, (), ("a careful guess; take what the API's manual allows",))
    tree["streams"] = dict(streams)
    return tree


def unprobed(endpoint: Endpoint, reason: str = "") -> Probed:
    """Return what the specification alone says of an endpoint."""
    outcome = Probed(endpoint, endpoint.example, is_probed=False)
    outcome.found = records_of(endpoint.example, endpoint.words, is_one_record=endpoint.is_one_record)
    outcome.doubts.append(f"not probed{f': {reason}' if reason else ''}")
    if outcome.found is None:
        return outcome
    outcome.records = [*outcome.found.records]
    ways = [] if outcome.found.where == "[@]" else candidates(endpoint, endpoint.example, {}, outcome.found)
    if ways:
        outcome.pagination, outcome.why = dict(ways[0].pagination), [ways[0].why, "by the specification"]
        outcome.doubts += [f"it could also be {_shown(way.pagination)}" for way in ways[1:2] if not way.is_guess]
    return outcome


def stream(outcome: Probed, path: str, fan_out: str = "") -> Noted:
    """Return a stream with what is said of it; `path` is its path with the places of other streams' fields."""
    endpoint, found = outcome.endpoint, outcome.found
    tree: dict[str, Any] = {"path": Noted(path, (fan_out,) if fan_out else ())}
    asked = cursor_of(outcome.records, endpoint)
    if params := _params(endpoint, asked.filters if asked else ()):
        tree["params"] = params
    if found is not None and found.where != "":
        tree["records"] = Noted(found.where, (found.why,) if outcome.is_probed else (), found.doubts)
    elif found is not None and outcome.is_probed:
        tree["records"] = Noted("", (found.why,), found.doubts)
    tree["pagination"] = _pagination(outcome)
    tree |= _key_and_cursor(outcome, is_fan_out=bool(fan_out))
    return Noted(tree, tuple(_about(outcome)), tuple(_told_of_answer(outcome)))


def _params(endpoint: Endpoint, filters: Collection[str]) -> Noted | None:
    """Return the parameters that every request has; those of the cursor change from run to run."""
    params: dict[str, Any] = {name: value for name, value in endpoint.params.items() if name not in filters}
    why: list[str] = []
    size = endpoint.size
    if size and size.most and size.name not in params:
        params[size.name] = size.most
        why.append(f"{size.most} a page is the most, by the specification")
    for one in endpoint.known or ():
        if one.is_required and one.name not in (*params, *filters) and one.default is not None:
            params[one.name] = one.default
    needed = [one.name for one in endpoint.known or () if one.is_required and one.name not in (*params, *filters)]
    doubts = (f"the specification requires {words_of(needed)} as well; give a value",) if needed else ()
    return Noted(params, tuple(why), doubts) if params or doubts else None


def _pagination(outcome: Probed) -> Noted:
    if outcome.pagination is not None:
        return Noted(outcome.pagination, tuple(outcome.why), tuple(outcome.doubts))
    if outcome.found is not None and outcome.found.where == "[@]":
        return Noted("none", ("the answer is one record",), tuple(outcome.doubts))
    told = "no way to a second page was found; a run that sees a sign of one fails, and says where"
    return Noted("none", (), (told, *outcome.doubts))


def _key_and_cursor(outcome: Probed, *, is_fan_out: bool) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    endpoint, records = outcome.endpoint, outcome.records
    key = key_of(records, endpoint, is_probed=outcome.is_probed)
    cursor = cursor_of(records, endpoint) if outcome.found and outcome.found.where != "[@]" else None
    if key:
        more = "; of a parent, whose id is a part of the key by itself" if is_fan_out else ""
        tree["key"] = Noted(key.fields, (key.why + more,), key.doubts)
    if cursor:
        doubts = [] if outcome.cursor_proof else ["that the parameter filters was not proven"]
        if cursor.is_created:
            doubts.append(f"`{cursor.field}` says when a record was made: one that changes later is not seen")
        tree["cursor"] = Noted(cursor.yaml, tuple(filter(None, (cursor.why, outcome.cursor_proof))), tuple(doubts))
    tree["write"] = _write(outcome, has_key=bool(key), has_cursor=bool(cursor))
    return tree


def _write(outcome: Probed, *, has_key: bool, has_cursor: bool) -> Noted:
    doubts: list[str] = []
    if not has_key:
        doubts.append("no field identifies a record, as far as was seen; name one in `key:` if there is one")
    if has_cursor and has_key:
        return Noted("upsert", ("new records are added, changed ones replaced",))
    if has_cursor:
        return Noted("append", ("what is new is added",), tuple(doubts))
    known = [path for path, _, _ in changing(outcome.records)]
    if known and outcome.found and outcome.found.where != "[@]":
        told = f"{words_of(known[:2])} says when a record changed or was made, and no parameter is known that filters"
        doubts.append(f"{told} by it; with one, `cursor:` asks for what is new only")
    return Noted("replace", ("read whole each time, and the table made anew",), tuple(doubts))


def _about(outcome: Probed) -> list[str]:
    lines = [outcome.endpoint.about] if outcome.endpoint.about else []
    arrays = nested(outcome.records)
    if arrays:
        name = outcome.endpoint.name
        tables = [f"{name}__{path.replace('.', '__')}" for path in list(arrays)[:_MOST_NAMED]]
        more = f" and {len(arrays) - _MOST_NAMED} more" if len(arrays) > _MOST_NAMED else ""
        lines.append(f"arrays in the records become child tables: {', '.join(tables)}{more}")
    return lines


def _told_of_answer(outcome: Probed) -> list[str]:
    doubts = [
        f"`{path}` goes on elsewhere, as the API says beside it; `complete:` fetches the rest"
        for path in cut_lists(outcome.records)[:_MOST_NAMED]
    ]
    if outcome.found is None:
        doubts.append("no records were found in the answer; say in `records:` where they are")
    elif not outcome.records and outcome.is_probed:
        doubts.append("there were no records, which tells nothing of their fields")
    return doubts


def _shown(pagination: Mapping[str, Any]) -> str:
    return "{" + ", ".join(f"{name}: {value}" for name, value in pagination.items()) + "}"
