"""Whether the streams that a fan-out names are there, and fit each other."""

import json

import pytest

from glue_lib.spec import fan_out_checks
from glue_lib.spec.document import read
from glue_lib.spec.layers import with_defaults


def told(text: str) -> list[str]:
    document = read(text)
    assert document.root is not None
    return [problem.told("x") for problem in fan_out_checks.fan_outs(with_defaults(document.root))]


def test_what_fits_together_has_nothing_to_tell():
    text = """
streams:
  orgs: {path: /orgs}
  regions: {path: /regions}
  projects: {path: "/orgs/{orgs.id}/projects", copy: [name]}
  tasks: {path: "/orgs/{orgs.id}/projects/{projects.id}/tasks", copy: [projects.title, orgs.name]}
  sales: {path: /sales, method: POST, body: {where: {org: "{orgs.id}", region: "{regions.id}"}}}
  people: {path: /people, params: {"ids[]": "{tasks.owner.id}"}, headers: {X-Org: "{tasks._orgs_id}"}, batch: 50}
  pages: {path: "/pages/{page}", pagination: {type: page, write: path.page}}
"""
    assert told(text) == []


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (
            "/x/{campaings.id}",
            "`{campaings.id}`: there is no stream `campaings`; there are a, b, campaigns; did you mean `campaigns`?",
        ),
        ("/x/{id}", "`{id}` must name a stream and its field, such as `{campaigns.id}`"),
        ("/x/{a.id}", "needs its own records (a -> a); a fan-out must begin at a path without `{…}`"),
        ("/x/{b.id}", "needs its own records (a -> b -> a)"),
        ("/x/{b.id}/{campaigns.id}", "needs its own records (a -> b -> a)"),
        ("/x/{Campaigns.id}", "`{Campaigns.id}` must name a stream and its field, such as `{campaigns.id}`"),
        ("/x/{campaigns.}", "`{campaigns.}` must name a stream and its field, such as `{campaigns.id}`"),
    ],
)
def test_a_fan_out_that_cannot_work_is_told(path, words):
    text = f"streams:\n  a: {{path: '{path}'}}\n  b: {{path: '/b/{{a.id}}'}}\n  campaigns: {{path: /c}}"
    assert told(text)[0].startswith("x:2: streams.a.path: ") and words in told(text)[0]


def test_a_fan_out_too_deep_for_the_workflow_is_told():
    streams = "".join(f"\n  s{n}: {{path: '/{{s{n - 1}.id}}'}}" for n in range(1, 5))
    (line,) = told(f"streams:\n  s0: {{path: /s}}{streams}")
    assert line == "x:6: streams.s4.path: is 4 fan-outs away from a path without `{…}`; at most 3 are allowed"


def test_a_fan_out_over_streams_in_a_circle_ends():
    lines = told("streams: {a: {path: '/{b.id}'}, b: {path: '/{c.id}'}, c: {path: '/{b.id}'}}")
    assert [line.split(" needs")[0] for line in lines] == ["x:1: streams.b.path:", "x:1: streams.c.path:"]


def test_a_fan_out_over_a_stream_that_is_wrong_itself_is_not_told():
    assert told("streams: {a: '/a', b: {path: '/a/{a.id}'}}") == []


@pytest.mark.parametrize("field", ["only_changed", "key_is_global"])
def test_options_of_fan_outs_are_told_elsewhere(field):
    assert told(f"streams: {{a: {{path: /a, {field}: true}}}}") == [
        f"x:1: streams.a.{field}: is for fan-outs; this path takes no other stream's records"
    ]


@pytest.mark.parametrize("place", ["params: {c: '{cs.id}'}", "headers: {C: '{cs.id}'}", "body: {a: [{c: 'x{cs.id}'}]}"])
def test_a_stream_that_is_not_there_is_told_wherever_it_is_named(place):
    (line,) = told(f"streams: {{a: {{path: /a, {place}}}, css: {{path: /c}}}}")
    assert line.startswith(f"x:1: streams.a.{place.partition(':')[0]}: `{{cs.id}}`: there is no stream `cs`")


