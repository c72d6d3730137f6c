"""How a user meets each message that no other test compares: a wrong file, an answer, an argument.

A way is the entry of the catalogue that must come, and what makes it come.
"""

import gzip
import json
import socket
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from glue_lib.api.client import Client
from glue_lib.api.content_coding import undone
from glue_lib.api.exchange import Cut, Response, SignedRequest
from glue_lib.api.retry import Retry
from glue_lib.cli import emulate
from glue_lib.errors import HeadwaterError
from glue_lib.execution import Execution
from glue_lib.extract.ingest import ingest_stream
from glue_lib.landing.documents import decoded
from glue_lib.landing.folder import FolderStorage
from glue_lib.landing.run import RunFolder
from glue_lib.runtime.arguments import from_event, from_texts
from glue_lib.runtime.execution import no_engine
from glue_lib.spec.loader import loads

FILE = """
source: shop
base_url: https://api.example.org
{source}
streams:
  things:
    path: /things
    {stream}
"""


@dataclass(frozen=True)
class Wrong:
    """A file that is wrong: lines of the source, or fields of its stream."""

    entry: str
    stream: str = ""
    source: str = ""
    whole: str = ""  # in place of all that

    def told(self) -> str:
        """Return what is said of it."""
        return stopped(lambda: loads(self.whole or file(self.stream, self.source), "shop.yaml"))


@dataclass(frozen=True)
class Deed:
    """Anything else, in an empty folder."""

    entry: str
    work: Callable[[Path], Any]

    def told(self, folder: Path) -> str:
        """Return what it stops with."""
        return stopped(lambda: self.work(folder))


@dataclass(frozen=True)
class Answer:
    """An API that answers a right file in a way that the file does not say."""

    entry: str
    stream: str
    replies: Sequence[Any]
    source: str = ""
    secrets: Mapping[str, str] = field(default_factory=dict)

    def told(self, folder: Path) -> str:
        """Return what a run stops with."""
        pipeline = loads(file(self.stream, self.source), "shop.yaml")
        left = list(self.replies)

        def send(request: SignedRequest, timeout_seconds: float) -> Response:
            reply = left.pop(0) if len(left) > 1 else left[0]
            if isinstance(reply, Exception):
                raise reply
            return reply if isinstance(reply, Response) else Response(200, {}, json.dumps(reply).encode())

        client = Client(
            pipeline.base_url,
            name="shop.things",
            auth=pipeline.auth,
            secrets=lambda text: self.secrets.get(text, text),
            retry=Retry(tries=2),
            send=send,
            sleep=lambda seconds: None,
            headers=pipeline.headers,
        )
        execution = Execution(pipeline, FolderStorage(folder), no_engine, lambda text: text)
        return stopped(lambda: ingest_stream(execution, pipeline.stream("things"), client))


def file(stream: str, source: str) -> str:
    """Return a file whose stream has these fields, and that has these lines."""
    return FILE.format(source=source, stream=stream.replace("\n", "\n    "))


def stopped(work: Callable[[], Any]) -> str:
    """Return what the work stops with, whether it is raised or the outcome's."""
    try:
        done = work()
    except (HeadwaterError, Cut, ValueError) as error:
        return str(error)
    return str(getattr(done, "error", "") or f"it went well: {done}")


def text(body: str, content_type: str = "application/json", status: int = 200) -> Response:
    """Return an answer with this body."""
    return Response(status, {"Content-Type": content_type}, body.encode())


HMAC = """auth:
  type: hmac
  secret: "${secret:a}"
  secret_is: base64
  sign: "{path}"
  write: {header.X-Signature: "{signature}"}
"""
KEYSET = "pagination: {type: keyset, read: last_record.id, write: query.q, template: 'id > 1'}"
COLUMNS = "records: {path: data, columns: body.names}"
CURSOR = "key: [id]\ncursor: {field: at, from: query.from"

