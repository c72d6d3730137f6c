"""Files deleted, or moved to another storage class of S3, because they are old: `purge_…` and `transition_…`.

What was done to which file is told by two lists, where the option `manifestFilePath` says.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from typing import Any

from pyspark.sql import SparkSession

from awsglue_local import files, s3_objects
from awsglue_local.absent import absent
from awsglue_local.files import File

WEEK_HOURS = 168
OPTIONS = {"retentionPeriod", "excludeStorageClasses", "partitionPredicate", "manifestFilePath"}
FOR_BATCHES = {"accountId", "roleArn"}
CLASSES = (
    "STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER", "DEEP_ARCHIVE",
    "GLACIER_IR",
)  # fmt: skip


def purge(session: SparkSession, paths: Iterable[str], options: dict[str, Any], ctx: str = "") -> list[str]:
    """Delete the files under the paths that are older than the retention period; return those that are gone."""
    _refuse("purge", options.keys() - OPTIONS)

    def delete(file: File) -> None:
        s3_objects.delete(file) if s3_objects.is_s3(file.path) else files.delete(session, file)

    return _each(session, _old(session, paths, options), delete, options, ctx)


def transition(
    session: SparkSession, paths: Iterable[str], storage_class: str, options: dict[str, Any], ctx: str = ""
) -> list[str]:
    """Move the objects under the paths that are older than the retention period to the storage class."""
    _refuse("transition", options.keys() - OPTIONS - FOR_BATCHES)
    if storage_class not in CLASSES:
        raise ValueError(f"transition: `{storage_class}` is not a storage class; allowed are {', '.join(CLASSES)}")
    lacking = sorted(name for name in FOR_BATCHES if not options.get(name))
    if lacking:
        raise ValueError(f"transition: the options {' and '.join(lacking)} are missing; Glue cannot do without them")
    wanted = list(paths)
    for path in wanted:
        if not s3_objects.is_s3(path):
            absent(f"transition of `{path}`", "storage classes exist in S3 only")
    old = [file for file in _old(session, wanted, options) if file.storage_class != storage_class]
    return _each(session, old, lambda file: s3_objects.transition(file, storage_class), options, ctx)


def _old(session: SparkSession, paths: Iterable[str], options: dict[str, Any]) -> list[File]:
    newest = (time.time() - 3600 * float(options.get("retentionPeriod", WEEK_HOURS))) * 1000
    found = {file.path: file for path in paths for file in every(session, path) if file.modified <= newest}
    return s3_objects.without_classes(list(found.values()), options.get("excludeStorageClasses") or [])


def every(session: SparkSession, path: str) -> list[File]:
    """Return all files under a path, also those that are no data."""
    return s3_objects.listed(path) if s3_objects.is_s3(path) else files.listed(session, [path], hidden=True)


def _each(
    session: SparkSession, found: list[File], change: Callable[[File], None], options: dict[str, Any], ctx: str
) -> list[str]:
    done: list[str] = []
    failed: list[str] = []
    for file in found:
        try:
            change(file)
        except Exception as error:  # whatever a store answers: the other files are to be done
            logging.getLogger("awsglue_local").warning("%s: %s", file.path, error)
            failed.append(file.path)
        else:
            done.append(file.path)
    folder = str(options.get("manifestFilePath") or "").rstrip("/")
    for name, paths in {"Success": done, "Failed": failed}.items() if folder else ():
        _write(session, "/".join(part for part in (folder, ctx, f"{name}.csv") if part), paths)
    return done


def _write(session: SparkSession, path: str, lines: list[str]) -> None:
    text = "".join(f"{line}\n" for line in lines)
    s3_objects.write(path, text) if s3_objects.is_s3(path) else files.write(session, path, text)


def _refuse(what: str, names: set[str]) -> None:
    if names:
        absent(f"{what} with {', '.join(sorted(names))}", f"its options are {', '.join(sorted(OPTIONS))}")
