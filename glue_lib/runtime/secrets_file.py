"""The secrets file: a JSON object, by the names of the secrets; no reader ever sees half of it."""

import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from glue_lib.errors import ConfigError

_RAW = msgspec.json.Decoder(dict[str, msgspec.Raw])


def read(path: str) -> dict[str, Any]:
    """Return all secrets of the file, numbers as they are written."""
    try:
        stored = json.loads(_content(path), parse_int=str, parse_float=str)
    except (OSError, ValueError):
        stored = None
    if not isinstance(stored, dict):
        raise ConfigError(f"HEADWATER_SECRETS_FILE: `{path}` is no readable file with a JSON object")
    return stored


def write(path: str, name: str, field: str | None, value: str) -> None:
    """Put a value into the file, in the place of one secret or of a field of it; all else stays byte for byte."""
    file = Path(path).expanduser().resolve()
    try:
        with _alone(file.parent):
            secrets = _RAW.decode(_content(path))
            secrets[name] = with_field(secrets[name], name, field, value)
            _replace(file, msgspec.json.format(msgspec.json.encode(secrets), indent=2) + b"\n")
    except (OSError, KeyError, msgspec.MsgspecError) as error:
        told = f"HEADWATER_SECRETS_FILE: `{path}` cannot be written to ({type(error).__name__})"
        raise ConfigError(told) from None


def with_field(stored: msgspec.Raw, name: str, field: str | None, value: str) -> msgspec.Raw:
    """Return a secret's JSON with a value in the place of all of it, or of a field; other fields stay as written."""
    if field is None:
        return msgspec.Raw(msgspec.json.encode(value))
    if bytes(stored).lstrip().startswith(b'"'):  # an object that is written as a text
        inner = with_field(msgspec.Raw(msgspec.json.decode(stored, type=str).encode()), name, field, value)
        return msgspec.Raw(msgspec.json.encode(bytes(inner).decode()))
    try:
        fields = _RAW.decode(stored)
    except msgspec.MsgspecError:
        raise ConfigError(f"${{secret:{name}#{field}}}: the secret has no fields to write to") from None
    return msgspec.Raw(msgspec.json.encode(fields | {field: msgspec.Raw(msgspec.json.encode(value))}))


def _content(path: str) -> str:
    return Path(path).expanduser().read_text(encoding="utf-8-sig")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other executions out for a moment: each reads the file, changes its part, and writes all of it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _replace(file: Path, content: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "wb") as writer:
            os.fchmod(writer.fileno(), file.stat().st_mode & 0o777)
            writer.write(content)
            writer.flush()
            os.fsync(writer.fileno())
        Path(temporary).replace(file)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
