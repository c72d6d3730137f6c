"""The kit, on the emulator that its docstring shows."""

import ast
import json
import math
import sys
import time
import urllib.error
import urllib.request
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from emulators import kit
from emulators.kit import Answer, Call, Clock, Emulator, Gate, Headers, Record, Refused
from emulators.server import CHANGE, serving


def small() -> type[Emulator]:
    """Return the class in the kit's docstring: an example that does not run is none."""
    lines = (kit.__doc__ or "").split("class Small")[1].split("\n\n`respond`")[0].splitlines()
    code = "\n".join(["class Small" + lines[0], *(line[4:] for line in lines[1:])])
    names: dict[str, Any] = {"Clock": Clock, "Emulator": Emulator, "Answer": Answer, "Call": Call, "Gate": Gate}
    names |= {"Record": Record, "Refused": Refused, "Decimal": Decimal, "math": math, "time": time}
    exec(code, names)
    return names["Small"]


class Time:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


AUTHORIZED = Headers({"Authorization": "Bearer emulated-small-key"})


def test_the_example_answers_pages_refuses_and_changes():
    emulator = small()()

    answers = [emulator.respond(Call("GET", "/v1/things", {"offset": [str(n)]}, AUTHORIZED)) for n in (0, 10, 20)]
    refused = emulator.respond(Call("GET", "/v1/things"))

    assert [record for answer in answers for record in answer.body["data"]] == emulator.truth()["things"]
    assert refused.status == 401
    assert emulator.change()["things"][0]["id"] == 4
    assert len(emulator.calls) == 4


def test_an_emulator_needs_nothing_but_python():
    for path in sorted(Path(str(kit.__file__)).parent.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            named = [node.module] if isinstance(node, ast.ImportFrom) and not node.level else []
            named += [name.name for name in node.names] if isinstance(node, ast.Import) else []
            for name in named:
                assert str(name).partition(".")[0] in sys.stdlib_module_names, f"{path.name} imports {name}"


def test_numbers_are_written_with_the_digits_they_were_made_with():
    assert (
        Answer(200, {"a": Decimal("12.50"), "b": Decimal("1E+2"), "c": "é"}).content
        == '{"a":12.50,"b":1E+2,"c":"é"}'.encode()
    )


def test_what_has_no_json_form_is_no_answer():
    with pytest.raises(TypeError, match="set has no JSON form"):
        _ = Answer(200, {"a": {1}}).content


def test_a_gate_closes_after_its_calls_and_counts_who_does_not_wait():
    now = Time()
    gate = Gate(2, closed_seconds=1, clock=now)

    assert [gate.wait_seconds() for _ in range(3)] == [0, 0, 1]
    now.now += 0.2
    assert gate.wait_seconds() == pytest.approx(0.8)  # on its way when the gate closed
    assert (gate.refusals, gate.trespasses, gate.remaining, gate.times_full) == (1, 0, 0, 1)
    now.now += 0.2
    assert gate.wait_seconds() == pytest.approx(0.6)
    assert gate.trespasses == 1
    now.now += 0.6
    assert [gate.wait_seconds() for _ in range(2)] == [0, 0]
    assert (gate.remaining, gate.times_full) == (0, 2)


def test_a_gate_opens_for_a_reader_that_saw_it_fill_and_waited():
    now = Time()
    gate = Gate(2, closed_seconds=1, clock=now)

    for _ in range(3):
        assert [gate.wait_seconds() for _ in range(2)] == [0, 0]
        now.now += 1

    assert (gate.refusals, gate.trespasses, gate.times_full) == (0, 0, 3)


def test_the_server_hands_over_all_of_a_call_and_answers_on_one_connection():
    class Echo(Emulator):
        name = "echo"
        base_path = "/v1"

        def answer(self, call: Call) -> Answer:
            told = [call.method, call.path, call.query, call.headers.get("X-Odd"), call.body.decode(), call.origin]
            return Answer(201, told, {"X-Seen": "yes"})

    with serving(Echo()) as server:
        request = urllib.request.Request(f"{server.base_url}/a%20b?x=1&x=2&y=", b"body", {"x-ODD": "odd"}, method="PUT")
        with urllib.request.urlopen(request) as response:
            assert (response.status, response.headers["X-Seen"]) == (201, "yes")
            assert response.headers["Content-Type"].startswith("application/json")
            told = json.load(response)

    assert told == ["PUT", "/v1/a b", {"x": ["1", "2"], "y": [""]}, "odd", "body", server.origin]


def test_the_data_are_moved_on_from_outside():
    with serving(small()()) as server:
        request = urllib.request.Request(server.origin + CHANGE, method="POST")
        with urllib.request.urlopen(request) as response:
            assert json.load(response)["things"][0]["price"] == 13.0


def test_a_refusal_keeps_its_status_on_the_wire():
    with serving(small()()) as server, pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{server.base_url}/things")

    assert caught.value.code == 401
    assert json.loads(caught.value.read()) == {"error": "bad key"}


def test_a_mistake_in_an_emulator_is_an_answer_and_no_dropped_connection():
    class Broken(small()):  # type: ignore[misc]
        def answer(self, call: Call) -> Answer:
            return Answer(200, {}["things"])

    with serving(Broken()) as server, pytest.raises(urllib.error.HTTPError) as answered:
        urllib.request.urlopen(f"{server.base_url}/things")

    assert answered.value.code == 500
    assert json.loads(answered.value.read()) == {"error": "the emulator small failed: KeyError('things')"}
