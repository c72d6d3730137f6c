"""A small API discovered from its own specification: read from a file, and probed; the file is run end to end."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from emulators.server import Server, serving
from glue_lib.api.limits import Limits
from glue_lib.api.retry import Retry
from glue_lib.cli import app
from glue_lib.command.discovering import Discovery, Made, Wanted
from glue_lib.errors import ApiError, ConfigError
from glue_lib.execution import Execution
from glue_lib.landing.storage import FolderStorage
from glue_lib.pipeline import ingest
from glue_lib.runtime.execution import no_engine
from glue_lib.runtime.secrets import resolver
from glue_lib.spec.loader import loads
from glue_lib.spec.pipeline import Pipeline
from tests.discover.shop import TOKEN, Shop, specification
from tests.discover.test_emulators import landed
from tests.emulators.exactly_once import counted, differences, told

QUICK = Limits(requests_per_second=500, concurrency=1)
KEY = "X-Shop-Key: ${env:SHOP_KEY}"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Server]:
    monkeypatch.setenv("SHOP_KEY", TOKEN)
    monkeypatch.chdir(tmp_path)
    with serving(Shop()) as served:
        yield served


def discover(*sources: str, **flags: Any) -> tuple[Pipeline, str, Made]:
    text, made = Discovery(Wanted(sources, **flags), QUICK, Retry(tries=1)).proposed()
    return loads(text, "shop.yaml", {"limits.requests_per_second": 500}), text, made


def read(pipeline: Pipeline, folder: Path) -> dict[str, list[bytes]]:
    storage = FolderStorage(folder)
    outcomes = ingest(Execution(pipeline, storage, no_engine, resolver(os.environ)))
    assert {outcome.status for outcome in outcomes} == {"complete"}
    return {outcome.stream: landed(storage, outcome) for outcome in outcomes}


def test_a_specification_is_found_at_its_address_and_the_proposed_file_reads_every_record(
    server: Server, tmp_path: Path
):
    pipeline, text, made = discover(f"{server.base_url}/openapi.json", headers=(KEY,), requests=30)

    orders, customers = pipeline.stream("orders"), pipeline.stream("customers")
    assert pipeline.source == "shop"
    assert (orders.cursor and orders.cursor.from_, orders.write.type) == ("query.updated_since", "upsert")
    assert orders.params == {"limit": "20"}
    assert (customers.pagination.start, customers.pagination.total_pages) == (0, "body.totalPages")  # type: ignore[attr-defined]
    assert pipeline.stream("orders_notes").path == "/orders/{orders.id}/notes"
    assert pipeline.stream("products").key == ["sku"]
    assert pipeline.stream("products").pagination.start == 1  # type: ignore[attr-defined]  # the specification allows 0
    assert "proven by probing: asked for those since" in text
    assert TOKEN not in text
    assert made.requests == len(server.emulator.calls) <= 30
    assert {call.method for call in server.emulator.calls} == {"GET"}
    wanted = server.emulator.truth()
    for stream, records in read(pipeline, tmp_path / "lake").items():
        assert not differences(counted(records), told(wanted[stream])), stream


def test_a_file_alone_is_read_without_a_request_and_every_guess_is_doubted(server: Server, tmp_path: Path):
    file = tmp_path / "shop.yaml"
    file.write_text(yaml.safe_dump(specification(server.base_url), sort_keys=False))

    pipeline, text, made = discover(str(file))

    assert server.emulator.calls == []
    assert list(pipeline.streams) == ["orders", "customers", "products", "orders_notes"]
    assert (pipeline.auth.type, pipeline.auth.write) == ("api_key", "header.X-Shop-Key")
    assert pipeline.stream("orders").pagination.read == "body.paging.next_cursor"  # type: ignore[attr-defined]
    assert pipeline.stream("orders_notes").pagination.type == "none"
    assert text.count("# doubt: not probed") == 4
    assert dict(made.left_out) == {
        "/orders/{order_id}": "it gives one record of a list",
        "/reports/search": "it is asked by POST, which discovery does not try",
        "/health": "its answer has no array of records",
        "/stores/{store}/shelves": "no stream's records fill `{store}`; `--fill NAME=VALUE` gives it a value",
    }


def test_a_file_is_probed_when_asked_to(server: Server, tmp_path: Path):
    file = tmp_path / "shop.json"
    file.write_text(json.dumps(specification("https://elsewhere.example/v2")))

    _, text, made = discover(str(file), probe=True, base_url=server.base_url, headers=(KEY,))

    assert made.requests > 3
    assert "proven by probing: the second page has other records" in text


@pytest.mark.parametrize("most", [1, 2, 3, 7])
def test_no_more_is_asked_than_the_budget_allows(server: Server, most: int):
    _, text, made = discover(f"{server.base_url}/openapi.json", headers=(KEY,), requests=most)

    assert made.requests == len(server.emulator.calls) == most
    assert "budget" in text or "were spent" in text


def test_another_host_is_never_asked(server: Server):
    with serving(Shop()) as other:
        server.emulator.redirects_to = f"{other.origin}/v2/orders"  # type: ignore[attr-defined]
        with pytest.raises(ApiError, match="answered 302: the API points to"):
            discover(f"{server.base_url}/orders", headers=(KEY,))

        assert other.emulator.calls == []


def test_a_specification_that_is_served_elsewhere_is_not_probed_unasked(server: Server):
    with serving(Shop()) as other:
        found = specification(other.base_url)
        server.emulator.answer = lambda call: type(call) and _answer(found)  # type: ignore[method-assign]

        _, text, made = discover(f"{server.base_url}/openapi.json")

        assert (made.requests, other.emulator.calls) == (1, [])
        assert "doubt: served on another host than its specification" in text


def _answer(body: Any) -> Any:
    from emulators.kit import Answer

    return Answer(200, body)


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        ({"bearer": "abc123"}, "--bearer: takes a reference and no credential"),
        ({"headers": ("Authorization: Bearer abc123",)}, "--header: takes a reference and no credential"),
        ({"headers": ("no header",)}, "--header: `no header` is no header"),
        ({"basic": "ann:secret"}, "--basic: takes a reference and no credential"),
        ({"query": "api_key=abc123"}, "--query: takes a reference and no credential"),
        ({"auth": "bearer"}, "--auth: is no mapping"),
        ({"auth": "{type: berer, token: '${env:A}'}"}, "--auth: there is no kind `berer`"),
        ({"bearer": "${env:A}", "query": "k=${env:A}"}, "more than one way"),
        ({"probe": False}, "an address is read by asking it"),
        ({"streams": ("order",)}, "there is no `order`; there are orders"),
        ({"fill": ("x",)}, "--fill: `x` is no `NAME=VALUE`"),
        ({"source_name": "My Shop"}, "--source: `My Shop` does not fit"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_wrong_flag_is_told_before_anything_is_asked(server: Server, flags: dict[str, Any], told: str):
    with pytest.raises(ConfigError, match=told):
        discover(f"{server.base_url}/orders", **flags)

    assert server.emulator.calls == []


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("nowhere.json", "nowhere.json: there is no such file"),
        ("ftp://example.org/x", "neither an address"),
        ("https://ann:pw@example.org/x", "a user or password in it"),
        ("https://example.org/x?api_key=abc123", "`api_key` looks like a credential"),
    ],
    ids=lambda value: value.partition(":")[0],
)
def test_what_cannot_be_discovered_says_so_without_a_credential(source: str, told: str):
    with pytest.raises(ConfigError, match=told) as raised:
        discover(source)

    assert "abc123" not in str(raised.value) and "pw@" not in str(raised.value)


def test_a_closed_door_is_told_with_what_to_check(server: Server, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SHOP_KEY", "wrong-key-of-ours")

    with pytest.raises(ApiError, match="answered 401") as raised:
        discover(f"{server.base_url}/orders", headers=(KEY,))

    assert "wrong-key-of-ours" not in str(raised.value)


@pytest.mark.parametrize(
    ("path", "told"),
    [("/login", "/login: could not be probed: the body is not JSON but HTML or XML"), ("/report", "is not JSON$")],
)
def test_an_answer_that_is_no_json_makes_no_stream(server: Server, path: str, told: str):
    with pytest.raises(ApiError, match=told):
        discover(f"{server.base_url}{path}", headers=(KEY,))


def test_a_specification_is_known_by_what_it_is_and_not_by_its_name(server: Server):
    pipeline, _, made = discover(f"{server.base_url}/v3.json", headers=(KEY,), requests=30)

    assert pipeline.source == "shop" and {"orders", "customers"} <= set(pipeline.streams)
    assert made.requests <= 30


def test_fields_that_no_file_can_name_are_no_keys(server: Server):
    pipeline, _, _ = discover(f"{server.base_url}/odd", headers=(KEY,))

    assert pipeline.stream("odd").key == []


def test_the_command_writes_a_file_and_tells_what_it_did(server: Server, tmp_path: Path):
    words = ["discover", f"{server.base_url}/orders?limit=20", "--header", KEY, "-o", "found.yaml", "--requests", "5"]

    said = CliRunner().invoke(app, words, catch_exceptions=False).stdout
    again = CliRunner().invoke(app, words)
    forced = CliRunner().invoke(app, [*words, "--force", "--json"], catch_exceptions=False)

    assert "found.yaml: written" in said and "next: headwater preview found.yaml" in said
    assert isinstance(again.exception, ConfigError) and "is there already" in str(again.exception)
    found = json.loads(forced.stdout)
    assert (found["streams"], found["requests"]) == (["orders"], 3)
    assert found["text"] == (tmp_path / "found.yaml").read_text()
    assert {one["field"] for one in found["doubts"]} >= {"limits"}
