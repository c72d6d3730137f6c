"""The `headwater` command as its users meet it: what it prints where, and how it ends."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from glue_lib.cli import main
from glue_lib.command.job_here import COMPLETE, FAILED, INCOMPLETE, STOPPED, WRONG
from glue_lib.landing.outcomes import read_outcome
from glue_lib.landing.runs import Runs
from glue_lib.landing.storage import open_storage
from glue_lib.runtime.secrets import variable_of
from tests.e2e.small_api import PIPELINE, TOKEN, SmallApi, first_edition, second_edition, serve

ROOT = Path(__file__).parents[2]
SECRET = variable_of("small", "token")
# What comes once a minute: on a machine that is slow, between the lines that a test waits for.
EACH_MINUTE = re.compile(r"^\w+: (\d[\d,]* pages, .*|writes \w+|reads what is landed)\n", re.MULTILINE)
LATER = (429, {"Retry-After": "3600"}, b"{}")


@dataclass
class Ended:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def file(tmp_path: Path, api: SmallApi, monkeypatch: pytest.MonkeyPatch) -> str:
    """The pipeline file in the folder that the commands run in, the secret in the environment."""
    monkeypatch.setenv(SECRET, TOKEN)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.yaml").write_text(PIPELINE.format(base_url=api.base_url))
    return "small.yaml"


@pytest.fixture
def headwater(
    file: str, glue_context: Any, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Ended]:
    """Run the command in this process, on the session that all tests share, with an 80-column pipe for output."""
    monkeypatch.setenv("COLUMNS", "80")

    def run(*words: str) -> Ended:
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(words)
        said = capfd.readouterr()
        assert "Traceback" not in said.err + said.out
        return Ended(int(ended.value.code or 0), said.out, EACH_MINUTE.sub("", said.err))

    return run


Headwater = Callable[..., Ended]


def first_after(api: SmallApi, token: str, answer: tuple[int, dict[str, str], bytes]) -> None:
    """Let the API answer so, once, in the place of the page after this token."""
    answers = iter([answer])
    api.before = lambda target, count: next(answers, None) if target.endswith(f"after={token}") else None


def test_a_run_shows_its_progress_on_stderr_and_its_tables_on_stdout(headwater: Headwater):
    ended = headwater("run", "small.yaml", "--stream", "orders")

    assert ended.code == COMPLETE
    assert ended.out.splitlines() == [
        "table                inserted  updated  deleted  new columns",
        "orders               7         0        0",
        "orders__items        12        0        0",
        "orders__items__tags  8         0        0",
    ]
    landed, *loaded = ended.err.splitlines()
    assert landed.startswith("orders: 7 records landed (full, run ")
    assert loaded[-1] == "orders: 7 rows inserted, 0 updated, 0 deleted"  # the root's last


def test_json_alone_goes_to_stdout(headwater: Headwater, api: SmallApi):
    headwater("run", "small.yaml", "--stream", "orders")
    api.records = second_edition()

    ended = headwater("run", "small.yaml", "--stream", "orders", "--json")

    (outcome,) = ended.json
    assert (outcome["source"], outcome["stream"], outcome["status"]) == ("small", "orders", "complete")
    orders = next(table for table in outcome["tables"] if table["table"] == "orders")
    assert (orders["inserted"], orders["updated"]) == (1, 4)
    assert orders["added_columns"] == ["reference__string", "coupon_code"]
    assert "orders: 5 records landed" in ended.err


def test_a_field_of_the_file_can_be_set_for_one_run(headwater: Headwater, api: SmallApi):
    headwater("run", "small.yaml", "--stream", "shops", "--set", "streams.shops.params.x=1")

    assert api.asked[0] == "/shops?x=1"


def test_a_refused_token_fails_and_tells_which_secret_to_check(headwater: Headwater, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(SECRET, "wrong-token")

    ended = headwater("run", "small.yaml", "--stream", "shops", "--stream", "reviews")

    assert (ended.code, ended.out) == (FAILED, "")
    assert ended.err.splitlines() == [
        "shops: failed",
        "reviews: failed",
        "small.shops: GET /shops, page 1: answered 401 (no token); check secret `small`",
        "small.reviews: was not read, since its parent `shops` is not complete",
    ]
    assert "wrong-token" not in ended.err


def test_a_missing_secret_fails_and_tells_where_to_put_it(headwater: Headwater, monkeypatch: pytest.MonkeyPatch):
    for name in (SECRET, "AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)

    ended = headwater("run", "small.yaml", "--stream", "shops")

    assert ended.code == WRONG
    assert "small.shops: ${secret:small}: not found (NoRegionError)" in ended.err
    assert f"`{SECRET}`" in ended.err


def test_a_wait_too_long_is_incomplete_and_the_next_run_goes_on_with_the_same(headwater: Headwater, api: SmallApi):
    first_after(api, "4", LATER)
    first = headwater("run", "small.yaml", "--stream", "orders")
    api.asked.clear()

    second = headwater("run", "small.yaml", "--stream", "orders", "--json")

    assert (first.code, first.out) == (INCOMPLETE, "")
    said, landed = first.err.splitlines()[-2:]
    assert said.startswith("small.orders: GET /orders?since=2020-01-01T00:00:00Z&after=4, page 3: answered 429; ")
    assert said.endswith("UTC; run again then, and it goes on")
    assert landed == "  2 pages with 4 records are landed and stay"
    assert second.code == COMPLETE
    assert [target.partition("&")[2] for target in api.asked] == ["after=4", "after=6"]
    (run,) = Runs(open_storage("lake"), "small", "orders").all()
    assert (run.run_id, run.status) == (second.json[0]["run_id"], "complete")


def test_an_incomplete_run_tells_machines_when_it_can_go_on(headwater: Headwater, api: SmallApi):
    first_after(api, "4", LATER)

    (outcome,) = headwater("run", "small.yaml", "--stream", "orders", "--run-id", "night-1", "--json").json

    left = read_outcome(open_storage("lake"), "night-1", "orders")
    assert left and (left.status, left.resume_at) == ("incomplete", outcome["resume_at"])
    assert left.counts == {"records": 4, "pages": 2, "slices": 1, "whole_slices": 0}


def test_the_outcome_lies_under_the_given_id_also_when_an_older_run_was_gone_on_with(
    headwater: Headwater, api: SmallApi
):
    first_after(api, "4", LATER)
    headwater("run", "small.yaml", "--stream", "orders", "--run-id", "night-1")

    ended = headwater("run", "small.yaml", "--stream", "orders", "--run-id", "night-2", "--json")

    assert ended.json[0]["run_id"] == "night-1"
    for run_id in ("night-1", "night-2"):
        left = read_outcome(open_storage("lake"), run_id, "orders")
        assert left and left.status == "complete"
    assert headwater("load", "small.yaml", "--stream", "orders", "--run-id", "night-2").code == COMPLETE


def test_load_makes_the_tables_again_without_a_request(headwater: Headwater, api: SmallApi):
    headwater("run", "small.yaml", "--stream", "shops")
    before = headwater("tables", "--json").json
    api.asked.clear()

    again = headwater("load", "small.yaml", "--stream", "shops", "--all", "--json")

    assert (again.code, api.asked) == (COMPLETE, [])
    assert not any(table["committed"] for outcome in again.json for table in outcome["tables"])
    assert headwater("tables", "--json").json == before


def test_a_run_that_is_not_there_cannot_be_loaded(headwater: Headwater):
    ended = headwater("load", "small.yaml", "--stream", "orders", "--run-id", "nope")

    assert ended.code == WRONG
    assert "small.orders: there is no complete run `nope`; the last are none yet" in ended.err


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, glue_context: Any) -> Path:
    """A lake of two streams, made once: a look changes nothing."""
    folder = tmp_path_factory.mktemp("made")
    api = SmallApi(first_edition())
    server = serve(api)
    (folder / "small.yaml").write_text(PIPELINE.format(base_url=api.base_url))
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit):
        patch.setenv(SECRET, TOKEN)
        words = ("run", str(folder / "small.yaml"), "--lake", str(folder / "lake"))
        main((*words, "--stream", "orders", "--stream", "shops"))
    server.shutdown()
    return folder / "lake"


@pytest.fixture
def lake(headwater: Headwater, made: Path) -> None:
    """That lake, where the commands look for it."""
    Path("lake").symlink_to(made)


def test_a_look_into_the_lake(headwater: Headwater, lake: None):
    tables = headwater("tables")
    assert tables.out.splitlines()[0].split() == ["table", "rows", "columns", "version", "last", "run"]
    assert tables.out.splitlines()[1].split()[:4] == ["small.orders", "7", "9", "0"]

    shops = headwater("show", "shops", "--limit", "2")
    assert shops.out.splitlines()[:3] == ["-- 1", "id             shop a", "rating         4.5"]
    assert shops.out.count("-- ") == 2
    assert headwater("show", "small.shops", "--limit", "2").out == shops.out

    query = headwater("sql", "select id, total as `the total` from small.orders where id > 5 order by id desc;")
    assert query.out.splitlines() == ["id  the total", "7   7.50", "6   6.50"]

    rows = headwater("sql", "select id, reference, null as nothing, 'ü' as text from small.orders limit 1", "--json")
    assert rows.json == [{"id": rows.json[0]["id"], "reference": rows.json[0]["id"] * 10, "nothing": None, "text": "ü"}]

    described = headwater("sql", "describe small.orders")
    assert ["customer_address_city", "string", "$.customer.address.city"] in [
        line.split() for line in described.out.splitlines()
    ]
    assert max(map(len, (tables.out + shops.out + query.out + described.out).splitlines())) <= 80


def test_a_look_never_writes(headwater: Headwater, lake: None):
    for statement in ("drop table small.orders", "delete from small.orders", "insert into small.orders select 1"):
        ended = headwater("sql", statement)
        assert (ended.code, ended.out) == (WRONG, "")
        assert "sql: only a query, or `describe`, `show` and `explain`" in ended.err
    assert headwater("sql", "select count(*) as n from small.orders", "--json").json == [{"n": 7}]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("sql", "selec 1"), "Syntax error at or near 'selec'.(line 1, pos 0)"),
        (("sql", "select nope from small.orders"), "with name `nope` cannot be resolved"),
        (("sql", "select * from small.nope"), "table or view `small`.`nope` cannot be found"),
        (("sql", "select raise_error('so') from small.orders"), "so"),
        (("show", "nope"), "`nope` is no table of the lake; there are small.orders,"),
    ],
)
def test_what_is_not_in_the_lake_is_told(headwater: Headwater, lake: None, words: tuple[str, ...], told: str):
    ended = headwater(*words)

    assert (ended.code, ended.out) == (WRONG, "")
    assert told in ended.err
    assert "Project [" not in ended.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("run", "nope.yaml"), "nope.yaml: there is no such file"),
        (("run", "smal.yaml"), "did you mean `small.yaml`?"),
        (("run", "."), ".: is a folder"),
        (("run", "bad.yaml"), "bad.yaml:3: streams"),
        (("run", "small.yaml", "--lake", "small.yaml"), "small.yaml` is a file; name a folder"),
        (("run", "small.yaml", "--lake", "small.yaml/lake"), "small.yaml` is a file; name a folder"),
        (("run", "small.yaml", "--lake", "ftp://x"), "`ftp://x` is neither a folder nor `s3://bucket/prefix`"),
        (("run", "small.yaml", "--stream", "order"), "there is no stream `order`; there are orders, reviews, shops"),
        (("run", "small.yaml", "--run-id", "a b"), "run id: `a b` must start with a letter or digit"),
        (("run", "small.yaml", "--from", "x"), "--from: `x` is no date or time"),
        (("run", "small.yaml", "--set", "limits"), "--set: `limits` has no `=`"),
        (("run", "small.yaml", "--set", "limits.concurency=2"), "did you mean `concurrency`?"),
        (("run", "small.yaml", "--nope"), "No such option: --nope"),
        (("run",), "Missing argument"),
        (("load", "small.yaml", "--stream", "nope"), "there is no stream `nope`"),
        (("load", "small.yaml", "--rebuild", "--run-id", "r1"), "`--rebuild` takes all runs there are; leave out"),
        (("validate", "small.yaml", "bad.yaml", "nope.yaml"), "nope.yaml: there is no such file"),
        (("tables",), "lake: there are no tables yet; `headwater run` makes them"),
        (("frobnicate",), "No such command 'frobnicate'"),
    ],
)
def test_a_mistake_is_told_in_a_sentence_and_nothing_is_asked(
    headwater: Headwater, api: SmallApi, words: tuple[str, ...], told: str
):
    Path("bad.yaml").write_text("source: bad\nbase_url: https://x\nstreams: [orders]\n")

    ended = headwater(*words)

    assert (ended.code, ended.out) == (WRONG, "")
    assert told in ended.err
    assert api.asked == []


def test_a_lake_that_cannot_be_written_is_told(headwater: Headwater):
    Path("lake").mkdir()
    Path("lake/raw").touch()

    ended = headwater("run", "small.yaml", "--stream", "shops")

    assert ended.code == FAILED
    assert "the lake's folder must be readable, writable and have room" in ended.err


def test_validate_tells_all_errors_or_what_follows_from_the_file(headwater: Headwater):
    assert headwater("validate", "small.yaml").out == "small.yaml: ok, 3 streams: orders, shops, reviews\n"
    assert headwater("validate", "small.yaml", "--json").json[0]["parents"] == {"reviews": ["shops"]}


def command(*words: str) -> subprocess.Popen[str]:
    """Start the command as a shell would."""
    return subprocess.Popen(
        [sys.executable, "-m", "glue_lib.cli", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def test_in_a_process_of_its_own_stderr_has_our_lines_only(file: str, tmp_path: Path):
    ran = command("run", file, "--stream", "orders", "--json")

    out, err = ran.communicate(timeout=300)

    assert ran.returncode == COMPLETE
    assert json.loads(out)[0]["records"] == 7
    assert [line.partition(":")[0] for line in EACH_MINUTE.sub("", err).splitlines()] == [
        *("orders", "orders__items__tags", "orders__items", "orders")
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lake", "small.yaml"]


def test_ctrl_c_ends_at_once_and_the_next_run_goes_on(headwater: Headwater, api: SmallApi):
    first_after(api, "4", LATER)
    words = ("run", "small.yaml", "--stream", "orders")
    running = command(*words, "--set", "retry.longest_wait_seconds=9999")
    assert running.stderr is not None
    assert "waits 3600.0 s" in running.stderr.readline()
    time.sleep(15)  # until Spark runs too, which would like to have Ctrl-C for itself

    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=20)

    assert running.returncode == STOPPED
    assert err == "stopped; what is landed stays, and the next run goes on from there\n"
    assert "orders: goes on with run" in headwater(*words).err


def test_preview_asks_for_one_page_and_stores_nothing(file: str, headwater: Callable[..., Ended], api: SmallApi):
    ended = headwater("preview", file, "--stream", "orders")

    assert ended.code == COMPLETE
    assert "orders: GET /orders" in ended.out
    assert "table orders__" in ended.out
    assert not (Path("lake")).exists()
    assert TOKEN not in ended.out + ended.err


def test_preview_tells_machines_the_same(file: str, headwater: Callable[..., Ended]):
    (preview,) = headwater("preview", file, "--stream", "orders", "--json").json

    assert preview["stream"] == "orders"
    assert set(preview["tables"][0]["columns"][0]) == {"name", "type", "path", "example"}


def test_plan_says_what_a_run_will_take(file: str, headwater: Callable[..., Ended], api: SmallApi):
    ended = headwater("plan", file, "--set", "limits.requests_per_day=1000")

    assert ended.code == COMPLETE
    assert [line.split()[0] for line in ended.out.splitlines()[:2]] == ["stream", "orders"]
    assert "of 1,000" in ended.out
    assert "DPU-hours (2 G.1X, standard)" in ended.out
    assert not (Path("lake")).exists()
