"""What lies in the emulated S3, for the processes that start from it."""

import hashlib
import io
import threading
import zipfile
from pathlib import Path

from local_aws.place import ACCOUNT

_unpacking = threading.Lock()


def read(uri: str) -> bytes:
    """Return the object at `s3://bucket/key`."""
    from moto.s3.models import s3_backends

    bucket, _, key = uri.removeprefix("s3://").partition("/")
    found = s3_backends[ACCOUNT]["aws"].get_object(bucket, key)
    if found is None:
        raise FileNotFoundError(f"{uri}: there is no such object")
    return bytes(found.value)


def unpacked(archive: bytes, below: Path) -> Path:
    """Return a folder with what a zip or wheel holds, one for each content."""
    folder = below / hashlib.sha256(archive).hexdigest()[:16]
    with _unpacking:
        if not folder.exists():
            unfinished = folder.with_suffix(".part")
            with zipfile.ZipFile(io.BytesIO(archive)) as held:
                held.extractall(unfinished)
            unfinished.rename(folder)
    return folder
