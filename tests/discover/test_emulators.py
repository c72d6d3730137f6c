"""Each emulated API, discovered from addresses alone: the file validates, and reads what the API has."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from emulators.catalog import emulators
from emulators.kit import Emulator
from emulators.server import Server, serving
from glue_lib.api.limits import Limits
from glue_lib.api.retry import Retry
from glue_lib.command.discovering import Discovery, Made, Wanted
from glue_lib.command.preview import Previews
from glue_lib.execution import Execution, Outcome
from glue_lib.extract.connection import Connection
from glue_lib.landing.run import RunFolder
from glue_lib.landing.storage import FolderStorage
from glue_lib.pipeline import ingest
from glue_lib.runtime.execution import no_engine
from glue_lib.runtime.secrets import resolver
from glue_lib.spec.loader import loads
from glue_lib.spec.pipeline import Pipeline
from tests.discover.cases import CASES, Case
from tests.emulators.exactly_once import counted, differences, told

QUICK = Limits(requests_per_second=500, concurrency=1)
PATIENT = Retry(tries=4, base_seconds=0.2, longest_wait_seconds=60)


@dataclass
class Tried:
    """What discovering an emulator came to."""

    text: str
    made: Made
    pipeline: Pipeline
    asked: int
    methods: set[str]


def discover(name: str, server: Server, case: Case, **more: Any) -> Tried:
    emulator = server.emulator
    first = emulator.truth()["award_details"][0]["id"] if name == "usaspending" else ""
    given = [address.replace("{id}", str(first)).partition("/") for address in case.addresses]
    addresses = [f"{named}{server.base_url}/{rest}" for named, _, rest in given]
    flags = {
        key: text.replace("{origin}", server.origin) if key == "auth" else text for key, text in case.flags.items()
    }
    discovery = Discovery(Wanted(addresses, source_name=name, **flags, **more), QUICK, PATIENT)
    text, made = discovery.proposed()
    calls = [call for call in emulator.calls if "oauth2" not in call.path]
    pipeline = loads(text, name, {"limits.requests_per_second": 500})
    return Tried(text, made, pipeline, len(emulator.calls), {call.method for call in calls})


@pytest.fixture
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    emulator: Emulator = emulators()[request.param]()
    for variable, value in emulator.secrets.items():
        monkeypatch.setenv(variable, value)
    with serving(emulator) as served:
        yield served


def written(pagination: Any) -> dict[str, Any]:
    return {"type": pagination.type, **pagination.model_dump(exclude_unset=True)}


QUICKEST = ("jira", "notion", "salesforce", "socrata", "stripe", "usaspending", "zendesk")
EACH = [pytest.param(name, marks=() if name in QUICKEST else pytest.mark.slow) for name in sorted(CASES)]


@pytest.mark.parametrize("server", EACH, indirect=True)
def test_paging_and_keys_are_found_within_the_budget_and_a_page_can_be_previewed(server: Server, tmp_path: Path):
    name = server.emulator.name
    case = CASES[name]

    tried = discover(name, server, case)

    found = {stream.name: written(stream.pagination) for stream in tried.pipeline.streams.values()}
    assert found == case.found
    assert all(stream.key for stream in tried.pipeline.streams.values())
    cursors = {stream.name: stream.cursor for stream in tried.pipeline.streams.values() if stream.cursor}
    assert {name: (cursor.field, cursor.from_, cursor.format) for name, cursor in cursors.items()} == case.cursors
    assert tried.made.requests == tried.asked <= 20
    assert tried.methods == {"GET"}
    assert not [value for value in server.emulator.secrets.values() if value in tried.text]
    execution = Execution(tried.pipeline, FolderStorage(tmp_path), no_engine, resolver(os.environ))
    with Connection(execution) as connection:
        previews = Previews(execution.pipeline, connection.client, execution.now())
        for stream in execution.in_order():
            shown = previews.of(stream)
            assert shown.records and shown.tables[0].columns
            assert shown.doubts == ()


@pytest.mark.slow
@pytest.mark.parametrize("server", sorted(set(CASES) - {"usaspending"}), indirect=True)
def test_a_run_of_the_proposed_file_brings_every_record_once(server: Server, tmp_path: Path):
    check_run(server, tmp_path)


@pytest.mark.parametrize("server", ["eventbrite", "jira"], indirect=True)
def test_a_run_of_two_kinds_brings_every_record_once(server: Server, tmp_path: Path):
    check_run(server, tmp_path)


def check_run(server: Server, folder: Path) -> None:
    name = server.emulator.name
    case = CASES[name]
    tried = discover(name, server, case, requests=60)
    storage = FolderStorage(folder)
    execution = Execution(tried.pipeline, storage, no_engine, resolver(os.environ))

    outcomes = {outcome.stream: outcome for outcome in ingest(execution)}

    truth = server.emulator.truth()
    for stream, outcome in outcomes.items():
        assert outcome.status == "complete", outcome.error
        wanted = truth[case.truth.get(stream, stream)]
        if case.counts_only:
            assert len(landed(storage, outcome)) == len(wanted), stream
        else:
            assert not differences(counted(landed(storage, outcome)), told(wanted)), stream


def landed(storage: FolderStorage, outcome: Outcome) -> list[bytes]:
    run = RunFolder(storage, outcome.source, outcome.stream, str(outcome.run_id))
    return [record for part in run.parts() for record in run.records(part)]
