import subprocess
import sys
import threading

import pytest

from glue_lib.api.workers import Workers


def test_does_the_work_and_hands_over_what_came_of_it():
    workers = Workers(2)

    assert [workers.submit(lambda n=n: n * n).result(5) for n in range(5)] == [0, 1, 4, 9, 16]


def test_hands_over_what_went_wrong():
    def fails() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        Workers(1).submit(fails).result(5)


def test_works_side_by_side_on_at_most_so_many_threads():
    workers, both, release = Workers(2), threading.Barrier(3), threading.Event()
    running = []

    def work() -> None:
        running.append(threading.current_thread())
        both.wait(5)
        release.wait(5)

    futures = [workers.submit(work), workers.submit(work), workers.submit(lambda: running.append(None))]
    both.wait(5)

    assert len(running) == 2  # the third waits
    release.set()
    [future.result(5) for future in futures]
    assert len(running) == 3


def test_what_was_not_begun_can_be_taken_back():
    workers, release = Workers(1), threading.Event()
    first = workers.submit(lambda: release.wait(5))
    second = workers.submit(lambda: "done")

    assert second.cancel()
    release.set()
    assert first.result(5)
    assert workers.submit(lambda: "next").result(5) == "next"


def test_the_process_ends_while_work_is_under_way():
    code = (
        "import time; from glue_lib.api.workers import Workers; begun = []; "
        "Workers(1).submit(lambda: (begun.append(1), time.sleep(60)))\nwhile not begun: time.sleep(0.01)"
    )

    subprocess.run([sys.executable, "-c", code], timeout=20, check=True)
