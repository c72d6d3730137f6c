import pytest

from awsglue_local.paths import split
from awsglue_local.uris import spark_uri


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("a", ("a",)),
        ("a.b.c", ("a", "b", "c")),
        ("`a.b`.c", ("a.b", "c")),
        ("`odd ``name`", ("odd `name",)),
        ("provider id", ("provider id",)),
        ("list[].price", ("list", "[]", "price")),
        ("grid[][]", ("grid", "[]", "[]")),
    ],
)
def test_a_path_falls_into_its_parts(path, parts):
    assert split(path) == parts


def test_s3_is_read_by_s3a_and_other_places_as_they_are():
    assert [spark_uri("s3://b/k/"), spark_uri("/data"), spark_uri("s3a://b")] == ["s3a://b/k/", "/data", "s3a://b"]
