"""Which files without a name this process holds open: what spools large answers makes such files."""

import gc
from pathlib import Path


def nameless_files() -> set[str]:
    """Each open file that stands in no folder, by its inode: what other threads open and close does not count."""
    gc.collect()  # what other tests left behind
    links = [_target(entry) for entry in Path("/proc/self/fd").iterdir()]
    return {link for link in links if link.endswith(" (deleted)")}


def _target(entry: Path) -> str:
    try:
        return str(entry.readlink())
    except FileNotFoundError:  # closed since the folder was listed
        return ""
