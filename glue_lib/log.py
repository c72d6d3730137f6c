"""What happens, told as an event and its fields: `slice landed source=hubspot stream=contacts pages=17`.

Handlers that show events read `record.event` and `record.fields`; all others get the line. Whoever watches sees every
event, whatever the level of the log is: so pages can be counted without being logged.
"""

import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

LOGGER = logging.getLogger("headwater")

Watcher = Callable[[str, Mapping[str, Any]], None]
_WATCHERS: list[Watcher] = []


@contextmanager
def watched(watcher: Watcher) -> Iterator[None]:
    """Show the name and fields of every event of the block to `watcher`, in the thread that logs it."""
    _WATCHERS.append(watcher)
    try:
        yield
    finally:
        _WATCHERS.remove(watcher)


def is_watched() -> bool:
    """Say whether somebody watches already."""
    return bool(_WATCHERS)


def event(level: int, name: str, **fields: Any) -> None:
    """Log an event with its fields; a field that is None is left out."""
    told = {key: value for key, value in fields.items() if value is not None}
    for watcher in tuple(_WATCHERS):
        watcher(name, told)
    text = " ".join([name, *(f"{key}={value}" for key, value in told.items())])
    LOGGER.log(level, "%s", text, extra={"event": name, "fields": told})


def info(name: str, **fields: Any) -> None:
    """Log what a slice, a table or a run came to."""
    event(logging.INFO, name, **fields)


def debug(name: str, **fields: Any) -> None:
    """Log a page."""
    event(logging.DEBUG, name, **fields)


def warning(name: str, **fields: Any) -> None:
    """Log a wait, or something that its reader may want to mend."""
    event(logging.WARNING, name, **fields)


def error(name: str, **fields: Any) -> None:
    """Log a failure, once, where it is caught."""
    event(logging.ERROR, name, **fields)


def to_stderr() -> None:
    """Send events to stderr as lines, unless somebody has said already where they go, as Lambda and our CLI do."""
    if not LOGGER.hasHandlers():
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        LOGGER.addHandler(handler)
    if LOGGER.level == logging.NOTSET:
        LOGGER.setLevel(logging.INFO)
