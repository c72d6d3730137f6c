"""What executions that were killed have left behind, and nobody will ever read.

Only what is old goes: an execution that is at work may look dead, and what it writes now is not a leftover yet.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from glue_lib.landing.documents import read_documents
from glue_lib.landing.expiry import Freed
from glue_lib.landing.layout import SliceFolder, runs_prefix
from glue_lib.landing.storage import Storage, Stored


def delete_leftovers(storage: Storage, source: str, stream: str, before: datetime) -> Freed:
    """Delete what the loads and ingests of a stream have left, which hold neither of its leases any more."""
    staged = storage.stored(f"_headwater/tmp/{source}/{stream}/")
    landed = storage.stored(runs_prefix(source, stream))
    outrun = _outrun(storage, landed)
    old = {key: found.bytes for key, found in (staged | outrun).items() if found.changed_at < before}
    storage.delete(old)
    return Freed(0, len(old), sum(old.values())) + delete_unfinished(storage, f"raw/{source}/{stream}/", before)


def delete_unfinished(storage: Storage, prefix: str, before: datetime) -> Freed:
    """Delete what is left of writes that were stopped half-way, which no key names."""
    files, size = storage.delete_unfinished(prefix, before)
    return Freed(0, files, size)


def _outrun(storage: Storage, landed: Mapping[str, Stored]) -> dict[str, Stored]:
    """Return the parts in whole slices that no progress names: their writers died, or came second."""
    slices: dict[str, list[str]] = defaultdict(list)
    for key in landed:
        slices[key[: key.rindex("/") + 1]].append(key)
    found: dict[str, Stored] = {}
    for prefix, keys in slices.items():
        folder = SliceFolder(prefix)
        parts = [key for key in keys if folder.is_part(key)]
        if folder.manifest in keys and len(parts) > sum(folder.is_progress(key) for key in keys):
            named = _named(storage, folder, keys)
            found |= {key: landed[key] for key in parts if key not in named}
    return found


def _named(storage: Storage, folder: SliceFolder, keys: Collection[str]) -> set[str]:
    told = read_documents(storage, [key for key in keys if folder.is_progress(key)])
    return {folder.part(document["part"], document.get("attempt", "")) for document in told if document}
