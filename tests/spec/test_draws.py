"""Where the values of a fan-out come from."""

import pytest

from glue_lib.spec.loader import loads

FILE = """
source: x
base_url: https://x
streams:
  orgs: {path: /orgs}
  regions: {path: /regions}
  projects: {path: "/orgs/{orgs.id}/projects", copy: [name]}
  boards: {path: "/orgs/{orgs.id}/boards"}
  tasks: {path: "/orgs/{orgs.id}/projects/{projects.id}/tasks", copy: [projects.title, orgs.name]}
  sales: {path: "/orgs/{orgs.id}/sales", params: {region: "{regions.code}"}}
  pins: {path: "/orgs/{orgs.id}/{boards.id}/{projects.id}"}
  people: {path: /people, params: {ids: "{tasks.owner}", org: "{tasks._orgs_id}"}, headers: {X: "{tasks.kind}"}}
"""


@pytest.mark.parametrize(
    ("stream", "draws"),
    [
        ("orgs", {}),
        ("projects", {"orgs": {"orgs.id": "id", "orgs.name": "name"}}),
        (
            "tasks",
            {
                "projects": {
                    "orgs.id": "_orgs_id",
                    "orgs.name": "_orgs_name",
                    "projects.id": "id",
                    "projects.title": "title",
                }
            },
        ),
        ("sales", {"orgs": {"orgs.id": "id"}, "regions": {"regions.code": "code"}}),
        (
            "pins",
            {
                "boards": {"orgs.id": "_orgs_id", "boards.id": "id"},
                "projects": {"orgs.id": "_orgs_id", "projects.id": "id"},
            },
        ),
        ("people", {"tasks": {"tasks.owner": "owner", "tasks._orgs_id": "_orgs_id", "tasks.kind": "kind"}}),
    ],
)
def test_the_nearest_records_bring_the_values_of_those_above(stream, draws):
    pipeline = loads(FILE, "x.yaml")

    assert pipeline.draws_of(pipeline.stream(stream)) == draws


def test_a_parent_keeps_what_any_fan_out_asks_of_it():
    pipeline = loads(FILE, "x.yaml")

    assert pipeline.fields_asked_of("orgs") == ["id", "name"]
    assert pipeline.fields_asked_of("projects") == ["_orgs_id", "_orgs_name", "id", "title"]
    assert pipeline.fields_asked_of("people") == []
