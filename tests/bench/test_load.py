"""The measure of a load runs, on few records; what it comes to on many is in its output."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench" / "load.py"


@pytest.mark.slow
def test_each_promise_is_measured(tmp_path):
    command = [sys.executable, str(BENCH), "--records", "2000", "--few", "500", "--folder", str(tmp_path)]

    output = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=900).stdout

    promises = re.findall(r"^(.*) \(promised: at most ([\d.]+)\): [\d.]+, in processor time [\d.]+$", output, re.M)
    assert promises == [
        ("full against by hand", "1.5"),
        ("2,000 against 500", "4.4"),
        ("upsert recent against full", "0.35"),
        ("upsert anywhere against full", "0.35"),
    ]
    rewritten = re.findall(r"files rewritten: records (\d+) of (\d+) ", output)
    assert len(rewritten) == 2 and all(int(gone) <= int(of) for gone, of in rewritten)
