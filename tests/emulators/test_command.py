"""The command, as a user types it."""

import shlex
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulators.catalog import emulators
from emulators.command import instructions, listing
from emulators.hubspot import SEARCH_CAP, HubSpot

HEADWATER = (sys.executable, "-m", "glue_lib.cli", "emulate")


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*HEADWATER, *words], capture_output=True, text=True, timeout=60)


@pytest.fixture
def serving() -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [*HEADWATER, "stripe", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell's background jobs are deaf to Ctrl-C, and so are their children: these tests may be such.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    yield process
    process.kill()
    process.communicate()


def test_it_serves_what_it_says_until_ctrl_c(serving: subprocess.Popen[str]):
    assert serving.stdout
    told = [serving.stdout.readline().strip() for _ in range(4)]
    variable, _, secret = told[1].removeprefix("export ").partition("=")
    base_url = shlex.split(told[2])[-1].partition("=")[2]

    request = urllib.request.Request(
        f"{base_url}/customers", headers={"Authorization": f"Bearer {shlex.split(secret)[0]}"}
    )
    with urllib.request.urlopen(request) as response:
        status = response.status
    serving.send_signal(signal.SIGINT)
    _, said = serving.communicate(timeout=20)

    assert (status, serving.returncode) == (200, 0)
    assert variable == "HEADWATER_SECRET_STRIPE_API_KEY"
    assert told[2].startswith("headwater run pipelines/examples/stripe.yaml --set base_url=http://127.0.0.1:")
    assert said.strip() == "GET /v1/customers 200"


def test_it_lists_the_emulators_with_what_they_are():
    listed = run("--list")

    assert listed.stdout.splitlines() == list(listing()) == run().stdout.splitlines()
    assert [line.split()[0] for line in listing()] == list(emulators())
    assert all(len(line.split()) > 3 for line in listing())


def test_an_unknown_name_is_a_wrong_call():
    done = run("strip")

    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no emulator `strip`" in done.stderr and "did you mean `stripe`" in done.stderr


def test_a_port_that_is_taken_is_told(serving: subprocess.Popen[str]):
    assert serving.stdout
    port = serving.stdout.readline().partition("127.0.0.1:")[2].partition("/")[0]

    done = run("stripe", "--port", port)

    assert done.returncode == 2
    assert f"port {port}" in done.stderr and "Traceback" not in done.stderr


def test_what_a_small_emulator_needs_otherwise_is_set():
    lines = list(instructions(HubSpot(), "http://127.0.0.1:1"))

    assert lines[2] == (
        "headwater run pipelines/examples/hubspot.yaml --set base_url=http://127.0.0.1:1 "
        f"--set streams.deals.cursor.most={SEARCH_CAP}"
    )
    assert lines[3].startswith("curl -s -X POST http://127.0.0.1:1/_emulator/change")


def test_the_package_that_is_installed_is_this_one(tmp_path: Path):
    code = "import headwater_emulators.catalog as c; print(*c.emulators())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path)

    assert done.stdout.split() == list(emulators())
