"""A folder and a bucket keep the same promises, also while many write at once."""

import io
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from glue_lib.errors import ConfigError, LoadError
from glue_lib.landing.storage import FolderStorage, S3Storage, Storage, open_storage


def at_once(writers: int, write: Callable[[int], bool]) -> list[bool]:
    with ThreadPoolExecutor(writers) as pool:
        return list(pool.map(write, range(writers)))


def test_reads_what_was_written(storage: Storage):
    storage.write("a/b.json", b"one")
    storage.write("a/b.json", b"two")

    assert storage.read("a/b.json") == b"two"
    assert storage.read("a/c.json") is None
    assert storage.read("a") is None
    assert storage.read("a/b.json/c") is None
    assert storage.read_tagged("a/c.json") is None


def test_writes_a_file_from_where_it_stands(storage: Storage):
    file = io.BytesIO(b"skipped, kept")
    file.seek(9)
    storage.write("a/b", file)

    assert storage.read("a/b") == b"kept"


def test_writes_only_where_nothing_is(storage: Storage):
    assert storage.write_if_absent("plan.json", b"first")
    assert not storage.write_if_absent("plan.json", b"second")
    assert storage.read("plan.json") == b"first"


def test_replaces_only_the_content_that_was_read(storage: Storage):
    storage.write("position.json", b"one")
    _, tag = storage.read_tagged("position.json")

    assert storage.replace("position.json", b"two", tag)
    assert not storage.replace("position.json", b"three", tag)
    assert storage.read("position.json") == b"two"


def test_replaces_nothing_where_the_object_is_gone(storage: Storage):
    storage.write("position.json", b"one")
    _, tag = storage.read_tagged("position.json")
    storage.delete(["position.json"])

    assert not storage.replace("position.json", b"two", tag)
    assert storage.read("position.json") is None


def test_one_of_many_writers_at_once_wins_where_nothing_is(storage: Storage):
    for key in ("a", "b", "c"):
        won = at_once(8, lambda writer, key=key: storage.write_if_absent(key, f"writer {writer}".encode()))

        assert won.count(True) == 1
        assert storage.read(key) == f"writer {won.index(True)}".encode()


def test_one_of_many_writers_at_once_replaces(storage: Storage):
    storage.write("position", b"start")
    _, tag = storage.read_tagged("position")
    won = at_once(8, lambda writer: storage.replace("position", f"writer {writer}".encode(), tag))

    assert won.count(True) == 1
    assert storage.read("position") == f"writer {won.index(True)}".encode()


def test_no_update_is_lost_when_each_writer_tries_until_it_wins(storage: Storage):
    storage.write("count", b"0")

    def increment(_: int) -> bool:
        while True:
            content, tag = storage.read_tagged("count")
            if storage.replace("count", str(int(content) + 1).encode(), tag):
                return True

    at_once(6, increment)

    assert storage.read("count") == b"6"


def test_lists_keys_by_any_prefix(storage: Storage):
    for key in ("raw/s/b/run=2/plan.json", "raw/s/b/run=10/plan.json", "raw/s/bb/run=1/plan.json", "raw/t"):
        storage.write(key, b"")

    assert storage.list("raw/s/b/run=") == ["raw/s/b/run=10/plan.json", "raw/s/b/run=2/plan.json"]
    assert storage.list("raw/s/b") == [
        "raw/s/b/run=10/plan.json",
        "raw/s/b/run=2/plan.json",
        "raw/s/bb/run=1/plan.json",
    ]
    assert len(storage.list("")) == 4
    assert storage.list("none/") == storage.list("raw/none/") == []


def test_lists_folders_below_a_prefix(storage: Storage):
    for key in ("raw/s/b/run=2/plan.json", "raw/s/b/run=10/a/b", "raw/s/b/other/x", "raw/s/b/run=file"):
        storage.write(key, b"")

    assert storage.folders("raw/s/b/run=") == ["10", "2"]
    assert storage.folders("raw/s/b/") == ["other", "run=10", "run=2"]
    assert storage.folders("") == ["raw"]
    assert storage.folders("none/") == []


def test_lists_more_keys_than_one_answer_holds():
    answers = {
        None: {"Contents": [{"Key": "p/k/1", "Size": 0}], "IsTruncated": True, "NextContinuationToken": "more"},
        "more": {"Contents": [{"Key": "p/k/2", "Size": 0}], "IsTruncated": False},
    }
    client = FakeClient()
    client.list_objects_v2 = lambda **asked: answers[asked.get("ContinuationToken")]

    assert S3Storage("bucket", "p", client).list("k/") == ["k/1", "k/2"]


def test_deletes_more_keys_than_one_request_takes():
    sent: list[int] = []
    client = FakeClient()
    client.delete_objects = lambda **asked: sent.append(len(asked["Delete"]["Objects"])) or {}
    S3Storage("bucket", "p", client).delete(f"k/{number}" for number in range(2001))

    assert sent == [1000, 1000, 1]


def test_the_checksum_that_spark_wrote_beside_a_file_goes_with_it(folder: FolderStorage, tmp_path: Path):
    folder.write("tmp/x/part-0.parquet", b"rows")
    folder.write("kept", b"")
    Path(folder.uri("tmp/x/.part-0.parquet.crc").removeprefix("file://")).write_bytes(b"sum")

    folder.delete(folder.list("tmp/"))

    assert folder.list("") == ["kept"]
    assert not Path(folder.uri("tmp").removeprefix("file://")).exists()