def test_the_longest_of_several_ways_counts():
    streams = "".join(f"\n  s{n}: {{path: '/{{s0.id}}/{{s{n - 1}.id}}', copy: [s0.id]}}" for n in range(1, 5))
    (line,) = told(f"streams:\n  s0: {{path: /s}}{streams}")
    assert line.startswith("x:6: streams.s4.path: is 4 fan-outs away")


def test_a_value_that_did_not_come_down_with_the_nearer_records_is_told():
    text = """streams:
  orgs: {path: /orgs}
  projects: {path: "/orgs/{orgs.id}/projects"}
  tasks: {path: "/{orgs.slug}/{projects.id}"}
"""
    assert told(text) == [
        "x:4: streams.tasks.path: `{orgs.slug}`: records of `projects` stand below those of `orgs`, but do not carry "
        "`slug` of theirs; write `copy: [orgs.slug]` into `projects`"
    ]


def test_placeholders_in_defaults_are_told():
    lines = told("defaults: {params: {c: '{a.id}'}}\nstreams: {a: {path: /a}}")
    assert lines[0] == (
        "x:1: defaults.params: has `{a.id}`, which would hold for every stream; write it into those it is for"
    )


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ("path: /c, params: {x: '{a.id}', y: '{b.id}'}", "joins the values of one placeholder, and here are 2 (a.id,"),
        ("path: '/c/{a.id}/{b.id}'", "joins the values of one placeholder, and here are 2 (a.id, b.id)"),
        ("path: '/c/{a.id}', copy: [name]", "repeats fields of one parent, and `batch` asks for several at a time"),
    ],
)
def test_a_batch_that_cannot_work_is_told(fields, words):
    (line,) = told(f"streams: {{a: {{path: /a}}, b: {{path: /b}}, c: {{{fields}, batch: 5}}}}")
    assert words in line


def test_a_batch_joins_the_one_value_that_does_not_stand_in_the_path():
    assert told("streams: {a: {path: /a}, c: {path: '/c/{a.team}', params: {ids: '{a.id}'}, batch: 5}}") == []


def test_a_copy_that_may_be_of_several_parents_is_told():
    (line,) = told("streams: {a: {path: /a}, b: {path: /b}, c: {path: '/{a.id}/{b.id}', copy: [b.x, name]}}")
    assert line == "x:1: streams.c.copy[1]: `name` may be of `a` or `b`; write `a.name` or the like"


@pytest.mark.parametrize("field", ["batch: 5", "copy: [x]", "missing_parent: error"])
def test_more_options_of_fan_outs_are_told_elsewhere(field):
    (line,) = told(f"streams: {{a: {{path: /a, {field}}}}}")
    assert line.endswith("is for fan-outs; this path takes no other stream's records")
    assert told(f"defaults: {{{field}}}\nstreams: {{a: {{path: /a}}}}") == []


def test_two_values_for_one_field_of_the_records_are_told():
    (line,) = told("streams: {a: {path: /a}, b: {path: '/{a.owner.id}/{a.owner_id}'}}")
    assert line == (
        "x:1: streams.b.path: `a.owner_id` and `a.owner.id` would both stand in `_a_owner_id` of the records; "
        "leave out one of them"
    )


@pytest.mark.parametrize("place", ["params: {q: '{p.x y}'}", "headers: {Q: 'a {p.x y}'}", "body: {q: ['{p.x y}']}"])
def test_a_placeholder_with_a_space_does_not_go_to_the_api_as_text(place):
    (line,) = told(f"streams: {{p: {{path: /p}}, a: {{path: /a, {place}}}}}")

    assert f"streams.a.{place.partition(':')[0]}: `{{p.x y}}` stays as it is" in line
    assert line.endswith("""write such a key in quotes: `{p."x y"}`""")


@pytest.mark.parametrize("text", ['{p."x y"}', "{q.x y}", "${p.x y}", "{ p.x y }", '{"p.x": "y z"}'])
def test_what_is_quoted_or_no_placeholder_is_left_alone(text):
    assert told(f"streams: {{p: {{path: /p}}, a: {{path: /a, body: {{q: {json.dumps(text)}}}}}}}") == []
