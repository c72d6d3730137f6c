"""How a user meets what only a broken machine, a large answer, or a command makes: the part that tells is called."""

import errno
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

from botocore.exceptions import ClientError
from pyspark.errors import ParseException, PySparkException

from glue_lib import pipeline as pipeline_of_all
from glue_lib.api import client, giant, selection
from glue_lib.api.address import same_host
from glue_lib.api.auth import sigv4
from glue_lib.api.auth.token import _is_source
from glue_lib.api.body import Body
from glue_lib.api.client import Client, HttpSend
from glue_lib.api.exchange import Response, SignedRequest
from glue_lib.api.giant import GiantJson
from glue_lib.api.tls import Tls
from glue_lib.command import housekeeping, job_here, report, runs, working
from glue_lib.execution import Execution, Outcome, no_engine
from glue_lib.extract.ingest import ingest_stream
from glue_lib.extract.whereabouts import At
from glue_lib.lake import conflicts
from glue_lib.landing.exact import exact_value
from glue_lib.landing.folder import FolderStorage
from glue_lib.load import due
from glue_lib.runtime import execution, identity, look, release, secrets_file
from glue_lib.runtime.arguments import from_argv, from_texts
from glue_lib.runtime.engine import SparkEngine
from glue_lib.shape.strftime import java_pattern
from glue_lib.spec import references, wrong
from glue_lib.spec.document import Node
from glue_lib.spec.loader import load, loads
from tests.errors.ways import Answer, Deed, Wrong, file, packed, text

URL = "https://api.example.org"
PARENTS = """source: shop
base_url: https://api.example.org
streams:
  orders: {path: /orders, key: [id], write: upsert, cursor: {field: at, from: query.from}}
  lines: {path: "/orders/{orders.id}/lines", write: replace, only_changed: true}
"""

MORE_WRONG = (
    Wrong(
        "`<name>: <step>` is no duration; write a number and a unit, such as `7d` or `1mo`",
        'cursor: {field: at, from: query.from, lookback: "7"}',
    ),
    Wrong("`when` is missing: where the answer says that it is an error, such as `body.status`", "error: {is: [a]}"),
    Wrong(
        "asks only for parents that changed, and `write: replace` would delete the rows of the others; write `upsert` "
        "or `append`, or leave it out",
        whole=PARENTS,
    ),
    Wrong("`<duration>` is no time at all; write such as `90d`, or leave it out", source="maintenance: {keep_raw: 0d}"),
    Wrong(
        "`<text>` has <text> characters; 60 are allowed, since tables and jobs are named after it",
        whole=file("", "").replace("shop", "s" * 61),
    ),
    Wrong(
        "`<text>` is not one of bigint, boolean, date, decimal(p,s), double, epoch_ms, epoch_s, map, string, timestamp",
        "types: {a: nonsense}",
    ),
)

MORE_ANSWERS = (
    Answer(
        "<name>: <request>, page <number>: <error>",
        "records: {path: data, joined_by: id}",
        [{"data": [{"id": 1, "a": "x"}, {"id": 1, "a": "y"}]}],
    ),
    Answer(
        "<reason>; the run can go on at <resume_at>", "records: data", [Response(429, {"Retry-After": "86400"}, b"")]
    ),
    Answer(
        "the body has <size> MiB, and an expression in `records` can be evaluated on at most <_MOST_DECODED>; ask for "
        "smaller pages, or give a dotted path",
        "records: 'data[?a]'",
        [Response(200, {}, b"[" + b" " * (17 << 20))],
    ),
    Answer(
        "<named> differs between the parts of the record; only arrays are put together",
        "records: {path: data, joined_by: id}",
        [{"data": [{"id": 1, "a": "x"}, {"id": 1, "a": "y"}]}],
    ),
    Answer(
        "`<filename>` in the zip of the body is packed in a way that is not known",
        "records: data",
        [Response(200, {}, packed("a.json").replace(b"PK\1\2\x14\3\x14\0\0\0\0\0", b"PK\1\2\x14\3\x14\0\0\0\x63\0"))],
    ),
    Answer(
        "the body is nested too deep",
        "records: data",
        [Response(200, {}, b'{"data": ' + b"[" * 200_000 + b"]" * 200_000 + b"}")],
    ),
    Answer("the body is not valid JSON: <error>", "records: data", [text('{"data": [{"a": 01}]}')]),
    Answer(
        "an expression in `records` computes a number, which would not be exact; leave that to SQL",
        "records: '[avg(data[].a)]'",
        [{"data": [{"a": 1}]}],
    ),
    Answer(
        "record `<key>` of <named> is <value>, and no other is an object; <value>",
        "records: {path: data, keyed_as: k}",
        [{"data": {"a": 5}}],
    ),
)


def kept(**texts: str) -> Callable[[Path], Any]:
    """Return what keeps all the tables of an empty lake in order."""
    given = {"streams": "", "set": "{}", **texts}
    return lambda folder: housekeeping.keep_in_order("", str(folder), given, retention_hours=None, is_forced=False)


