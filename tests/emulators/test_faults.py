"""APIs that fail: each third answer is lost on its way, or all from some call on. Each record is landed once."""

from itertools import count
from pathlib import Path
from typing import Any

import pytest

from emulators.catalog import emulators
from emulators.kit import Answer, Call
from glue_lib.execution import ExecutionFailed

from .exactly_once import Reading, counted, differences, told

HTML = {"Content-Type": "text/html"}
QUICK = ("github", "salesforce", "stripe")
NAMES = [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in emulators()]


def cut(answer: Answer) -> Answer:
    """Return an answer that ends before it has said all: the connection is closed in its middle."""
    whole = {"Content-Length": str(len(answer.content)), "Content-Type": answer.content_type} | dict(answer.headers)
    return Answer(answer.status, answer.content[: len(answer.content) // 2], whole | {"Connection": "close"})


FAULTS = (
    lambda answer: Answer(500, {"error": "internal error"}),
    cut,
    lambda answer: Answer(503, "<html>maintenance</html>", HTML),
    lambda answer: Answer(502, b""),
    lambda answer: Answer(429, "slow down", {"Retry-After": "0.05"}),
)


@pytest.mark.parametrize("name", NAMES)
def test_lost_answers_cost_time_and_no_record(name: str, tmp_path: Path):
    reading = Reading(name, tmp_path, overrides={"retry.base_seconds": 0.01})
    answer, numbers = reading.emulator.respond, count()

    def lossy(call: Call) -> Any:
        number, given = next(numbers), answer(call)
        return FAULTS[number // 3 % len(FAULTS)](given) if number % 3 == 1 else given

    reading.emulator.respond = lossy  # type: ignore[method-assign]

    outcomes = reading.read()

    assert next(numbers) > 3 * len(FAULTS)
    wanted = reading.emulator.truth()
    assert {stream: outcome.status for stream, outcome in outcomes.items()} == dict.fromkeys(wanted, "complete")
    for stream, outcome in outcomes.items():
        assert differences(counted(reading.landed(outcome)), told(wanted[stream])) == "", stream


@pytest.mark.parametrize("name", NAMES)
def test_a_reading_that_fails_goes_on_where_it_was(name: str, tmp_path: Path):
    healthy = Reading(name, tmp_path / "healthy")
    healthy.read()
    calls, wanted = len(healthy.emulator.calls), healthy.emulator.truth()
    reading = Reading(name, tmp_path / "failing", overrides={"retry.base_seconds": 0.01, "retry.tries": 3})
    answer = reading.emulator.respond

    def failing(call: Call) -> Answer:
        return answer(call) if len(reading.emulator.calls) < calls // 2 else Answer(500, {"error": "out of order"})

    reading.emulator.respond = failing  # type: ignore[method-assign]
    with pytest.raises(ExecutionFailed) as failed:
        reading.read(part_bytes=1)
    reading.emulator.respond = answer  # type: ignore[method-assign]
    reading.overrides = {}
    before = {outcome.stream: outcome for outcome in failed.value.outcomes if outcome.status == "complete"}
    after = reading.read()

    assert len(before) < len(wanted)
    for stream, records in wanted.items():
        outcome = before.get(stream, after[stream])
        assert differences(counted(reading.landed(outcome)), told(records)) == "", stream
    asked = len(reading.emulator.calls)
    assert asked < 2 * calls, "what was landed was asked for again"
