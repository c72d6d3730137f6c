"""Other tools' files become pipelines: what maps, what is told that does not, and that nothing foreign is run."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from glue_lib.cli import app
from glue_lib.discover.importing import Imported, imported
from glue_lib.errors import ConfigError
from glue_lib.spec.loader import loads
from glue_lib.spec.pipeline import Pipeline

FOREIGN = Path(__file__).parent / "foreign"


def read(file: str) -> tuple[Pipeline, Imported]:
    made = imported((FOREIGN / file).read_text(), file)
    return loads(made.text, file), made


def of_dlt(text: str, name: str = "x.py") -> tuple[Pipeline, Imported]:
    made = imported(text, name)
    return loads(made.text, name), made


def written(pipeline: Pipeline) -> dict[str, Any]:
    return {name: stream.pagination.model_dump(exclude_unset=True) for name, stream in pipeline.streams.items()}


def test_a_dlt_source_in_python_maps_without_being_run():
    pipeline, made = read("blog_dlt.py")

    posts, comments, likes = (pipeline.stream(name) for name in ("posts", "comments", "likes"))
    assert pipeline.base_url == "https://blog.example/api/v2"
    assert [str(one) for one in pipeline.references()] == ["${secret:blog_dlt#api_token}", "${env:PARTNER}"]
    assert written(pipeline) == {
        "authors": {"type": "next_url", "read": "body.paging.next"},
        "posts": {"type": "next_url", "read": "body.paging.next"},
        "comments": {"type": "offset", "write": "query.offset", "total": "body.meta.total"},
        "likes": {"type": "token", "read": "body.next.token", "write": "query.after"},
        "tags": {"type": "page", "write": "query.page", "start": 1, "total_pages": "body.pages"},
    }
    assert posts.params == {"per_page": "50", "status": "all"}
    assert posts.cursor and (posts.cursor.from_, posts.cursor.until) == ("query.updated_since", "query.updated_until")
    assert (posts.records.path, posts.write.type, posts.key) == ("data.items", "upsert", ["id"])
    assert (comments.path, comments.copied, comments.records.path) == (
        "/posts/{posts.id}/comments",
        ["title"],
        "comments",
    )
    assert likes.cursor and (likes.cursor.format, likes.write.type, likes.key) == (
        "epoch_s",
        "append",
        ["user", "post"],
    )
    assert [(one.line, one.field) for one in made.unmapped] == [
        (46, "resources[1].columns"),
        (55, "resources[2].endpoint.response_actions"),
        (69, "resources[3].processing_steps"),
        (77, "resources[4].endpoint.paginator.maximum_page"),
        (80, "resources[5]"),
        (24, "client.session"),
    ]


def test_an_airbyte_manifest_maps_with_its_references_and_parameters():
    pipeline, made = read("desk_airbyte.yaml")

    tickets, comments, events = (pipeline.stream(name) for name in ("tickets", "comments", "events"))
    assert pipeline.base_url == "https://${env:SUBDOMAIN}.desk.example/api"
    assert pipeline.auth.type == "basic"
    assert written(pipeline) == {
        "tickets": {"type": "token", "read": "body.meta.next_cursor", "write": "query.cursor", "more": "body.meta.has_more"},  # noqa: E501
        "agents": {"type": "next_url", "read": "body.links.next"},
        "comments": {"type": "offset", "write": "query.offset"},
        "events": {"type": "page", "write": "query.page", "start": 1},
    }  # fmt: skip
    assert tickets.params == {"locale": "en-US", "per_page": "100"}
    assert tickets.cursor and tickets.cursor.model_dump(exclude_unset=True, by_alias=True) == {
        "field": "updated_at",
        "from": "query.updated_from",
        "until": "query.updated_to",
        "start": "2023-05-01T00:00:00Z",
        "lookback": "1h",
        "slice": "30d",
    }
    assert (comments.path, comments.params["limit"]) == ("/v1/tickets/{tickets.id}/comments", "50")
    assert events.params["query"] == "at >= '{since}' and at < '{until}'"
    assert events.cursor and (events.cursor.from_, events.cursor.format, events.cursor.slice) == (
        "text.since",
        "epoch_s",
        "1mo",
    )
    assert events.key == ["event.id"]
    told = {one.field: one.what for one in made.unmapped}
    assert set(told) == {
        "definitions.requester.error_handler",
        "streams[3].retriever.record_selector.record_filter",
        "streams[3].incremental_sync.start_datetime",
        "streams[4].retriever",
    }
    assert "`CustomRetriever` did not map" in told["streams[4].retriever"]


def test_a_glue_connection_type_maps():
    pipeline, made = read("crm_glue.json")

    deals = pipeline.stream("open_deals")
    assert pipeline.auth.model_dump()["token_url"] == "https://crm.example/oauth/token"
    assert written(pipeline) == {
        "account": {"type": "offset", "write": "query.offset"},
        "open_deals": {"type": "token", "read": "body.nextCursor", "write": "body.cursor"},
    }
    assert pipeline.stream("account").params == {"format": "json", "limit": "200"}
    assert pipeline.stream("account").types == {"createdAt": "timestamp"}
    assert (deals.method, deals.body, deals.records.path) == ("POST", {"size": 100}, "result")
    assert [one.line for one in made.unmapped] == [7, 27, 51]


CONFIG = {
    "client": {"base_url": "https://a.example", "auth": {"type": "api_key", "name": "key", "api_key": "abc123xyz", "location": "query"}},  # noqa: E501
    "resources": [{"name": "things", "endpoint": {"path": "things", "data_selector": "data", "paginator": "header_link"}}],  # noqa: E501
}  # fmt: skip


@pytest.mark.parametrize(
    "text", [json.dumps(CONFIG, indent="\t"), yaml.safe_dump({"sources": {"a": CONFIG}})], ids=("json", "yaml")
)
def test_a_dlt_configuration_in_json_or_yaml_maps_and_its_credential_is_not_copied(text: str):
    pipeline, made = of_dlt(text, "conf.yaml")

    assert pipeline.auth.model_dump()["write"] == "query.key"
    assert pipeline.stream("things").pagination.type == "link"
    assert "abc123xyz" not in made.text
    assert "the file holds a credential" in made.text


@pytest.mark.parametrize(
    ("endpoint", "field", "value"),
    [
        ({"paginator": {"type": "json_link"}}, "pagination", {"type": "next_url", "read": "body.next"}),
        ({"paginator": {"type": "cursor", "cursor_path": "$['odd.key'].x", "cursor_body_path": "page.cursor"}}, "pagination", {"type": "token", "read": 'body."odd.key".x', "write": "body.page.cursor"}),  # noqa: E501
        ({"paginator": {"type": "header_cursor", "cursor_key": "X-Next"}}, "pagination", {"type": "token", "read": "header.X-Next", "write": "query.cursor"}),  # noqa: E501
        ({"paginator": "single_page"}, "pagination", {"type": "none"}),
        ({"paginator": {"type": "page_number"}}, "pagination", {"type": "page", "write": "query.page", "start": 0}),
        ({"paginator": {"type": "own"}}, "pagination", {"type": "none"}),
        ({"method": "POST", "json": {"a": {"b": 1}}}, "body", {"a": {"b": 1}}),
        ({"params": {"since": "{incremental.start_value}"}, "incremental": {"cursor_path": "at", "initial_value": 100}}, "cursor", {"field": "at", "from": "query.since", "start": "100", "format": "integer"}),  # noqa: E501
    ],
    ids=range(8),
)  # fmt: skip
def test_what_a_dlt_endpoint_says(endpoint: dict[str, Any], field: str, value: Any):
    config = {"client": {"base_url": "https://a.example"}, "resources": [{"name": "x", "endpoint": endpoint}]}

    pipeline, _ = of_dlt(json.dumps(config), "x.json")

    found = getattr(pipeline.stream("x"), field)
    assert (found if isinstance(found, dict) else found.model_dump(exclude_unset=True, by_alias=True)) == value


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("rest_api_source({'client': {'base_url': f(1)}, 'resources': ['a']})", "write it into the file"),
        ("x = {'client': {'base_url': 'https://a.example'}, **more(), 'resources': ['a', *b, lambda: 1]}", "not run"),
        ("rest_api(client={'base_url': 'https://a.example'}, resources=['a', {'name': n()}, 7])", "not run"),
    ],
    ids=range(3),
)
def test_python_that_is_no_value_is_told(code: str, told: str):
    pipeline, made = of_dlt(code)

    assert "a" in pipeline.streams
    assert any(told in one.what for one in made.unmapped)


def test_nothing_foreign_is_ever_run(tmp_path: Path):
    mark = tmp_path / "run"
    code = f"open({str(mark)!r}, 'w')\nx = {{'client': {{'base_url': __import__('os').system('touch {mark}')}}, 'resources': ['a']}}"  # noqa: E501

    of_dlt(code)
    with pytest.raises(ConfigError, match="tag"):
        imported(f"client: !!python/object/apply:os.system ['touch {mark}']\nresources: []", "x.yaml")

    assert not mark.exists()


BOMB = "\n".join(["a0: &a0 [x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30))])


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("x.yaml", "a: 1", "is of no kind that is read here; allowed are"),
        ("x.yaml", "", "x.yaml"),
        ("x.yaml", "streams: [", "x.yaml:2"),
        ("x.json", "{", "x.json"),
        ("x.py", "def f(:", "x.py:1: is not Python"),
        ("x.py", "a = 1", "has no dictionary with `client` and `resources`"),
        ("x.py", "(" * 5000, "x.py"),
        ("x.yaml", f"{BOMB}\nclient: {{}}\nresources: []", "unfolds without end"),
        ("x.yaml", "definitions: {a: {$ref: '#/definitions/a'}}\nstreams: [{$ref: '#/definitions/a'}]", "no stream could be read"),  # noqa: E501
        ("x.json", '{"client": {}, "resources": []}', "no stream could be read"),
        ("x.json", '{"RestConfiguration": {"EntityConfigurations": []}}', "no stream could be read"),
        ("x.yaml", "client: {base_url: 'https://a.example'}\nresources: [{name: x, endpoint: {path: 'a b'}}]", "x.yaml"),  # noqa: E501
    ],
    ids=range(12),
)  # fmt: skip
def test_what_cannot_be_read_is_an_error_that_says_where(name: str, text: str, told: str):
    with pytest.raises(ConfigError, match=told.replace("[", r"\[")):
        imported(text, name)


def test_what_a_pipeline_refuses_is_left_out_and_told():
    config = {
        "client": {"base_url": "https://a.example"},
        "resources": [
            {"name": "a", "primary_key": "not a name!", "endpoint": {"path": "a", "data_selector": "d"}},
            {"name": "b", "endpoint": {"path": "b/{nobody.id}", "data_selector": "d"}},
            {"name": "c", "endpoint": {"path": "c", "data_selector": "d", "params": {"api_key": "abc123xyz", "ok": 1}}},
        ],
    }

    pipeline, made = of_dlt(json.dumps(config), "x.json")

    assert list(pipeline.streams) == ["a", "c"]
    assert pipeline.stream("a").key == []
    assert pipeline.stream("c").params == {"ok": "1"}
    assert "abc123xyz" not in made.text
    assert [one.field for one in made.unmapped if "is left out" in one.what]


def test_the_command_says_what_did_not_map_by_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    file = str(FOREIGN / "desk_airbyte.yaml")

    done = CliRunner().invoke(app, ["import", file, "-o", "desk.yaml", "--source", "desk"], catch_exceptions=False)
    as_json = CliRunner().invoke(app, ["import", file, "--json"], catch_exceptions=False)

    assert done.exit_code == 0
    assert "desk.yaml: written" in done.stdout
    assert "desk_airbyte.yaml:15: definitions.requester.error_handler: its rules did not map" in done.stderr
    assert loads((tmp_path / "desk.yaml").read_text(), "desk.yaml").source == "desk"
    told = json.loads(as_json.stdout)
    assert (told["kind"], told["streams"]) == ("airbyte", ["tickets", "agents", "comments", "events"])
    assert {one["line"] for one in told["unmapped"]} == {15, 88, 97, 101}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nowhere.yaml"], "nowhere.yaml: there is no such file"),
        ([str(FOREIGN / "crm_glue.json"), "--from", "glu"], "`glu` is not one of airbyte, dlt, glue; did you mean `glue`"),  # noqa: E501
        ([str(FOREIGN / "crm_glue.json"), "--from", "airbyte"], "is no file of airbyte: it has no `streams`"),
    ],
    ids=range(3),
)  # fmt: skip
def test_a_wrong_call_is_told(words: list[str], told: str):
    done = CliRunner().invoke(app, ["import", *words])

    assert isinstance(done.exception, ConfigError) and told in str(done.exception)
