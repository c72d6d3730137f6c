"""Objects of S3 by its API: what Spark's file systems do not tell, storage classes, and what they cannot do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from awsglue_local import aws
from awsglue_local.files import File

SCHEMES = ("s3", "s3a", "s3n")
STANDARD = "STANDARD"


def is_s3(path: str) -> bool:
    return urlsplit(path).scheme in SCHEMES


def listed(path: str) -> list[File]:
    """Return the objects under a path: the one of this name, and those below it."""
    return [file for file in _prefixed(path) if not file.path.endswith("/")]


def _prefixed(path: str) -> Iterator[File]:
    bucket, key = _place(path)
    pages = _s3().get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=key)
    for entry in (entry for page in pages for entry in page.get("Contents", [])):
        if not key or key.endswith("/") or entry["Key"] == key or entry["Key"].startswith(key + "/"):
            modified = int(entry["LastModified"].timestamp() * 1000)
            found = File(f"s3://{bucket}/{entry['Key']}", modified, entry["Size"])
            yield replace(found, storage_class=entry.get("StorageClass") or STANDARD)


def without_classes(files: list[File], classes: list[str]) -> list[File]:
    """Return the files whose storage class is none of these. Outside S3 there are no classes."""
    if not classes:
        return files
    found: list[File] = []
    for file in files:
        if is_s3(file.path) and _class_of(file) in classes:
            continue
        found.append(file)
    return found


def delete(file: File) -> None:
    bucket, key = _place(file.path)
    _s3().delete_object(Bucket=bucket, Key=key)


def transition(file: File, storage_class: str) -> None:
    """Copy an object onto itself in another storage class."""
    bucket, key = _place(file.path)
    _s3().copy({"Bucket": bucket, "Key": key}, bucket, key, ExtraArgs={"StorageClass": storage_class})


def write(path: str, text: str) -> None:
    bucket, key = _place(path)
    _s3().put_object(Bucket=bucket, Key=key, Body=text.encode())


def _class_of(file: File) -> str:
    if file.storage_class:
        return file.storage_class
    bucket, key = _place(file.path)
    return _s3().head_object(Bucket=bucket, Key=key).get("StorageClass") or STANDARD


def _place(path: str) -> tuple[str, str]:
    parts = urlsplit(path)
    # A `?` or `#` in a key is no query: take the text behind the bucket as it is.
    return parts.netloc, path.split("://", 1)[1].partition("/")[2]


def _s3() -> Any:
    return aws.client("s3", "objects of S3 need")
