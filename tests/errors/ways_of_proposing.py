"""How a user meets each message of `headwater discover`, `import` and `init`."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

from glue_lib.api.exchange import Response
from glue_lib.api.records import Records
from glue_lib.api.retry import Retry
from glue_lib.command.discovering import Discovery, Wanted
from glue_lib.command.importing import import_file
from glue_lib.command.init import start_file
from glue_lib.command.proposed import put, refuse_overwriting
from glue_lib.discover import foreign, importing, reading
from glue_lib.discover.asking import Budget, WholeAnswer
from glue_lib.discover.credentials import from_flags
from glue_lib.discover.discovery import of_urls
from glue_lib.discover.importing import imported
from glue_lib.discover.python_literal import Source
from glue_lib.discover.specification import Specification
from tests.errors.ways import Deed

ALLOWED = "allowed are a dlt REST API configuration, an Airbyte manifest, and the JSON of Glue's RegisterConnectionType"
THINGS = "https://api.example.org/things"
SERVED = [{"url": "https://api.example.org"}]
ARRAY = {"responses": {"200": {"content": {"application/json": {"schema": {"type": "array", "items": {}}}}}}}
GET = {"/things": {"get": {}}}
INIT = {"base_url": "https://api.example.org", "path": "/things"}
LAUGHS = "a: &a [x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 8)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def discovered(*sources: str, specification: Any = None, **flags: Any) -> Callable[[Path], Any]:
    """Return what proposes a file from these addresses, or from this specification."""

    def work(folder: Path) -> Any:
        file = folder / "api.json"
        if specification is not None:
            file.write_text(json.dumps(specification))
        wanted = Wanted(sources or (str(file),), **flags)
        return Discovery(wanted, retry=Retry(tries=1)).proposed()

    return work


def spec(paths: Any, servers: Any = SERVED) -> dict[str, Any]:
    """Return a specification."""
    return {"openapi": "3.0.0", "servers": servers, "paths": paths}


def taken(file: str, content: str, **given: str) -> Callable[[Path], Any]:
    """Return what imports a file of this name and content."""
    return lambda folder: imported(content, file, **given)


def onto_a_file(folder: Path) -> None:
    """Write into a folder that is a file."""
    (folder / "file").write_text("")
    put("import", "x", str(folder / "file" / "shop.yaml"), force=False)


def over_a_file(folder: Path) -> None:
    """Write over a file that is there."""
    (folder / "shop.yaml").write_text("")
    refuse_overwriting("discover", str(folder / "shop.yaml"), force=False)


def much(folder: Path) -> Any:
    """Read a file that is longer than may be, for a while in which less may be."""
    with mock.patch.object(reading, "_LONGEST", 2**20):
        return reading.read(" " * (2**20 + 1), "shop.json")


def unfit(folder: Path) -> Any:
    """Import a file of which every part does not fit, for a while in which less is taken out."""
    resource = {"name": "a", "write_disposition": "merge", "endpoint": {"path": "a"}}
    told = json.dumps({"client": {"base_url": "https://api.example.org"}, "resources": [resource]})
    with mock.patch.object(importing, "_MOST_REPAIRS", 0):
        return imported(told, "shop.json")


DISCOVERING = (
    Deed("discover: several sources must all be addresses; a specification stands alone", discovered("a.json", THINGS)),
    Deed("discover: <path>: <…>", discovered("missing.json")),
    Deed(
        "discover: `--no-probe` asks for nothing, so the address must be a file here",
        discovered("https://api.example.org/openapi.json", probe=False),
    ),
    Deed(
        "discover: <file> does not say where the API is served; give `--base-url`",
        discovered(specification=spec(GET, [])),
    ),
    Deed(
        "discover: <file> says that the API is served at `<told>`, which cannot be asked (<error>); give `--base-url`",
        discovered(specification=spec(GET, [{"url": "https://user:word@api.example.org"}])),
    ),
    Deed("--base-url: <error>", discovered(THINGS, base_url="nonsense")),
    Deed(
        "discover: <file> has no endpoint that gives records by GET",
        discovered(specification=spec({"/things": {"post": {}}})),
    ),
    Deed(
        "discover: an address is read by asking it; leave out `--no-probe`, or name a specification",
        discovered(THINGS, probe=False),
    ),
    Deed("discover: no endpoint answered with records: <told>", discovered("http://127.0.0.1:1/things")),
    Deed(
        "discover: no endpoint could become a stream: <told>",
        discovered(specification=spec({"/things/{odd_id}/parts": {"get": ARRAY}})),
    ),
    Deed(
        "discover: --stream: there is no `<unknown>`; there are <known>",
        discovered(specification=spec(GET), streams=["stuff"]),
    ),
    Deed("--source: <error>", discovered(THINGS, source_name="A B")),
    Deed("--auth: there is no kind `<get>`", discovered(THINGS, auth="{type: nonsense}")),
    Deed("--auth: <error>", discovered(THINGS, auth='{type: bearer, tokn: "${env:T}"}')),
    Deed("--fill: `<text>` is no `NAME=VALUE`", discovered(THINGS, fill=["id"])),
    Deed("--header: `<name>` is no header; write `Name: value`", lambda folder: from_flags(headers=["nonsense"])),
    Deed(
        "more than one way to show who is asking is given; keep one, or write it in `--auth`",
        lambda folder: from_flags(bearer="${env:T}", query="key=${env:K}"),
    ),
    Deed(
        "<flag>: takes a reference and no credential; allowed: <FORMS>", lambda folder: from_flags(bearer="sk-live-12")
    ),
    Deed(
        '--auth: is no mapping such as `{type: bearer, token: "${env:TOKEN}"}`',
        lambda folder: from_flags(auth="bearer"),
    ),
    Deed(
        "discover: `<url>` is neither an address (`https://…`) nor a file that is there",
        lambda folder: of_urls(["ftp://api.example.org/things"]),
    ),
    Deed(
        "discover: a URL has a user or password in it; use `--basic` with references",
        lambda folder: of_urls(["https://user:word@api.example.org/things"]),
    ),
    Deed(
        "discover: parameter `<name>` looks like a credential; use `--query '<name>=${env:NAME}'`",
        lambda folder: of_urls([f"{THINGS}?api_key=12"]),
    ),
    Deed(
        "discover: the URLs are of several hosts; one pipeline file is one source",
        lambda folder: of_urls([THINGS, "https://other.example.org/things"]),
    ),
    Deed(
        "<name>: is no OpenAPI specification: it has no `openapi: 3…` or `swagger: 2…`, or no `paths`",
        lambda folder: Specification({}, "api.json"),
    ),
    Deed("the budget of <most> requests is spent", lambda folder: Budget(mock.Mock(), 0)(mock.Mock(), 1)),
    Deed(
        "answered with an error: <said>",
        lambda folder: WholeAnswer().decode(Response(200, {}, b"{}"), Records(), lambda text: "it says `no`"),
    ),
)

READING = (
    Deed("<name>: is longer than <_LONGEST> MiB; leave out what is not needed", much),
    Deed("<name>: is nested too deep to be read", lambda folder: reading.read("[" * 200_000, "shop.json")),
    Deed("<name>:<line>: is not plain YAML: <…>", lambda folder: reading.read("a: [1", "shop.yaml")),
    Deed("<name>: is not YAML: <error>", lambda folder: reading.read("a: \x01", "shop.yaml")),
    Deed("<name>: cannot be read: <error>", lambda folder: reading.read('{"a" 1', "shop.json")),
    Deed("line <lineno>: <msg>", lambda folder: reading.read('{"a" 1', "shop.json")),
    Deed(
        "<name>:<line>: has a byte that is no UTF-8; save the file as UTF-8",
        lambda folder: reading.text_of(b"a: 1\nb: \xff", "shop.yaml"),
    ),
    Deed("<name>: unfolds without end", lambda folder: foreign.read(LAUGHS, "shop.yaml")),
    Deed("<name>:<…>: is not Python: <msg>", lambda folder: Source("x = (", "shop.py", "shop")),
    Deed("<name>: is no Python that can be read", lambda folder: Source("-" * 200_000 + "1", "shop.py", "shop")),
)

IMPORTING = (
    Deed(
        "import: <file>: there is no such file",
        lambda folder: import_file(str(folder / "x.json"), "", kind="", source="", force=False, json=True),
    ),
    Deed(
        "import: <file>: cannot be read: <strerror>",
        lambda folder: import_file(str(folder), "", kind="", source="", force=False, json=True),
    ),
    Deed("--from: <kind>", taken("shop.json", "{}", kind="dtl")),
    Deed("<name>: no stream could be read<…>", taken("shop.json", '{"client": {}, "resources": []}')),
    Deed(f"<name>: has no dictionary with `client` and `resources`; {ALLOWED}", taken("shop.py", "x = {}")),
    Deed("<name>: is no file of <kind>: it has no <_NEEDS>", taken("shop.json", "{}", kind="airbyte")),
    Deed(f"<name>: is of no kind that is read here; {ALLOWED}", taken("shop.json", "{}")),
    Deed("<name>: too much of it does not fit a pipeline", unfit),
    Deed(
        "init: <names> missing, and no terminal is there to ask at",
        lambda folder: start_file(str(folder / "x.yaml"), {}, force=False, json=True),
    ),
    Deed(
        "`<text>` is no place of a credential; write `name#field`, such as `headwater/shop#token`",
        lambda folder: start_file(str(folder / "x.yaml"), {**INIT, "secret": "${env:T}"}, force=False, json=True),
    ),
    Deed("<command>: <file> is there already; `--force` overwrites it, or name another file", over_a_file),
    Deed("<command>: <file> cannot be written: <strerror>", onto_a_file),
)

PROPOSING = (*DISCOVERING, *READING, *IMPORTING)
