"""Which files a source leaves out, without Spark."""

import pytest

from awsglue_local.files import File, without


@pytest.mark.parametrize(
    ("glob", "path", "is_named"),
    [
        ("**.pdf", "s3a://b/p/q/x.pdf", True),
        ("s3://b/p/*.json", "s3a://b/p/x.json", True),
        ("s3://b/p/*.json", "s3a://b/p/q/x.json", False),
        ("s3://b/p/**", "s3a://b/p/q/x.json", True),
        ("/data/?.csv", "file:/data/a.csv", True),
        ("/data/?.csv", "file:/data/ab.csv", False),
        ("**/{day,week}[!0-9].csv", "file:/data/week_.csv", True),
        ("**/{day,week}[!0-9].csv", "file:/data/week1.csv", False),
        ("**/a,b(1)+.csv", "file:/data/a,b(1)+.csv", True),
        ("**/a\\*.csv", "file:/data/ab.csv", False),
        ("**/{a", "file:/data/a", True),
        ("**/a}", "file:/data/a}", True),
    ],
)
def test_exclusions_are_globs_in_which_a_star_stays_in_its_folder(glob, path, is_named):
    assert without([File(path, 0)], [glob]) == ([] if is_named else [File(path, 0)])
