"""Patience: how long an answer is waited for, between two bytes and in all, whatever stage it is in.

The time-outs of a socket are between two bytes only: a server that sends one now and then, in its headers or in its
body, could hold a request for ever.
"""

import http.client
import io
import math
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class Patience(threading.local):
    """What is left of it for the request that this thread has under way."""

    def __init__(self) -> None:
        self._idle_seconds = self._total_seconds = 0.0
        self._until = 0.0
        self._end = math.inf  # of all that this thread may wait for
        self.on_sent: Callable[[], object] | None = None  # called once, when the next request is on its way

    def begin(self, idle_seconds: float, total_seconds: float) -> None:
        """Start anew, as a request is sent."""
        self._idle_seconds, self._total_seconds = idle_seconds, total_seconds
        self._until = min(time.monotonic() + total_seconds, self._end)

    @contextmanager
    def at_most(self, seconds: float) -> Iterator[None]:
        """Let what is sent in the block take no longer than this, whatever else is allowed."""
        before, self._end = self._end, time.monotonic() + seconds
        try:
            yield
        finally:
            self._end = before

    def sent(self) -> None:
        """Tell whoever waits for it that the request is on its way and the rest is waiting."""
        tell, self.on_sent = self.on_sent, None
        if tell:
            tell()

    def left(self) -> float:
        """Return the seconds that the next byte may take; a TimeoutError when the time for all of them is over."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return min(left, self._idle_seconds)

    def over(self) -> str:
        """Return what ran out."""
        if time.monotonic() >= self._end:
            return "the time of this execution was over before it was whole"
        if time.monotonic() >= self._until:
            return f"not whole within {self._total_seconds:g} seconds (`retry.total_seconds`)"
        return f"no byte within {self._idle_seconds:g} seconds"


patience = Patience()


class PatientResponse(http.client.HTTPResponse):
    """An answer that is read with patience."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        patience.sent()
        self.fp.close()
        self.fp = io.BufferedReader(_Bytes(sock), 2**16)


class _Bytes(io.RawIOBase):
    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int | None:
        self._socket.settimeout(patience.left())
        return self._raw.readinto(target)

    def close(self) -> None:
        self._raw.close()
        super().close()
