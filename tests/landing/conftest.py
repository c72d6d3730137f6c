"""A storage of each sort, empty for each test: a folder, and a bucket of an S3 server on loopback."""

from pathlib import Path

import pytest

from glue_lib.landing.storage import FolderStorage, S3Storage, Storage, open_storage


@pytest.fixture
def s3(s3_bucket: str) -> S3Storage:
    storage = open_storage(f"s3://{s3_bucket}/some/prefix")
    assert isinstance(storage, S3Storage)
    return storage


@pytest.fixture
def folder(tmp_path: Path) -> FolderStorage:
    return FolderStorage(tmp_path / "lake")


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest) -> Storage:
    return request.getfixturevalue(request.param)
