"""getResolvedOptions is AWS's own, of Glue 5.1 and of 6.0: what scripts may rely on in both, and where they part."""

import json
import subprocess
import sys

import pytest
from awsglue.utils import getResolvedOptions

FIXED = {
    "job_bookmark_option": "job-bookmark-disable", "job_bookmark_from": None, "job_bookmark_to": None, "JOB_ID": None,
    "JOB_RUN_ID": None, "SECURITY_CONFIGURATION": None, "encryption_type": None, "enable_data_lineage": None,
    "RedshiftTempDir": None, "TempDir": None,
}  # fmt: skip
PAUSED = ["--job-bookmark-option", "job-bookmark-pause"]
# What stands in argv, what is asked for, and what is answered beside FIXED; or the error.
BOTH = {
    "dash": (["--load-date", "2024-05-01"], ["load-date"], {"load_date": "2024-05-01"}),
    "equals": (["--rows=7 of 9"], ["rows"], {"rows": "7 of 9"}),
    "empty": (["--rows", ""], ["rows"], {"rows": ""}),
    "last": (["--rows", "1", "--rows", "2"], ["rows"], {"rows": "2"}),
    "unknown": (["--other", "1", "--flag"], [], {}),
    "folder": (["--TempDir", "s3://t/"], [], {"TempDir": "s3://t/", "RedshiftTempDir": "s3://t/"}),
    "redshift": (["--RedshiftTempDir", "s3://r/"], [], {"TempDir": "s3://r/", "RedshiftTempDir": "s3://r/"}),
    "run": (["--JOB_RUN_ID", "jr_7", "--JOB_ID", "j_7"], [], {"JOB_RUN_ID": "jr_7", "JOB_ID": "j_7"}),
    "bookmark": (PAUSED, [], {"job_bookmark_option": "job-bookmark-pause"}),
    "range": (
        [*PAUSED, "--job-bookmark-from", "a", "--job-bookmark-to", "b"], [],
        {"job_bookmark_option": "job-bookmark-pause", "job_bookmark_from": "a", "job_bookmark_to": "b"},
    ),
    "half a range": ([*PAUSED, "--job-bookmark-from", "a"], [], "RuntimeError: Missing option or value for --job-boo"),
    "range alone": (["--job-bookmark-from", "a", "--job-bookmark-to", "b"], [], "RuntimeError: Invalid option(s)"),
    "missing": ([], ["rows"], "GlueArgumentError: the following arguments are required: --rows"),
    "no value": (["--rows", "--more"], ["rows"], "GlueArgumentError: argument --rows: expected one argument"),
    "reserved": ([], ["job-bookmark-option"], "RuntimeError: Using reserved arguments job-bookmark-option"),
    "taken": ([], ["JOB_ID"], "ArgumentError: argument --JOB_ID: conflicting option string"),
}  # fmt: skip
PREFIX = (["--sou", "x"], ["source"])
PARTS = {"5.1": {"source": "x"}, "6.0": "GlueArgumentError: the following arguments are required: --source"}

SCRIPT = """
import json, sys
from awsglue.utils import getResolvedOptions
def answer(argv, names):
    try:
        return getResolvedOptions(["job.py", *argv], names)
    except BaseException as error:
        return f"{type(error).__name__}: {error}"
print(json.dumps([answer(*case) for case in json.loads(sys.argv[1])]))
"""


def answer(argv, names):
    try:
        return getResolvedOptions(["job.py", *argv], names)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def check(found, expected):
    if isinstance(expected, str):
        assert found.startswith(expected)
    else:
        assert found == FIXED | expected


@pytest.mark.parametrize("case", BOTH)
def test_options_of_a_script(case):
    argv, names, expected = BOTH[case]

    check(answer(argv, names), expected)


def test_glue_5_1_takes_the_beginning_of_a_name():
    check(answer(*PREFIX), PARTS["5.1"])


@pytest.mark.slow
def test_glue_6_0_answers_alike_but_for_the_beginning_of_a_name(tmp_path):
    """Its wheel wants Python 3.13; the module of options runs on this one too."""
    wheel = "AWSGlueDataplanePython==6.0.0"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--ignore-requires-python"]
    subprocess.run(
        [*pip, "--python-version", "3.13", "--only-binary=:all:", "--target", str(tmp_path / "site"), wheel], check=True
    )
    (tmp_path / "site" / "awsglue" / "__init__.py").write_text("")  # its own imports Spark 4
    cases = [(argv, names) for argv, names, _ in BOTH.values()] + [PREFIX]

    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, json.dumps(cases)],
        env={"PYTHONPATH": str(tmp_path / "site"), "PATH": ""}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    *found, prefix = json.loads(done.stdout)
    for answered, (_, _, expected) in zip(found, BOTH.values(), strict=True):
        check(answered, expected)
    check(prefix, PARTS["6.0"])
