"""Where the values of a fan-out's placeholders come from: the records of which streams, and which of their fields.

A stream that stands above another one in the same request is not read by itself: its values came down with the
nearer one's records. In `/orgs/{orgs.id}/projects/{projects.id}/tasks` each project brings along its own `orgs.id`.
"""

from collections.abc import Mapping, Sequence

from glue_lib.api.fan_out import column

Fields = Mapping[str, Sequence[str]]  # stream -> fields of its records


def draws_of(name: str, wanted: Mapping[str, Fields], carried: Mapping[str, Fields]) -> dict[str, dict[str, str]]:
    """Return the streams whose records are read, with the field that each value of the request stands in.

    `wanted` is what the requests of each stream take, `carried` what its records carry of it. A ValueError says that a
    value did not come down.

        {"projects": {"orgs.id": "_orgs_id", "projects.id": "id"}}
    """
    found: dict[str, dict[str, str]] = {}
    for parent, fields in wanted.get(name, {}).items():
        nearer = [other for other in wanted[name] if other != parent and parent in above(other, wanted)]
        for field in fields:
            carriers = [other for other in nearer if field in carried.get(other, {}).get(parent, ())]
            if nearer and not carriers:
                raise ValueError(_not_carried(parent, field, nearer[-1]))
            for source in carriers or [parent]:
                value = f"{parent}.{field}"
                found.setdefault(source, {})[value] = column(value) if carriers else field
    return found


def above(name: str, wanted: Mapping[str, Fields]) -> set[str]:
    """Return the streams that a stream takes records of, at whatever distance."""
    found: set[str] = set()
    waiting = list(wanted.get(name, ()))
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += wanted.get(one, ())
    return found


def _not_carried(parent: str, field: str, nearer: str) -> str:
    return (
        f"`{{{parent}.{field}}}`: records of `{nearer}` stand below those of `{parent}`, but do not carry `{field}` of "
        f"theirs; write `copy: [{parent}.{field}]` into `{nearer}`"
    )
