"""The measures of paging run, on few pages; what they come to on many is in their output."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench" / "paging.py"


def measured(*measures: str, scale: float) -> str:
    command = [sys.executable, str(BENCH), *measures, "--scale", str(scale)]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=300).stdout


@pytest.mark.slow
def test_one_page_of_many_records_takes_little_memory():
    output = measured("giant", scale=1)

    found = re.search(r"one page of 300,000 records: \d+ MiB at the peak, (\d+) over the interpreter's own", output)
    assert found and int(found[1]) < 200, output


@pytest.mark.slow
def test_memory_stays_small_however_many_the_records():
    found = re.search(r"100,000 records: \d+ MiB at the peak, (\d+) over", measured("memory", scale=0.1))

    assert found and int(found[1]) < 150


@pytest.mark.slow
def test_a_killed_run_asks_again_at_most_for_the_pages_since_its_last_part():
    found = re.search(r"of 400 pages: (\d+) asked for again, (\d+) since the last part", measured("kill", scale=0.4))

    assert found and int(found[1]) <= int(found[2]) < 200
