"""purge and transition of objects of S3, as moto has them. Folders are in test_formats, tables in test_catalog."""

from datetime import UTC, datetime, timedelta

import boto3
import pytest
from moto import mock_aws

from awsglue_local import s3_objects
from awsglue_local.files import File
from awsglue_local.purging import purge, transition

NOW = {"retentionPeriod": 0}
ROLE = {"accountId": "123456789012", "roleArn": "arn:aws:iam::123456789012:role/glue"}


@pytest.fixture
def s3(monkeypatch):
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "us-east-1"
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket="lake")
        for key in ("a/1.json", "a/_SUCCESS", "a/deep/2#?.json", "ab/3.json", "a/"):
            client.put_object(Bucket="lake", Key=key, Body=b"{}")
        client.put_object(Bucket="lake", Key="a/cold.json", Body=b"{}", StorageClass="GLACIER")
        yield client


def keys(s3):
    return {entry["Key"]: entry["StorageClass"] for entry in s3.list_objects_v2(Bucket="lake").get("Contents", [])}


@pytest.mark.parametrize("path", ["s3://lake/a", "s3://lake/a/", "s3a://lake/a/"])
def test_a_path_holds_what_lies_below_it_and_not_what_begins_alike(s3, path):
    purge(None, [path], NOW)

    assert sorted(keys(s3)) == ["a/", "ab/3.json"]


def test_what_is_young_stays_a_week_unless_it_is_said_otherwise(s3):
    assert purge(None, ["s3://lake/a/"], {}) == purge(None, ["s3://lake/"], {"retentionPeriod": 1}) == []
    assert len(keys(s3)) == 6


def test_classes_are_spared_and_two_lists_tell_what_was_done(s3, monkeypatch):
    def broken(file):
        if file.path.endswith("1.json"):
            raise OSError("denied")
        delete(file)

    delete = s3_objects.delete
    monkeypatch.setattr(s3_objects, "delete", broken)
    options = NOW | {"excludeStorageClasses": ["GLACIER"], "manifestFilePath": "s3://lake/manifests/"}

    done = purge(None, ["s3://lake/a/", "s3://lake/a/deep/"], options, "night")

    assert done == ["s3://lake/a/_SUCCESS", "s3://lake/a/deep/2#?.json"]
    assert {"a/1.json", "a/cold.json", "ab/3.json"} < keys(s3).keys()
    lists = [s3.get_object(Bucket="lake", Key=f"manifests/night/{name}.csv")["Body"].read().decode()
             for name in ("Success", "Failed")]  # fmt: skip
    assert lists == ["s3://lake/a/_SUCCESS\ns3://lake/a/deep/2#?.json\n", "s3://lake/a/1.json\n"]


def test_objects_move_to_another_class_once(s3):
    options = NOW | ROLE | {"excludeStorageClasses": ["GLACIER"]}

    moved = transition(None, ["s3://lake/a/"], "STANDARD_IA", options)

    assert moved == ["s3://lake/a/1.json", "s3://lake/a/_SUCCESS", "s3://lake/a/deep/2#?.json"]
    assert keys(s3)["a/1.json"] == "STANDARD_IA" and keys(s3)["a/cold.json"] == "GLACIER"
    assert keys(s3)["ab/3.json"] == "STANDARD"
    assert s3.get_object(Bucket="lake", Key="a/1.json")["Body"].read() == b"{}"
    assert transition(None, ["s3://lake/a/"], "STANDARD_IA", options) == []


@pytest.mark.parametrize(
    ("path", "storage_class", "options", "error", "says"),
    [
        ("s3://lake/a/", "COLD", ROLE, ValueError, "`COLD` is not a storage class; allowed are STANDARD"),
        ("s3://lake/a/", "GLACIER", {}, ValueError, "options accountId and roleArn are missing"),
        ("/tmp/a/", "GLACIER", ROLE, NotImplementedError, "storage classes exist in S3 only"),
        ("s3://lake/a/", "GLACIER", ROLE | {"dryRun": True}, NotImplementedError, "dryRun.*its options are"),
    ],
    ids=["class", "role", "folder", "option"],
)
def test_what_a_transition_cannot_do_is_said(s3, path, storage_class, options, error, says):
    with pytest.raises(error, match=says):
        transition(None, [path], storage_class, NOW | options)


def test_the_class_of_an_object_that_was_listed_by_spark_is_asked_for(s3):
    files = [File("s3a://lake/a/1.json", 0), File("s3a://lake/a/cold.json", 0), File("/tmp/x", 0)]

    assert [file.path for file in s3_objects.without_classes(files, ["GLACIER"])] == ["s3a://lake/a/1.json", "/tmp/x"]
    assert s3_objects.without_classes(files, []) == files
    changed = datetime.fromtimestamp(s3_objects.listed("s3://lake/ab")[0].modified / 1000, UTC)
    assert datetime.now(UTC) - changed < timedelta(hours=1)