WRONG = (
    Wrong(
        "`<place>` cannot hold a credential; allowed are `header.…`, `query.…`, `cookie.…`, `body.…`",
        source='auth: {type: api_key, key: "${env:K}", write: path.key}',
    ),
    Wrong("`is` and `is_not` say the same thing; give one of them", "error: {when: body.s, is: [a], is_not: [b]}"),
    Wrong(
        "`more` and `last` say the same thing; give one of them",
        "pagination: {type: token, read: body.next, write: query.t, more: body.more, last: body.last}",
    ),
    Wrong("`<template>` has no `{last}`, where the last record's value goes", KEYSET),
    Wrong(
        "`until: <until>` would stay open: whole numbers have no end of their own",
        "key: [id]\nwrite: upsert\ncursor: {field: n, format: integer, start: 0, from: text.a, until: text.b}",
    ),
    Wrong(
        "`<given>` names no columns; allowed are a list of names, `first_row`, or a place in the answer such as "
        "`body.fields` (texts) or `body.fields[].name` (objects)",
        "records: {path: data, columns: nonsense}",
    ),
    Wrong(
        "`columns` is for arrays, `value_as` and `keyed_as` are not; give one of them",
        "records: {path: data, columns: [a], value_as: b}",
    ),
    Wrong(
        "`from: <from_>` needs `start`: without it the first run would leave `{<hole>}` open",
        f"{CURSOR.replace('query.from', 'text.since')}}}",
    ),
    Wrong("`<name>` is no field name such as `created_at` or `account.country`", "partition_by: {field: 'a..b'}"),
    Wrong("`<text>` is no field name such as `is_deleted` or `meta.status`", "key: [id]\ndeleted: {when: 'a b'}"),
    Wrong(
        "`<text>` has a space in it; write it as `%20`",
        whole="source: shop\nbase_url: https://x.org\nstreams: {things: {path: '/a b'}}",
    ),
    Wrong("`<value>` is no field name such as `id` or `account.id`", "key: ['a b']"),
    Wrong("cannot be read: <told> (column <column>)", whole="source: [shop\nbase_url: }"),
    Wrong("must be <names>; found <node>", "write: [upsert]\nkey: {a: b}"),
    Wrong("must be <words> <context>; found <node>", source="limits: {concurrency: 0}"),
)

ANSWERS = (
    Answer(
        "auth.<field>: `<reference>` is empty; store the credential there",
        "",
        [{}],
        'auth: {type: bearer, token: "${secret:a}"}',
        {"${secret:a}": ""},
    ),
    Answer(
        "auth.<field>: `<reference>` has line breaks or characters that no header can carry",
        "",
        [{}],
        'auth: {type: bearer, token: "${secret:a}"}',
        {"${secret:a}": "a\nb"},
    ),
    Answer(
        "auth: `<username>` or `<password>` is empty; store both there",
        "",
        [{}],
        'auth: {type: oauth2_password, client_id: a, username: "${secret:u}", password: "${secret:p}", token_url: /t}',
        {"${secret:u}": "", "${secret:p}": ""},
    ),
    Answer("auth.secret: `<secret>` is empty; store the credential there", "", [{}], HMAC, {"${secret:a}": ""}),
    Answer(
        "auth.secret: `<secret>` is not <secret_is>; correct `secret_is`, or store the key in that form",
        "",
        [{}],
        HMAC,
        {"${secret:a}": "=!"},
    ),
    Answer("answered <status>, but <error>", "records: data", [text("{")]),
    Answer("the JSON of the body is cut off", "records: data", [text('{"data": [{"id": 1}')]),
    Answer("the body is not JSON<…>", "records: data", [text("hello")]),
    Answer("the body has no `<path>`, where `records` should be; <body>", "records: data", [{"items": []}]),
    Answer(
        "the body has the key `<key>` twice on the way to its records",
        "records: data",
        [text('{"data": [], "data": []}')],
    ),
    Answer("tried <attempt> times, at last it <reason><advice>", "records: data", [text("no", status=503)]),
    Answer("brought no whole answer: <cut>", "records: data", [Cut("3 of 9 bytes came")]),
    Answer(
        "the CSV of the body is cut off within a quoted field", "format: csv", [text('id,name\n1,"Ann', "text/csv")]
    ),
    Answer("the CSV of the body is cut off in line <line>", "format: csv", [text("id,name\n1,Ann\n2", "text/csv")]),
    Answer("line <number> of the body is cut off", "format: ndjson", [text('{"id": 1}\n{"id":', "text/plain")]),
    Answer("the XML of the body is cut off", "format: xml\nrecords: r.i", [text("<r><i><a>1</a>", "text/xml")]),
    Answer(
        "an object of the body has the key `<twice>` twice, which no expression can tell apart",
        "records: 'data[?a]'",
        [text('{"data": [{"a": 1, "a": 2}]}')],
    ),
    Answer(
        "the body is not UTF-8, which an expression in `records` needs; use a dotted path",
        "records: 'data[?a]'",
        [Response(200, {}, b'{"data": [{"a": "\xff"}]}')],
    ),
    Answer(
        "row <number> of <named> is <line>; with `columns` every row must be an array",
        "records: {path: data, columns: [a]}",
        [{"data": [[1], {"a": 1}]}],
    ),
    Answer(
        "`<columns>` is <found>; the names of the columns must stand there as an array",
        COLUMNS,
        [{"data": [[1]], "names": "a"}],
    ),
    Answer(
        "the name of a column in `<where>` is <odd>; it must be a text", COLUMNS, [{"data": [[1]], "names": [None]}]
    ),
    Answer(
        "`<read>` is no object; for a single value use `type: token`",
        "records: data\npagination: {type: continuation, read: body.next, write: query}",
        [{"data": [{"id": 1}], "next": "x"}],
    ),
    Answer(
        "`<read>` is `true`, which leads to no page",
        "records: data\npagination: {type: token, read: body.next, write: query.t}",
        [{"data": [{"id": 1}], "next": True}],
    ),
    Answer(
        "`Content-Range` is `<came>`; it should be like `items 0-99/250`",
        "records: data\npagination: {type: range, size: 10}",
        [Response(206, {"Content-Range": "nonsense"}, b'{"data": [{"id": 1}]}')],
    ),
)


