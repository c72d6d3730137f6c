"""Where files rest: one folder, or one prefix of a bucket, with the same promises.

A write is seen whole or not at all, and a conditional write has exactly one winner, whoever else writes at that
moment. Everything else in landing is built on these two.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Protocol

from glue_lib.errors import ConfigError, LoadError
from glue_lib.landing.folder import FolderStorage as FolderStorage
from glue_lib.landing.folder import Stored as Stored

_BUCKET = re.compile(r"[A-Za-z0-9._-]{3,255}|arn:\S+")
_TRIES = 6  # of one request, by botocore, which waits longer each time; and of what botocore does not try again
_BUSY = ("SlowDown", "ServiceUnavailable", "InternalError", "RequestTimeout", "500", "502", "503", "504")

Keys = list[str]  # in a class that has a method `list`, the builtin is out of reach


class Storage(Protocol):
    """Objects by key, such as `raw/donorbox/donations/run=…/plan.json`."""

    def read(self, key: str) -> bytes | None:
        """Return the object, or None where there is none."""

    def read_tagged(self, key: str) -> tuple[bytes, str] | None:
        """Return the object and the tag of this very content, for `replace`."""

    def write(self, key: str, content: bytes | IO[bytes]) -> None:
        """Write the object, whatever was there; a file is read from where it stands."""

    def write_if_absent(self, key: str, content: bytes) -> bool:
        """Write the object only where there is none; return whether this call wrote it."""

    def replace(self, key: str, content: bytes, tag: str) -> bool:
        """Write the object only where the content with `tag` still stands; return whether this call wrote it."""

    def list(self, prefix: str) -> Keys:
        """Return all keys that start with `prefix`, sorted."""

    def sizes(self, prefix: str) -> dict[str, int]:
        """Return the bytes of each object whose key starts with `prefix`."""

    def stored(self, prefix: str) -> dict[str, Stored]:
        """Return the same with the moment at which each was written."""

    def delete_unfinished(self, prefix: str, before: datetime) -> tuple[int, int]:
        """Delete what writes have left that were stopped half-way before then; return number and bytes."""

    def folders(self, prefix: str) -> Keys:
        """Return what follows `prefix` up to the next `/`, once for each such folder, sorted."""

    def delete(self, keys: Iterable[str]) -> None:
        """Delete the objects; those that are already gone are no error."""

    def uri(self, key: str) -> str:
        """Return the address that Spark reads the object, or all objects of a prefix, from."""


def open_storage(location: str, *, endpoint: str | None = None) -> Storage:
    """Return the storage at `./lake` or `s3://bucket/prefix`; `endpoint` is by default AWS_ENDPOINT_URL, if set."""
    if re.match(r"s3[an]?://", location):
        bucket, _, prefix = location.split("://", 1)[1].partition("/")
        if not _BUCKET.fullmatch(bucket):
            raise ConfigError(f"lake: `{location}` names no bucket; write `s3://bucket/prefix`")
        return S3Storage(bucket, prefix, _client(endpoint or os.environ.get("AWS_ENDPOINT_URL") or None))
    if "://" in location and not location.startswith("file://"):
        raise ConfigError(f"lake: `{location}` is neither a folder nor `s3://bucket/prefix`")
    folder = Path(location.removeprefix("file://")).expanduser().resolve()
    standing = next(path for path in (folder, *folder.parents) if path.exists())
    if not standing.is_dir():
        raise ConfigError(f"lake: `{standing}` is a file; name a folder, which is made if there is none")
    return FolderStorage(folder)


class S3Storage:
    """One prefix of a bucket, through a boto3 client; conditional writes are S3's own (If-Match, If-None-Match)."""

    def __init__(self, bucket: str, prefix: str, client: Any) -> None:
        self._bucket = bucket
        self._prefix = prefix.strip("/") + "/" if prefix.strip("/") else ""
        self._client = client

    def read(self, key: str) -> bytes | None:
        found = self.read_tagged(key)
        return found[0] if found else None

    def read_tagged(self, key: str) -> tuple[bytes, str] | None:
        answer = self._read(self._prefix + key)
        return (answer["Body"], answer["ETag"]) if answer else None

    def write(self, key: str, content: bytes | IO[bytes]) -> None:
        self._ask(self._client.put_object, Key=self._prefix + key, Body=content)

    def write_if_absent(self, key: str, content: bytes) -> bool:
        return self._put_if(key, content, IfNoneMatch="*")

    def replace(self, key: str, content: bytes, tag: str) -> bool:
        return self._put_if(key, content, IfMatch=tag)

    def list(self, prefix: str) -> Keys:
        return sorted(self.sizes(prefix))

    def sizes(self, prefix: str) -> dict[str, int]:
        return {key: entry["Size"] for key, entry in self._entries(prefix)}

    def stored(self, prefix: str) -> dict[str, Stored]:
        return {key: Stored(entry["Size"], entry["LastModified"]) for key, entry in self._entries(prefix)}

    def delete_unfinished(self, prefix: str, before: datetime) -> tuple[int, int]:
        return 0, 0  # uploads in several parts: the bucket's own rule ends them, and a job need not have the right to

    def folders(self, prefix: str) -> Keys:
        pages = self._pages(prefix, Delimiter="/")
        found = (entry["Prefix"] for page in pages for entry in page.get("CommonPrefixes", []))
        return sorted(folder.removeprefix(self._prefix + prefix).rstrip("/") for folder in found)

    def delete(self, keys: Iterable[str]) -> None:
        names = [{"Key": self._prefix + key} for key in keys]
        for start in range(0, len(names), 1000):  # S3 takes no more at once
            self._delete(names[start : start + 1000])

    def uri(self, key: str) -> str:
        return f"s3a://{self._bucket}/{self._prefix}{key}"

    def _put_if(self, key: str, content: bytes, **condition: str) -> bool:
        # 409: another conditional write of this key was under way, and S3 asks to try again.
        for _ in range(8):
            try:
                with self._reached():
                    self._client.put_object(Bucket=self._bucket, Key=self._prefix + key, Body=content, **condition)
                return True
            except self._client.exceptions.ClientError as error:
                if _code(error) in ("NoSuchKey", "404"):
                    return False
                if _code(error) in ("PreconditionFailed", "412"):
                    return _was_sent_again(error) and self.read(key) == content
                if _code(error) not in ("ConditionalRequestConflict", "409"):
                    raise self._explained(error) from error
        return False

    def _read(self, key: str) -> Any:
        """Return an answer with its whole body; botocore asks again only as long as the body has not begun."""
        from botocore.exceptions import HTTPClientError, IncompleteReadError

        for is_last in [False] * (_TRIES - 1) + [True]:
            with self._reached():
                answer = self._ask(self._client.get_object, Key=key, or_none=("NoSuchKey", "404"))
                try:
                    return answer and answer | {"Body": answer["Body"].read()}
                except (HTTPClientError, IncompleteReadError):
                    if is_last:
                        raise
        return None

    def _delete(self, names: Sequence[dict[str, str]]) -> None:
        """Delete objects; S3 may do so with some of them only, and ask for patience with the others."""
        errors: Any = []
        for _ in range(_TRIES):
            answer = self._ask(self._client.delete_objects, Delete={"Objects": names, "Quiet": True})
            errors = answer.get("Errors", [])
            names = [{"Key": error["Key"]} for error in errors if error["Code"] in _BUSY]
            if not names or len(names) < len(errors):
                break
        for error in errors:
            kind = LoadError if error["Code"] in _BUSY else ConfigError
            raise kind(f"s3://{self._bucket}/{error['Key']}: cannot be deleted: {error['Code']}")

    def _entries(self, prefix: str) -> Iterator[tuple[str, dict[str, Any]]]:
        for page in self._pages(prefix):
            yield from ((entry["Key"].removeprefix(self._prefix), entry) for entry in page.get("Contents", []))

    def _pages(self, prefix: str, **options: str) -> Iterator[dict[str, Any]]:
        asked: dict[str, Any] = {"Prefix": self._prefix + prefix, **options}
        while True:
            page = self._ask(self._client.list_objects_v2, **asked)
            yield page
            if not page.get("IsTruncated"):
                return
            asked["ContinuationToken"] = page["NextContinuationToken"]

    def _ask(self, call: Callable[..., dict[str, Any]], *, or_none: tuple[str, ...] = (), **arguments: Any) -> Any:
        try:
            with self._reached():
                return call(Bucket=self._bucket, **arguments)
        except self._client.exceptions.ClientError as error:
            if _code(error) in or_none:
                return None
            raise self._explained(error) from error

    def _explained(self, error: Any) -> Exception:
        if _code(error) in _BUSY:
            return LoadError(
                f"s3://{self._bucket}/{self._prefix}: {error.operation_name} was answered with {_code(error)}, also "
                f"when it was asked {_TRIES} times; nothing is lost, run again later"
            )
        remedies = {
            "NoSuchBucket": "there is no such bucket; create it, or name another with `--lake`",
            "AccessDenied": f"access denied for {error.operation_name}; the role needs read, write, list and delete",
        }
        other = f"{error.operation_name} was answered with {_code(error)}; check the credentials"
        return ConfigError(f"s3://{self._bucket}/{self._prefix}: {remedies.get(_code(error), other)}")

    @contextmanager
    def _reached(self) -> Iterator[None]:
        """Let what keeps a request from S3 be told in a sentence: no credentials, no network, a wrong endpoint."""
        from botocore.exceptions import BotoCoreError, HTTPClientError, IncompleteReadError

        try:
            yield
        except BotoCoreError as error:
            text = str(error).rstrip(".")
            if isinstance(error, HTTPClientError | IncompleteReadError):  # S3 was reached, and then it was not
                raise LoadError(
                    f"s3://{self._bucket}/{self._prefix}: {text}, also when it was asked {_TRIES} times; "
                    "nothing is lost, run again later"
                ) from error
            raise ConfigError(
                f"s3://{self._bucket}/{self._prefix}: {text}; check the AWS credentials and the network of this process"
            ) from error


def _code(error: Any) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _was_sent_again(error: Any) -> bool:
    """Whether a first sending may have written the object although its answer was lost on the way."""
    return bool(error.response.get("ResponseMetadata", {}).get("RetryAttempts", 0))


def _client(endpoint: str | None) -> Any:
    import boto3  # slow to import, and a local lake never needs it
    from botocore.config import Config

    style = "path" if endpoint else "auto"  # an endpoint of one's own seldom answers for names of buckets
    config = Config(
        retries={"mode": "standard", "total_max_attempts": _TRIES},
        connect_timeout=10,
        read_timeout=60,
        s3={"addressing_style": style},
    )
    return boto3.client("s3", endpoint_url=endpoint, config=config)
