"""What a fan-out asks with, decided without a request."""

from collections.abc import Iterable
from typing import Any

import pytest

from glue_lib.api.fan_out import Parent
from glue_lib.errors import ConfigError
from glue_lib.extract.fanning import MOST_COMBINATIONS, Drawn, asked_with, carried, chains, dealt, drawn, evidence
from glue_lib.spec.loader import loads
from glue_lib.spec.stream import Stream

FILE = """
source: x
base_url: https://x
streams:
  orgs: {path: /orgs}
  regions: {path: /regions}
  projects: {path: "/orgs/{orgs.id}/projects", copy: [name]}
  boards: {path: "/orgs/{orgs.id}/boards"}
  pins: {path: "/orgs/{orgs.id}/{boards.id}/{projects.id}"}
  sales: {path: "/orgs/{orgs.id}/sales", params: {region: "{regions.code}"}}
  people: {path: /people, params: {ids: "{orgs.owner}"}, batch: 2}
  teams: {path: "/teams/{orgs.team}", params: {ids: "{orgs.id}"}, batch: 2}
"""
PIPELINE = loads(FILE, "x.yaml")


def of(name: str, *, is_part: bool = False, **rows: Iterable[Parent | tuple[Parent, bool]]) -> Drawn:
    stream = PIPELINE.stream(name)
    flagged = {one: [row if isinstance(row, tuple) else (row, True) for row in given] for one, given in rows.items()}
    return drawn(f"x.{name}", stream, PIPELINE.draws_of(stream), flagged, is_part=is_part)


def numbered(name: str, count: int) -> tuple[Parent, ...]:
    return tuple({name: str(number)} for number in range(count))


def test_each_record_is_a_parent_and_its_last_copies_count():
    found = of("projects", orgs=[{"id": "1", "name": '"old"'}, {"id": "2"}, {"id": "1", "name": '"new"'}])

    assert found.parents == ({"orgs.id": "1", "orgs.name": '"new"'}, {"orgs.id": "2"})
    assert (found.records, found.without_value) == ({"orgs": 2}, {})


@pytest.mark.parametrize("empty", [{"owner": "null"}, {}, {"owner": '""'}])
def test_a_record_without_the_value_is_passed_over_and_counted(empty: Parent):
    found = of("people", orgs=[{"owner": "7"}, empty])

    assert found.parents == ({"orgs.owner": "7"},)
    assert found.context() == {
        "parents": 1,
        "parents_of": {"orgs": 1},
        "read_to": {},
        "parents_without_value": {"orgs": 1},
    }


def test_a_field_that_no_record_has_is_an_error():
    with pytest.raises(
        ConfigError, match=r"x\.people: no record of `orgs` has `owner`, which `\{orgs\.owner\}` stands"
    ):
        of("people", orgs=[{"id": "7"}, {"id": "8"}])

    assert of("people", orgs=[{"owner": "null"}]).parents == ()
    assert of("people", orgs=[]).parents == ()
    assert of("people", orgs=[{"id": "7"}], is_part=True).parents == ()


@pytest.mark.parametrize("odd", ["true", "[1]", '{"a": 1}', '".."', '"."', '"\\ud800"'])
def test_one_parent_whose_value_fits_no_request_does_not_block_the_others(odd: str):
    found = of("projects", orgs=[{"id": "7"}, {"id": odd}, {"id": "null"}, {"id": "8"}])

    assert found.parents == ({"orgs.id": "7"}, {"orgs.id": "8"})
    told = evidence(found.context(), [])
    assert told["parents_with_unusable_value"] == {"orgs.id": 1}
    assert told["first_unusable"] == {"orgs.id": [odd]}
    assert told["parents_without_value"] == {"orgs": 1}


def test_dots_fit_a_parameter_and_a_long_value_is_cut_where_it_is_told():
    found = of("people", orgs=[{"owner": '".."'}, {"owner": f'["{"x" * 100}"]'}])

    assert found.parents == ({"orgs.owner": '".."'},)
    assert len(found.context()["first_unusable"]["orgs.owner"][0]) == 40


def test_a_field_whose_value_fits_a_request_in_no_record_is_an_error():
    told = r"no record of `orgs` has a `id` that can stand for `\{orgs\.id\}` \(the first: `true`\); name a field"
    with pytest.raises(ConfigError, match=told):
        of("projects", orgs=[{"id": "true"}, {"id": "[]"}])

    assert of("projects", orgs=[{"id": "true"}], is_part=True).parents == ()


