"""Workers: threads that fetch what may be wanted soon; nobody has to wait for them, not even the end of the process."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

_IDLE_SECONDS = 5.0

_Result = TypeVar("_Result")


class Workers:
    """At most so many threads, begun as there is work and ended when there is none.

    A `ThreadPoolExecutor` would make the process wait at its end for a thread that sits out a long `Retry-After`.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._queue: SimpleQueue[tuple[Future[Any], Callable[[], Any]]] = SimpleQueue()
        self._lock = threading.Lock()
        self._threads = 0

    def submit(self, work: Callable[[], _Result]) -> Future[_Result]:
        """Have `work` done; as long as it was not begun, its future can be cancelled."""
        future: Future[_Result] = Future()
        with self._lock:
            self._queue.put((future, work))
            if self._threads < self.most:
                self._threads += 1
                threading.Thread(target=self._run, name="fetch ahead", daemon=True).start()
        return future

    def _run(self) -> None:
        while True:
            try:
                future, work = self._queue.get(timeout=_IDLE_SECONDS)
            except Empty:
                with self._lock:
                    if not self._queue.empty():
                        continue
                    self._threads -= 1
                return
            _do(future, work)
            del future, work  # or the last page would stay in memory


def _do(future: Future[Any], work: Callable[[], Any]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = work()
    except BaseException as error:
        future.set_exception(error)
    else:
        future.set_result(result)