def packed(*members: str) -> bytes:
    """Return a zip archive of empty files."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in members:
            archive.writestr(name, "")
    return made.getvalue()


def packed_often(layers: int) -> bytes:
    """Return JSON that is compressed again and again."""
    content = b"{}"
    for _ in range(layers):
        content = gzip.compress(content)
    return content


ANSWERS += (
    Answer("the zip of the body holds no file", "records: data", [Response(200, {}, packed("a/"))]),
    Answer("the body is packed more than <_LAYERS> times over", "records: data", [Response(200, {}, packed_often(9))]),
    Answer(
        "no parameter, header or body of the request has `<hole>` in it; write it where it belongs",
        f"write: upsert\n{CURSOR.replace('query.from', 'text.since')}, start: 2024-01-01}}",
        [[]],
    ),
    Answer(
        "answered <status>: <error>", "records: data", [Response(302, {"Location": "https://other.example.org/"}, b"")]
    ),
    Answer(
        "<named>: a part of it has a key twice, so that its parts cannot be joined",
        "records: {path: data, joined_by: id}",
        [text('{"data": [{"id": 1, "a": [1], "a": [2]}, {"id": 1, "a": [3]}]}')],
    ),
)


def given(**texts: str) -> Callable[[Path], Any]:
    """Return what reads these arguments of a job."""
    return lambda folder: from_texts({"pipeline": "shop.yaml", "lake": str(folder), **texts})


def taken(folder: Path) -> None:
    """Serve an emulator on a port that is taken."""
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        emulate("stripe", busy.getsockname()[1], False)


DEEDS = (
    Deed("event: <name>", lambda folder: from_event({"pipelin": "x"})),
    Deed("arguments: --database: <error>", given(database="A B")),
    Deed(
        "arguments: --share: `<text>` is no share; write how much of the limits is this execution's, such as `1/3` or "
        "`0.25`",
        given(share="2"),
    ),
    Deed(
        "<key>: not a JSON object; restore it, or delete its run's folder", lambda folder: decoded(b"[]", "plan.json")
    ),
    Deed(
        "<prefix>: the run has no plan; start it first",
        lambda folder: RunFolder(FolderStorage(folder), "s", "t", "r").finish("complete", {}),
    ),
    Deed("emulate: <no_such>", lambda folder: emulate("stirpe", 0, False)),
    Deed("emulate: port <port>: <strerror>; `--port 0` takes a free one", taken),
    Deed("its compressed body is cut off", lambda folder: list(undone(iter([gzip.compress(b"x" * 99)[:20]]), "gzip"))),
    Deed(
        "its compressed body is damaged",
        lambda folder: list(undone(iter([gzip.compress(b"x" * 99)[:12] + b"no gzip at all, only text"]), "gzip")),
    ),
)
