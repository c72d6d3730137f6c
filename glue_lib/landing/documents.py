"""Small JSON documents, as landing keeps them beside the records."""

import json
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from glue_lib.errors import LoadError
from glue_lib.landing.storage import Storage

Kind = TypeVar("Kind")


def encoded(document: dict[str, Any]) -> bytes:
    """Return the document's bytes; the same document gives the same bytes."""
    return json.dumps(document, separators=(",", ":"), sort_keys=False, allow_nan=False).encode()


def decoded(content: bytes, key: str) -> dict[str, Any]:
    """Return the document; a damaged one is a LoadError that names its key."""
    try:
        document = json.loads(content)
    except ValueError as error:
        raise LoadError(f"{key}: not a JSON document; restore it, or delete its run's folder") from error
    if not isinstance(document, dict):
        raise LoadError(f"{key}: not a JSON object; restore it, or delete its run's folder")
    return document


def read_document(storage: Storage, key: str) -> dict[str, Any] | None:
    """Return the document at the key, or None where there is none."""
    content = storage.read(key)
    return None if content is None else decoded(content, key)


def read_documents(storage: Storage, keys: Iterable[str]) -> list[dict[str, Any] | None]:
    """Return the documents in the order of the keys."""
    return read_as(lambda document: document, storage, keys)


def read_as(kind: Callable[[dict[str, Any]], Kind], storage: Storage, keys: Iterable[str]) -> list[Kind | None]:
    """Return what `kind` makes of each document; the document itself is let go at once, however many there are."""

    def read(key: str) -> Kind | None:
        document = read_document(storage, key)
        return None if document is None else kind(document)

    return at_once(read, keys)


def at_once(read: Callable[[str], Kind], keys: Iterable[str]) -> list[Kind]:
    """Return what is read at each key, in their order; a bucket answers several requests at once."""
    wanted = list(keys)
    if len(wanted) < 2:
        return [read(key) for key in wanted]
    with ThreadPoolExecutor(min(16, len(wanted))) as pool:
        return list(pool.map(read, wanted))