def test_independent_parents_are_combined():
    found = of("sales", orgs=numbered("id", 2), regions=[{"code": '"n"'}, {"code": '"s"'}])

    assert [tuple(parent.values()) for parent in found.parents] == [
        ("0", '"n"'),
        ("0", '"s"'),
        ("1", '"n"'),
        ("1", '"s"'),
    ]
    assert found.records == {"orgs": 2, "regions": 2}


def test_a_combination_is_asked_for_when_one_of_its_sides_is_new():
    found = of("sales", orgs=[({"id": "1"}, False), ({"id": "2"}, True)], regions=[({"code": "3"}, False)])

    assert found.parents == ({"orgs.id": "2", "regions.code": "3"},)


def test_a_parent_that_was_new_once_stays_new():
    assert len(of("projects", orgs=[({"id": "1"}, True), ({"id": "1"}, False)]).parents) == 1
    assert len(of("projects", orgs=[({"id": "1"}, False), ({"id": "1"}, False)]).parents) == 0


def test_records_below_one_ancestor_meet_each_other_alone():
    boards = [{"_orgs_id": "1", "id": "10"}, {"_orgs_id": "2", "id": "20"}]
    projects = [{"_orgs_id": "1", "id": "11"}, {"_orgs_id": "1", "id": "12"}, {"_orgs_id": "3", "id": "30"}]

    found = of("pins", boards=boards, projects=projects)

    assert found.parents == (
        {"orgs.id": "1", "boards.id": "10", "projects.id": "11"},
        {"orgs.id": "1", "boards.id": "10", "projects.id": "12"},
    )


def test_too_many_combinations_are_an_error_that_tells_how_they_come_about():
    told = r"x\.sales: 1,000 `orgs` x 101 `regions` make 101,000 combinations to ask for; at most"
    with pytest.raises(ConfigError, match=told):
        of("sales", orgs=numbered("id", 1000), regions=numbered("code", 101))

    assert len(of("projects", orgs=numbered("id", MOST_COMBINATIONS + 1)).parents) == MOST_COMBINATIONS + 1


def test_without_records_on_one_side_there_is_nothing_to_ask():
    assert of("sales", orgs=numbered("id", 2), regions=[]).parents == ()


def batches(name: str, parents: Iterable[Parent]) -> list[list[Parent]]:
    return list(chains(PIPELINE.stream(name), parents))


def test_a_chain_asks_for_one_parent_or_for_a_batch_of_them():
    parents = [{"orgs.owner": str(number)} for number in range(5)]

    assert [len(batch) for batch in batches("people", parents)] == [2, 2, 1]
    assert [len(batch) for batch in batches("projects", parents)] == [1] * 5


def test_parents_of_a_batch_differ_in_its_value_only():
    stream: Stream = PIPELINE.stream("teams")
    parents = [{"orgs.team": str(number % 2), "orgs.id": str(number)} for number in range(6)]

    found = [batch for slice in dealt(stream, parents) for batch in chains(stream, slice)]

    assert [[parent["orgs.id"] for parent in batch] for batch in found] == [["0", "2"], ["4"], ["1", "3"], ["5"]]
    assert [carried(stream, batch) for batch in found] == [{"orgs.team": number} for number in "0011"]


@pytest.mark.parametrize(
    ("count", "sizes"), [(0, []), (3, [1] * 3), (16, [1] * 16), (33, [3] * 11), (801, [50] * 16 + [1])]
)
def test_a_slice_holds_few_enough_parents_for_several_to_run_side_by_side(count: int, sizes: list[int]):
    found = dealt(PIPELINE.stream("projects"), [{"orgs.id": str(number)} for number in range(count)])

    assert [len(parents) for parents in found] == sizes


def test_slices_do_not_grow_in_number_without_end():
    found = dealt(PIPELINE.stream("projects"), [{"orgs.id": str(number)} for number in range(200_000)])

    assert (len(found), len(found[0])) == (1000, 200)


def test_a_parent_is_known_by_what_it_is_asked_with():
    stream: Any = PIPELINE.stream("projects")

    assert asked_with(stream, {"orgs.id": "1", "orgs.name": "2"}) == (("orgs.id", "1"),)