def test_deletes_what_is_there_and_passes_over_what_is_not(storage: Storage):
    storage.write("a", b"")
    storage.write("b", b"")
    storage.delete(["a", "gone"])

    assert storage.list("") == ["b"]


def test_a_folder_gives_spark_a_file_address(tmp_path: Path):
    assert FolderStorage(tmp_path / "my lake").uri("raw/x") == f"file://{tmp_path}/my lake/raw/x"


def test_a_bucket_gives_spark_an_s3a_address():
    assert S3Storage("bucket", "/a/b/", None).uri("raw/x") == "s3a://bucket/a/b/raw/x"
    assert S3Storage("bucket", "", None).uri("raw/x") == "s3a://bucket/raw/x"


@pytest.mark.parametrize("key", ["../x", "a/../../x", "/etc/x", "", "a//b", "."])
def test_no_key_leaves_the_folder(folder: FolderStorage, key: str):
    with pytest.raises(ValueError, match="is not the key of an object"):
        folder.write(key, b"")


def test_opens_a_relative_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    open_storage("./lake").write("a", b"1")

    assert (tmp_path / "lake" / "a").read_bytes() == b"1"


def test_an_address_of_another_sort_is_refused():
    with pytest.raises(ConfigError, match="`gs://x` is neither a folder nor"):
        open_storage("gs://x")


def test_a_missing_bucket_is_told_with_the_remedy(s3: S3Storage):
    with pytest.raises(ConfigError, match="s3://nowhere/: there is no such bucket; create it"):
        open_storage("s3://nowhere").write("a", b"")
    with pytest.raises(ConfigError, match="no such bucket"):
        open_storage("s3://nowhere").write_if_absent("a", b"")


class LostAnswerError(Exception):
    """What the client raises when it sent a write again after the answer to the first was lost."""

    operation_name = "PutObject"

    def __init__(self, code: str, tries: int) -> None:
        self.response = {"Error": {"Code": code}, "ResponseMetadata": {"RetryAttempts": tries}}


class FakeClient:
    exceptions = type("Exceptions", (), {"ClientError": LostAnswerError})

    def __init__(self, errors: list[LostAnswerError] | None = None, stored: bytes = b"") -> None:
        self.errors, self.stored = errors or [], stored

    def put_object(self, **_: object) -> None:
        if self.errors:
            raise self.errors.pop(0)

    def get_object(self, **_: object) -> dict[str, object]:
        return {"Body": io.BytesIO(self.stored), "ETag": "x"}


@pytest.mark.parametrize(("tries", "stored", "won"), [(1, b"mine", True), (1, b"theirs", False), (0, b"mine", False)])
def test_a_write_whose_answer_was_lost_still_wins(tries: int, stored: bytes, won: bool):
    storage = S3Storage("bucket", "", FakeClient([LostAnswerError("PreconditionFailed", tries)], stored))

    assert storage.write_if_absent("lease", b"mine") is won


def test_a_conflict_under_way_is_tried_again():
    storage = S3Storage("bucket", "", FakeClient([LostAnswerError("ConditionalRequestConflict", 0)] * 3))

    assert storage.replace("lease", b"mine", "tag")


def test_a_killed_process_leaves_the_old_content_and_no_visible_file(folder: FolderStorage, tmp_path: Path):
    folder.write("a/position", b"old")
    script = f"""
        import io, os, signal
        from glue_lib.landing.storage import FolderStorage

        class Endless(io.BytesIO):
            def read(self, size=-1):
                if self.tell() > 1000:
                    os.kill(os.getpid(), signal.SIGKILL)
                return super().read(500)

        FolderStorage({str(tmp_path / "lake")!r}).write("a/position", Endless(b"x" * 5000))
    """
    killed = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )

    assert killed.returncode == -9
    assert folder.read("a/position") == b"old"
    assert folder.list("") == ["a/position"]


def test_a_file_in_the_place_of_the_lake_is_told(tmp_path: Path):
    (tmp_path / "lake").touch()

    with pytest.raises(ConfigError, match=f"lake: `{tmp_path}/lake` is a file"):
        open_storage(str(tmp_path / "lake"))


@pytest.mark.parametrize("write", ["write", "write_if_absent"])
def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, write: str):
    (tmp_path / "raw").touch()
    folder = FolderStorage(tmp_path)

    with pytest.raises(LoadError, match=r"raw/a/plan\.json: .*; the lake's folder must be readable, writable"):
        getattr(folder, write)("raw/a/plan.json", b"{}")


def test_a_bucket_that_is_out_of_reach_is_told(s3_bucket: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    storage = open_storage(f"s3://{s3_bucket}/lake")

    for ask in (lambda: storage.read("a"), lambda: storage.write_if_absent("a", b"")):
        with pytest.raises(ConfigError, match=f"s3://{s3_bucket}/lake/: .*127.0.0.1:1.*check the AWS credentials"):
            ask()


@pytest.mark.parametrize("location", ["s3://", "s3:///lake", "s3a://b/lake", "s3://my bucket/lake"])
def test_an_address_without_a_bucket_is_told_how_one_is_written(location: str):
    with pytest.raises(ConfigError, match=f"^lake: `{location}` names no bucket; write `s3://bucket/prefix`$"):
        open_storage(location)
