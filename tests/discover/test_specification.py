"""Specifications, also hostile ones: circles, references into nothing, bombs; and what each version says."""

import json
from typing import Any

import pytest

from glue_lib.discover import credentials, reading
from glue_lib.discover.specification import Specification
from glue_lib.errors import ConfigError

ITEM = {"type": "object", "properties": {"id": {"type": "integer"}}}


def made(path: str = "/things", schema: Any = None, **more: Any) -> Specification:
    answer = {"200": {"content": {"application/json": {"schema": schema or {"type": "array", "items": ITEM}}}}}
    root = {"openapi": "3.0.3", "info": {}, "paths": {path: {"get": {"responses": answer}}}, **more}
    return Specification(root, "x.json")


def old(**more: Any) -> Specification:
    schema = {"type": "object", "properties": {"items": {"type": "array", "items": {"$ref": "#/definitions/Item"}}}}
    get = {
        "parameters": [{"name": "page", "in": "query", "type": "integer", "default": 1}],
        "responses": {"200": {"schema": schema}},
    }
    root = {"swagger": "2.0", "paths": {"/things": {"get": get}}, "definitions": {"Item": ITEM}, **more}
    return Specification(root, "x.json")


@pytest.mark.parametrize(
    ("servers", "url"),
    [
        ([{"url": "https://a.example/v1/"}], "https://a.example/v1"),
        ([{"url": "https://{site}.example/{v}", "variables": {"site": {"default": "b"}, "v": {"default": "2"}}}], "https://b.example/2"),
        ([{"url": "/v3"}], None),
        ([], None),
        ("odd", None),
        ([{"url": "javascript:x"}], None),
    ],
    ids=range(6),
)  # fmt: skip
def test_servers_say_where_the_api_is(servers: Any, url: str | None):
    assert made(servers=servers).base_url() == url


def test_a_relative_server_is_behind_the_address_of_the_specification():
    root = {"openapi": "3.1.0", "paths": {}, "servers": [{"url": "../v3"}]}

    assert Specification(root, "x", "https://a.example/docs/openapi.json").base_url() == "https://a.example/v3"


def test_an_old_specification_says_host_path_scheme_and_parameters():
    found = old(host="a.example", basePath="/v1", schemes=["http", "https"])

    (endpoint,) = found.listed(is_probing=False).endpoints
    assert found.base_url() == "https://a.example/v1"
    assert endpoint.example == {"items": [{"id": 1}]}
    assert [(one.name, one.default) for one in endpoint.known or ()] == [("page", 1)]


@pytest.mark.parametrize(
    ("scheme", "auth"),
    [
        ({"type": "http", "scheme": "bearer"}, {"type": "bearer", "token": "${secret:s#token}"}),
        ({"type": "http", "scheme": "Basic"}, {"type": "basic", "username": "${secret:s#username}", "password": "${secret:s#password}"}),  # noqa: E501
        ({"type": "apiKey", "in": "query", "name": "key"}, {"type": "api_key", "write": "query.key", "key": "${secret:s#api_key}"}),  # noqa: E501
        ({"type": "apiKey", "in": "cookie", "name": "sid"}, {"type": "api_key", "write": "cookie.sid", "key": "${secret:s#api_key}"}),  # noqa: E501
        (
            {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "https://a.example/t", "scopes": {"read": ""}}}},  # noqa: E501
            {"type": "oauth2_client_credentials", "token_url": "https://a.example/t", "client_id": "${secret:s#client_id}", "client_secret": "${secret:s#client_secret}"},  # noqa: E501
        ),
        ({"type": "oauth2", "flows": {"implicit": {}}}, {"type": "bearer", "token": "${secret:s#token}"}),
        ({"type": "openIdConnect"}, {"type": "bearer", "token": "${secret:s#token}"}),
    ],
    ids=range(7),
)  # fmt: skip
def test_security_schemes_become_references(scheme: dict[str, Any], auth: dict[str, str]):
    found = credentials.from_specification(made(components={"securitySchemes": {"x": scheme}}), "s")

    assert found is not None and found.value == auth


def test_the_scheme_that_requests_need_comes_first():
    schemes = {"a": {"type": "http", "scheme": "basic"}, "b": {"type": "http", "scheme": "bearer"}}
    found = credentials.from_specification(made(security=[{"b": []}], components={"securitySchemes": schemes}), "s")

    assert found is not None and found.value["type"] == "bearer"
    assert found.doubts == ("the specification also allows `a`",)


