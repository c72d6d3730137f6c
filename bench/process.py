"""A command as a whole: how long it takes from start to end, its processor time and its memory, children included."""

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

LOOKS_EACH_SECOND = 20


@dataclass(frozen=True)
class Cost:
    seconds: float
    processor_seconds: float  # user and system, of every process of the tree
    peak_mib: float  # resident, summed over the tree at the dearest look


def cost(command: list[str], environment: dict[str, str], told: Path) -> Cost:
    """Run a command to its end; what it prints is kept in the file `told`. Raises RuntimeError where it fails."""
    with told.open("ab") as file:
        started = time.perf_counter()
        process = subprocess.Popen(command, env=os.environ | environment, stdout=file, stderr=subprocess.STDOUT)
        root, spent, peak = psutil.Process(process.pid), {}, 0.0
        while process.poll() is None:
            peak = max(peak, _look(root, spent))
            time.sleep(1 / LOOKS_EACH_SECOND)
        seconds = time.perf_counter() - started
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{told.read_text()[-3000:]}")
    return Cost(seconds, sum(spent.values()), peak / 2**20)


def _look(root: psutil.Process, spent: dict[int, float]) -> float:
    """Note what each process of the tree has spent so far, and return the bytes that they hold together."""
    held = 0.0
    try:
        family = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0
    for one in family:
        try:
            times = one.cpu_times()
            spent[one.pid] = times.user + times.system
            held += one.memory_info().rss
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
    return held