def long_json(body: bytes, most: int = giant.LONGEST) -> Callable[[Path], Any]:
    """Return what reads the records of a body piece by piece, as a long one is read."""

    def work(folder: Path) -> list[bytes]:
        with mock.patch.object(giant, "LONGEST", most):
            return list(GiantJson(Body(body), "data"))

    return work


def without_room(folder: Path) -> None:
    """Send a request whose answer finds no room."""
    full = OSError(errno.ENOSPC, "No space left on device")
    with mock.patch.object(HttpSend, "_whole", side_effect=full):
        HttpSend(1)(SignedRequest("GET", URL), 1)


def shorter(folder: Path) -> None:
    """Read an answer that is shorter than it said."""
    raw = mock.Mock(read=mock.Mock(side_effect=[b"abc", b""]))
    list(client._pieces(mock.Mock(raw=raw, headers={"Content-Length": "9"}, status_code=200)))


def without_a_role(folder: Path) -> None:
    """Sign for AWS where there is no role."""
    with mock.patch.object(sigv4, "_role", return_value=None):
        sigv4._of_the_machine()


def refused_by_aws(folder: Path) -> None:
    """Ask AWS who this is, with keys that it refuses."""
    session = mock.Mock(region_name="us-east-1")
    session.client.side_effect = ClientError({"Error": {"Code": "ExpiredToken"}}, "GetCallerIdentity")
    with mock.patch("boto3.Session", return_value=session):
        identity.identity()


def given_up(folder: Path) -> None:
    """Ask for a page that nobody waits for any more."""
    asking = Client(URL, name="shop.things", secrets=str, send=mock.Mock())._asking
    asking.page(mock.Mock(is_wanted=lambda: False, number=1, request="GET /things"))


def planned_otherwise(folder: Path) -> Any:
    """Go on with a run under another file."""
    for path in ("records: data", "records: items"):
        pipeline = loads(file(path, ""), "shop.yaml")
        execution = Execution(pipeline, FolderStorage(folder), no_engine, lambda text: text, run_id="r")
        send = mock.Mock(return_value=text('{"data": []}'))
        done = ingest_stream(execution, pipeline.stream("things"), Client(URL, name="x", secrets=str, send=send))
    return done


def port_in_use(folder: Path) -> None:
    """Serve the page of the runs on a port that is taken."""
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        report.serve(str(folder), busy.getsockname()[1])


def of_two_streams(folder: Path) -> None:
    """Compare runs of two streams."""
    found = [{"shop.orders": None}, {"shop.things": None}]
    with mock.patch.object(runs, "_of"), mock.patch.object(runs, "_newest", side_effect=found):
        runs.compare_runs(str(folder), "a", "b", source=None, stream=None, as_json=False)


def looked_at(work: Callable[[Any], Any]) -> Callable[[Path], Any]:
    """Return what looks at a lake with two tables of one name."""

    def on_none(folder: Path) -> Any:
        tables = SimpleNamespace(_tables={"shop.orders": None, "web.orders": None})
        return work(tables)

    return on_none