def test_circles_and_references_into_nothing_end():
    schemas = {
        "A": {"type": "object", "properties": {"id": {"type": "string"}, "b": {"$ref": "#/components/schemas/B"}}},
        "B": {"allOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/None"}, {"$ref": "other.json"}]},  # noqa: E501
        "C": {"$ref": "#/components/schemas/C"},
    }  # fmt: skip
    found = made(schema={"type": "array", "items": {"$ref": "#/components/schemas/A"}}, components={"schemas": schemas})

    (endpoint,) = found.listed(is_probing=False).endpoints
    assert endpoint.example == [{"id": "text", "b": {}}]
    assert found.document.missing == {"#/components/schemas/None", "other.json"}
    assert (
        made(schema={"$ref": "#/components/schemas/C"}, components={"schemas": schemas})
        .listed(is_probing=False)
        .left_out
    )


def test_a_schema_that_doubles_at_each_level_ends():
    schemas = {
        f"L{n}": {
            "type": "object",
            "properties": {key: {"$ref": f"#/components/schemas/L{n + 1}"} for key in "abcdefgh"},
        }
        for n in range(30)
    }
    found = made(
        schema={"type": "array", "items": {"$ref": "#/components/schemas/L0"}}, components={"schemas": schemas}
    )

    assert len(json.dumps(found.listed(is_probing=False).endpoints[0].example)) < 10**6


@pytest.mark.parametrize(
    "root",
    [
        {"openapi": "3.0.0", "paths": {"/a": None, "/b": [], "/c": {"get": []}, 4: {}, "no": {}, "/d e": {"get": {}}}},
        {"openapi": "3.0.0", "paths": {"/a": {"get": {"parameters": [None, {"$ref": 3}], "responses": {"200": []}}}}},
        {"openapi": "3.0.0", "paths": {"/a": {"$ref": "#/paths/~1a"}}, "components": {"securitySchemes": []}},
        {"swagger": "2.0", "paths": {"/a": {"get": {"responses": {"200": {"schema": {"type": 7}}}}}}, "host": 3},
    ],
    ids=range(4),
)
def test_what_is_malformed_is_left_out(root: Any):
    found = Specification(root, "x")

    assert found.listed(is_probing=False).endpoints == ()
    assert found.base_url() is None or found.base_url()
    assert credentials.from_specification(found, "s") is None


@pytest.mark.parametrize("root", [None, [], {}, {"openapi": "4.0", "paths": {}}, {"openapi": "3.0.0"}], ids=range(5))
def test_what_is_no_specification_is_refused(root: Any):
    with pytest.raises(ConfigError, match="is no OpenAPI specification"):
        Specification(root, "x.json")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: !!python/object/apply:os.system [id]", "x:1: is not plain YAML"),
        ("a: [", "x:2: is not plain YAML"),
        ("[" * 100_000, "x: is nested too deep"),
        ('{"a": ' * 100_000, "x: is nested too deep"),
        (f"a: &a {{{', '.join(f'k{n}: v' for n in range(20_001))}}}\nb: {{<<: *a}}", "unfold without end"),
        ("a: \x00", "x: is not YAML"),
    ],
    ids=range(6),
)  # fmt: skip
def test_hostile_texts_are_told_and_do_nothing(text: str, told: str):
    with pytest.raises(ConfigError, match=told):
        reading.read(text, "x")


def test_merges_of_merges_take_no_memory():
    merges = [f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}" for n in range(1, 9)]

    try:
        found = reading.read("\n".join(["a0: &a0 {k: v}", *merges]), "x")
    except ConfigError as error:  # of a reader of YAML that takes each key as often as it comes
        assert "unfold without end" in str(error)
    else:
        assert found["a8"] == {"k": "v"}


def test_aliases_of_aliases_take_no_memory_and_moments_stay_text():
    bomb = "\n".join(["a0: &a0 [x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30))])

    found = reading.read(bomb + "\nday: 2024-01-01\nwhole: 12\nodd: 0o17", "x")

    assert (found["day"], found["whole"], found["odd"]) == ("2024-01-01", 12, "0o17")
