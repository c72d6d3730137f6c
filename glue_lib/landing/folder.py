"""A lake in a folder of this machine."""

import fcntl
import hashlib
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import IO

from glue_lib.errors import LoadError

Keys = list[str]  # in a class that has a method `list`, the builtin is out of reach

_TRIES = 8
_UNFINISHED = ".tmp"  # how the name of a file ends that is being written


@dataclass(frozen=True)
class Stored:
    """What a listing tells of an object."""

    bytes: int
    changed_at: datetime


class FolderStorage:
    """A folder of this machine. Files whose names start with a dot are this class's own."""

    def __init__(self, root: Path | str) -> None:
        self._root = Path(root).expanduser().resolve()

    def read(self, key: str) -> bytes | None:
        with self._told(self._path(key)):
            try:
                return self._path(key).read_bytes()
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                return None

    def read_tagged(self, key: str) -> tuple[bytes, str] | None:
        content = self.read(key)
        return None if content is None else (content, _tag(content))

    def write(self, key: str, content: bytes | IO[bytes]) -> None:
        with self._written(key, content) as temporary:
            temporary.replace(self._path(key))

    def write_if_absent(self, key: str, content: bytes) -> bool:
        with self._written(key, content) as temporary:
            try:
                os.link(temporary, self._path(key))  # unlike a rename, this fails where a file already stands
            except FileExistsError:
                return False
        return True

    def replace(self, key: str, content: bytes, tag: str) -> bool:
        with self._locked():
            current = self.read(key)
            if current is None or _tag(current) != tag:
                return False
            self.write(key, content)
        return True

    def list(self, prefix: str) -> Keys:
        return sorted(key for key in self._keys(prefix) if key.startswith(prefix))

    def sizes(self, prefix: str) -> dict[str, int]:
        found = {}
        for key in self.list(prefix):
            with suppress(FileNotFoundError):  # another has deleted it just now
                found[key] = self._path(key).stat().st_size
        return found

    def stored(self, prefix: str) -> dict[str, Stored]:
        found = {}
        for key in self.list(prefix):
            with suppress(FileNotFoundError):
                found[key] = _stored(self._path(key))
        return found

    def delete_unfinished(self, prefix: str, before: datetime) -> tuple[int, int]:
        folder = self._root / prefix.rpartition("/")[0]
        sizes = []
        for path in folder.rglob(f".*{_UNFINISHED}"):
            with suppress(FileNotFoundError):  # its writer is at it, and done by now
                found = _stored(path)
                if found.changed_at < before:
                    path.unlink()
                    sizes.append(found.bytes)
        return len(sizes), sum(sizes)

    def folders(self, prefix: str) -> Keys:
        above, _, start = prefix.rpartition("/")
        folder = self._path(above) if above else self._root
        names = [entry.name for entry in folder.iterdir() if entry.is_dir()] if folder.is_dir() else []
        return sorted(name.removeprefix(start) for name in names if name.startswith(start) and name[0] != ".")

    def delete(self, keys: Iterable[str]) -> None:
        emptied = set()
        for key in keys:
            path = self._path(key)
            path.unlink(missing_ok=True)
            path.with_name(f".{path.name}.crc").unlink(missing_ok=True)  # Spark's checksum beside a file that it wrote
            emptied.add(path.parent)
        for folder in emptied:
            self._remove_empty(folder)

    def uri(self, key: str) -> str:
        return f"file://{self._path(key)}" if key else f"file://{self._root}"

    def _path(self, key: str) -> Path:
        if any(part in ("", ".", "..") for part in key.rstrip("/").split("/")):
            raise ValueError(f"`{key}` is not the key of an object")
        return self._root / key

    def _remove_empty(self, folder: Path) -> None:
        """Remove a folder and those above it, as far as they are empty: objects have keys, and no folders."""
        while folder != self._root:
            try:
                folder.rmdir()
            except OSError:  # it is not empty, or another has removed it
                return
            folder = folder.parent

    def _keys(self, prefix: str) -> Iterator[str]:
        above = prefix.rpartition("/")[0]
        for folder, _, names in os.walk(self._path(above) if above else self._root):
            at = Path(folder).relative_to(self._root)
            yield from ((at / name).as_posix() for name in names if not name.startswith("."))

    @contextmanager
    def _written(self, key: str, content: bytes | IO[bytes]) -> Iterator[Path]:
        """Yield a temporary file beside the key that holds the content, safely on disk; remove it if it is left."""
        target = self._path(key)
        temporary = target.with_name(f".{uuid.uuid4().hex}{_UNFINISHED}")
        with self._told(target):
            opened = self._opened(temporary)
        try:
            with self._told(target), opened as file:
                shutil.copyfileobj(BytesIO(content) if isinstance(content, bytes) else content, file)
                file.flush()
                os.fsync(file.fileno())
            yield temporary
        finally:
            temporary.unlink(missing_ok=True)

    def _opened(self, temporary: Path) -> IO[bytes]:
        """Open a new file; its folder may be removed right after it was made, since it is still empty then."""
        for _ in range(_TRIES):
            temporary.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileNotFoundError):
                return temporary.open("xb")
        return temporary.open("xb")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the folder's lock, against threads and processes; the system releases it when a process dies."""
        with self._told(self._root):
            self._root.mkdir(parents=True, exist_ok=True)
            lock = (self._root / ".lock").open("wb")
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextmanager
    def _told(self, path: Path) -> Iterator[None]:
        """Let a full disk, or a folder that is not ours, be told in a sentence."""
        try:
            yield
        except OSError as error:
            raise LoadError(
                f"{path}: {error.strerror}; the lake's folder must be readable, writable and have room; nothing is lost"
            ) from error


def _stored(path: Path) -> Stored:
    told = path.stat()
    return Stored(told.st_size, datetime.fromtimestamp(told.st_mtime, UTC))


def _tag(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