DOING = (
    Deed(
        "`<place>` is no place in an answer; allowed are `body.…`, `header.…`, `cookie.…`",
        lambda folder: _is_source("nonsense"),
    ),
    Deed("the progress was written by another version", lambda folder: At.from_json({})),
    Deed("nested too deeply", lambda folder: exact_value(b"[" * 200_000)),
    Deed("<path>: is a folder; name a pipeline file in it, such as `<path>/donations.yaml`", load),
    Deed("<path>: cannot be read: <strerror>", lambda folder: load(folder / ("x" * 300))),
    Deed(
        "has a value that is not allowed here<spot>",
        lambda folder: SimpleNamespace(error=wrong._problem(wrong._Spot(Node({}, (), 1), (), None, None), "x", {}, "")),
    ),
    Deed("auth: this machine has no AWS role or keys; set `access_key` and `secret_key`", without_a_role),
    Deed(
        "tls.<field>: is no text that begins with `-----BEGIN`; store the PEM text, its line breaks as they are or as "
        "`\\n`",
        lambda folder: Tls(ca="nonsense").context(lambda text: text),
    ),
    Deed(
        "HEADWATER_SECRETS_FILE: `<path>` cannot be written to (<__name__>)",
        lambda folder: secrets_file.write(str(folder / "missing" / "secrets.json"), "shop", None, "x"),
    ),
    Deed(
        "`<match>` is not a reference; allowed: `${secret:name}`, `${secret:name#field}` or `${env:NAME}`",
        lambda folder: references.resolve("${nonsense}", lambda name, field: "", {}),
    ),
    Deed("an address is no URL: its host or its port cannot be read", lambda folder: same_host(URL, "https://[")),
    Deed("was given up, since nobody waits for it any more", given_up),
    Deed("its answer cannot be held in a temporary file: <strerror>", without_room),
    Deed("<size> of <announced> bytes came", shorter),
    Deed("the body is not valid JSON: something follows its end", long_json(b'{"data": []} x')),
    Deed("the body is not valid JSON: a comma stands where a value should be", long_json(b'{"data": [{},]}')),
    Deed("the body is not valid JSON: a key is no text", long_json(b"{1: []}")),
    Deed("one value of the body is longer than <LONGEST> MiB", long_json(b'{"data": ["' + b"x" * 99, 4)),
    Deed(
        "record 1 of the body is <found>, and no other is an object; records must be objects",
        lambda folder: selection.records(b"[5]", ""),
    ),
    Deed(
        "<source>.<name>: run `<run_id>` was planned with another pipeline file; give the run another id, or undo the "
        "change",
        planned_otherwise,
    ),
    Deed(
        "load: `--rebuild` takes all runs there are; leave out `--run-id`",
        lambda folder: working.load("shop.yaml", rebuild=True, run_id="r"),
    ),
    Deed("maintain: `--stream` and `--set` need a pipeline file", kept(streams="orders")),
    Deed("<lake>: there are no tables yet; `headwater run` makes them, `--lake` says where", kept()),
    Deed(
        "--retention-hours: <given_hours> is less than <LEAST_HOURS>, and whoever reads a table right now could lose "
        "its files; if nobody does, say so with `--nobody-reads`",
        lambda folder: housekeeping._retention(1, is_forced=False),
    ),
    Deed(
        "--set: `<text>` has no `=`; write KEY=VALUE, such as `limits.concurrency=2`",
        lambda folder: job_here.overrides_of(["limits"]),
    ),
    Deed("report: port <port>: <strerror>; `--port 0` takes a free one", port_in_use),
    Deed("runs: `<first>` is of <names>, and `<second>` of <names>; compare two runs of one stream", of_two_streams),
    Deed("arguments: <error>", lambda folder: from_argv(["job", "--pipeline"])),
    Deed("arguments: `--<name>` is missing; a job needs --pipeline and --lake", lambda folder: from_texts({})),
    Deed(
        "arguments: --margin_seconds: `<margin_seconds>` leaves nothing of the <allowed_seconds> seconds that there "
        "are for asking; give less, or allow more time",
        lambda folder: execution.margin(mock.Mock(margin_seconds=99), 60, 10),
    ),
    Deed(
        "`<table>` is <…> table of the lake; there are <known>",
        looked_at(lambda tables: look.Look.rows(tables, "orders", 1)),
    ),
    Deed("AWS: the credentials were refused (<code>); renew them, or name others in AWS_PROFILE", refused_by_aws),
    Deed(
        "Spark <spark>: headwater runs on <fit>; install it by `pip install 'headwater[local]'`",
        lambda folder: release.release_of("1.0.0"),
    ),
)


def came_first(folder: Path) -> None:
    """Commit to a table that others change all the time."""

    class ConcurrentAppend(Exception):
        """What Delta says."""

    with mock.patch.object(conflicts, "is_conflict", return_value=True):
        conflicts.settled(mock.Mock(side_effect=ConcurrentAppend), str, name="shop.things", sleep=lambda seconds: None)


def while_it_ran(folder: Path) -> None:
    """Ask for what Spark fails with."""
    with look._told():
        raise PySparkException("the value is no number")


def that_writes(folder: Path) -> None:
    """Ask for what no query holds, as Spark's parser tells."""
    spark = mock.MagicMock()
    spark._jsparkSession.sessionState().sqlParser().parsePlan.side_effect = [None, ParseException("near 'drop'")]
    look.Look._query(mock.Mock(_spark=spark), "drop table shop.things")


def done_twice(folder: Path) -> None:
    """Spread the reading of an API on a Spark that does work twice."""
    glue = mock.MagicMock()
    glue.spark_session.sparkContext.getConf().get.return_value = "true"
    SparkEngine.each(mock.Mock(glue_context=glue), str, [1], name="shop.things")


def without_a_parent(folder: Path) -> None:
    """Read a fan-out whose parent failed."""
    pipeline_of_all._behind(mock.Mock(), [Outcome("shop", "orders", "failed")])


def of_no_run(folder: Path) -> None:
    """Load a run that is not there."""
    pipeline = loads(file("", ""), "shop.yaml")
    asked = Execution(pipeline, FolderStorage(folder), no_engine, lambda text: text, run_id="r")
    due._chosen(asked, pipeline.stream("things"), [], 0)


AROUND_SPARK = (
    Deed("<source>.<name>: there is no complete run `<run_id>`; the last are <known>", of_no_run),
    Deed(
        "<name>: another writer changes the table at the same time, and came first <TRIES> times; let one write at a "
        "time, and run again",
        came_first,
    ),
    Deed("sql: failed while it ran: <error>", while_it_ran),
    Deed("sql: only a query, or `describe`, `show` and `explain`; nothing is written", that_writes),
    Deed(
        "<name>: Spark would do the same work twice (`spark.speculation`), and an API would be asked twice; switch it "
        "off, or take out `spread: executors`",
        done_twice,
    ),
    Deed("<source>.<name>: was not read, since its parent `<stream>` is not complete", without_a_parent),
    Deed("format `<strftime>`: `%<…>` is not one of <known>", lambda folder: java_pattern("%Q")),
)

RUNNING: Sequence[Answer | Deed] = (*MORE_ANSWERS, *DOING, *AROUND_SPARK)
