"""Who holds a lease: a process, named so that others can tell whether it still lives, if they are on its machine."""

import hashlib
import os
import socket
import uuid
from pathlib import Path


def this_process() -> str:
    """Return a name such as `laptop:4711:9f3c0a12b4de`: host, process, and a mark of the machine's present start."""
    return f"{socket.gethostname()}:{os.getpid()}:{_machine()}"


def is_dead(holder: str) -> bool:
    """Whether the holder surely lives no more: it was a process of this machine, and there is none by its number."""
    _, _, rest = holder.partition(":")
    number, _, machine = rest.partition(":")
    if machine != _machine() or not number.isdigit():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _machine() -> str:
    """Two containers of one host differ by their process space, two starts of one machine by their boot id."""
    marks = [socket.gethostname(), str(uuid.getnode())]
    for path, read in (("/proc/sys/kernel/random/boot_id", Path.read_text), ("/proc/self/ns/pid", Path.readlink)):
        try:
            marks.append(str(read(Path(path))))
        except OSError:  # not Linux: the host's name and its network card must do
            continue
    return hashlib.sha256("|".join(marks).encode()).hexdigest()[:12]
