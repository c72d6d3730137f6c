"""The schema for editors takes what the loader takes, and underlines what is plainly wrong."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from glue_lib.spec import document, layers
from glue_lib.spec.loader import loads
from glue_lib.spec.schema import schema, text

FILE = Path(__file__).parents[2] / "pipelines" / "pipeline.schema.json"
HEAD = "source: x\nbase_url: https://x.example\n"
BODY = "streams: {a: {path: /a}}\n"


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    Draft202012Validator.check_schema(schema())
    return Draft202012Validator(schema())


def wrong(validator: Draft202012Validator, yaml: str) -> list[str]:
    root = document.read(yaml).root
    assert root is not None
    return [".".join(map(str, error.absolute_path)) for error in validator.iter_errors(layers.plain(root))]


def test_the_file_beside_the_pipelines_is_up_to_date():
    assert FILE.read_text(encoding="utf-8") == text(), f"run `python -m glue_lib.spec.schema > pipelines/{FILE.name}`"


def test_every_key_says_what_it_is_for():
    made = schema()
    parts = {"Pipeline": made, **made["$defs"]}
    silent = [
        f"{part}.{key}"
        for part, one in parts.items()
        for key, field in one.get("properties", {}).items()
        if key != "type" and "description" not in {**field, **parts.get(str(field.get("$ref")).rpartition("/")[2], {})}
    ]
    assert silent == []


def test_every_pipeline_of_the_project_fits(validator):
    files = sorted(FILE.parent.glob("*.yaml"))
    assert files
    for file in files:
        assert wrong(validator, file.read_text(encoding="utf-8")) == []
        assert file.read_text(encoding="utf-8").startswith(f"# yaml-language-server: $schema={FILE.name}\n")


@pytest.mark.parametrize(
    "yaml",
    [
        HEAD + BODY,
        HEAD + "auth: none\n" + BODY,
        HEAD + "streams: {a: {path: /a, write: upsert, key: [id], pagination: link}}",
        HEAD + "streams: {a: {path: /a, write: {type: upsert}, key: [id], params: {a: 1, b: true, c: null, d: x}}}",
        HEAD + "streams: {a: {path: /a, format: csv, error: none, records: null}, b: {path: /b, records: 'a[].b'}}",
        HEAD + "streams: {a: {path: /a, format: {type: xml, lists: [x]}, records: {path: a.b, missing: is_empty}}}",
        HEAD + "streams: {a: {path: /a, records: {columns: [x]}, error: {when: body.s, is: [bad], message: body.m}}}",
        HEAD + "streams: {a: {path: /a, types: {x: 'decimal(18,2)', y: bigint}}}",
        HEAD + "streams: {a: {path: /a, write: append, cursor: {field: n, from: query.n, start: 7, format: integer}}}",
        HEAD + "defaults: {records: data, write: append, pagination: {type: token, read: body.next}}\n"
        "streams: {a: {path: /a, pagination: {write: query.c}}, b: {path: /b, pagination: null, method: null}}",
        HEAD
        + BODY
        + "schedule: {cron: '0 6 * * ? *'}\nglue: {workers: 3}\nlimits: {concurrency: 2}\nretry: {tries: 3}",
    ],
)
def test_takes_what_the_loader_takes(validator, yaml):
    loads(yaml, "x.yaml")
    assert wrong(validator, yaml) == []


@pytest.mark.parametrize(
    ("yaml", "place"),
    [
        (HEAD, ""),
        (HEAD + BODY + "strems: 1", ""),
        (HEAD + "streams: {A: {path: /a}}", "streams"),
        (HEAD + "streams: {a: {}}", "streams.a"),
        (HEAD + "streams: {a: {path: /a, name: b}}", "streams.a"),
        (HEAD + "streams: {a: {path: /a, pagination: offest}}", "streams.a.pagination"),
        (HEAD + "streams: {a: {path: /a, pagination: {type: offest}}}", "streams.a.pagination"),
        (HEAD + "streams: {a: {path: /a, pagination: {type: token, reed: body.x}}}", "streams.a.pagination"),
        (HEAD + "streams: {a: {path: /a, key: id}}", "streams.a.key"),
        (HEAD + "streams: {a: {path: /a, format: jsonl}}", "streams.a.format"),
        (HEAD + "streams: {a: {path: /a, records: {paths: a}}}", "streams.a.records"),
        (HEAD + "streams: {a: {path: /a, types: {x: int}}}", "streams.a.types.x"),
        (HEAD + "defaults: {recrods: data}\n" + BODY, "defaults"),
        (HEAD + "auth: bearer\n" + BODY, "auth"),
        (HEAD + "auth: {type: bearer}\n" + BODY, "auth"),
        (HEAD + "glue: {workers: '2'}\n" + BODY, "glue.workers"),
        (HEAD + "schedule: {timezone: UTC}\n" + BODY, "schedule"),
    ],
)
def test_underlines_what_is_plainly_wrong(validator, yaml, place):
    assert wrong(validator, yaml) == [place]


def test_every_field_of_a_stream_says_what_it_is():
    fields = schema()["$defs"]["Stream"]["properties"]
    assert [name for name, field in fields.items() if not field.get("description")] == []


def test_is_plain_json():
    assert json.loads(text()) == schema()
