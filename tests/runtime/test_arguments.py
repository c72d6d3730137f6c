"""The arguments of a job, as Glue, a shell and Lambda hand them over."""

from fractions import Fraction

import pytest

from glue_lib.errors import ConfigError
from glue_lib.runtime.arguments import NAMES, Arguments, from_argv, from_event

LEAST = ("job.py", "--pipeline", "p.yaml", "--lake", "./lake")


def given(*more: str) -> Arguments:
    return from_argv([*LEAST, *more])


def test_two_arguments_are_enough():
    asked = given()

    assert (asked.pipeline, asked.lake) == ("p.yaml", "./lake")
    assert (asked.streams, asked.start, asked.end, asked.full_refresh, asked.run_id) == ((), None, None, False, None)
    assert asked.overrides == {}


def test_takes_every_argument():
    asked = given(
        *("--streams", "a, b", "--from", "2024-01-01", "--to", "2024-02-01T12:00:00Z", "--full_refresh", "true"),
        *("--run_id", "r1", "--set", '{"limits.concurrency": 2}', "--JOB_NAME", "nightly"),
        *(
            "--margin_seconds",
            "90.5",
            "--database",
            "dev_shop",
            "--share",
            "1/3",
            "--metrics_namespace",
            "Headwater/dev",
            "--rebuild",
            "true",
        ),
    )

    assert asked.streams == ("a", "b")
    assert (asked.start, asked.end) == ("2024-01-01", "2024-02-01T12:00:00Z")
    assert (asked.full_refresh, asked.rebuild, asked.run_id, asked.job_name) == (True, True, "r1", "nightly")
    assert asked.overrides == {"limits.concurrency": 2}
    assert asked.margin_seconds == 90.5
    assert (asked.database, asked.share, asked.metrics_namespace) == ("dev_shop", Fraction(1, 3), "Headwater/dev")


def test_an_equals_sign_is_as_good_as_a_space():
    assert given("--streams=a,b", "--from=2024-01-01").streams == ("a", "b")


def test_an_empty_text_means_not_given():
    empty = [word for name in NAMES[2:] for word in (f"--{name}", "")]

    asked, plain = given(*empty), given()

    assert (asked.streams, asked.start, asked.end) == (plain.streams, plain.start, plain.end)
    assert (asked.full_refresh, asked.rebuild, asked.run_id, asked.overrides) == (False, False, None, {})
    assert (asked.database, asked.share, asked.metrics_namespace) == (None, 1, None)


def test_what_glue_adds_of_its_own_is_no_concern_of_ours():
    asked = given(
        *("--JOB_ID", "j", "--JOB_RUN_ID", "jr_1", "--JOB_NAME", "nightly", "--job-bookmark-option"),
        *("job-bookmark-disable", "--TempDir", "s3://b/tmp/", "--conf", "a=b", "--enable-metrics", "true"),
        *("--enable-observability-metrics", "true"),
        *("--datalake-formats", "delta", "--extra-py-files", "x.zip", "--mode", "x", "--files", "y"),
    )

    assert asked.options["JOB_RUN_ID"] == "jr_1"
    assert (asked.job_name, asked.streams) == ("nightly", ())


@pytest.mark.parametrize(
    ("word", "meant"),
    [("--stream", "streams"), ("--full-refresh", "full_refresh"), ("--run-id", "run_id"), ("--pipelines", "pipeline")],
)
def test_a_misspelled_argument_is_not_passed_over(word: str, meant: str):
    with pytest.raises(ConfigError, match=f"`{word}` is no argument of a job; did you mean `{meant}`"):
        given(word, "x")


@pytest.mark.parametrize("missing", ["pipeline", "lake"])
@pytest.mark.parametrize("form", ["left out", "empty"])
def test_pipeline_and_lake_must_be_there(missing: str, form: str):
    words = {"pipeline": "p.yaml", "lake": "./lake"}
    words = words | {missing: ""} if form == "empty" else {name: words[name] for name in words if name != missing}

    with pytest.raises(ConfigError, match=f"`--{missing}` is missing; a job needs --pipeline and --lake"):
        from_argv(["job.py", *(word for name, value in words.items() for word in (f"--{name}", value))])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--from", "yesterday"), "--from: `yesterday` is no date or time"),
        (("--to", "2024-13-01"), "--to: `2024-13-01` is no date or time"),
        (("--full_refresh", "yes"), "--full_refresh: `yes` is neither `true` nor `false`"),
        (("--run_id", "a/b"), "run id: `a/b`"),
        (("--set", "a=1"), "--set: `a=1` is no JSON object"),
        (("--set", "[1]"), "--set: `[1]` is no JSON object"),
        (("--margin_seconds", "-5"), "--margin_seconds: `-5` is no number of seconds"),
        (("--database", "Dev_Shop"), "--database: `Dev_Shop` does not fit"),
        (("--share", "0"), "--share: `0` is no share"),
        (("--share", "3/2"), "--share: `3/2` is no share"),
        (("--share", "1/0"), "--share: `1/0` is no share"),
        (("--share=-1/2",), "--share: `-1/2` is no share"),
        (("--share", "half"), "--share: `half` is no share"),
        (("--share", "nan"), "--share: `nan` is no share"),
        (("--metrics_namespace", "AWS/Glue"), "--metrics_namespace: `AWS/Glue` is no namespace"),
        (("--metrics_namespace", "a b"), "--metrics_namespace: `a b` is no namespace"),
        (("--lake",), "expected one argument"),
    ],
)
def test_a_wrong_value_is_told_with_its_name(words: tuple[str, ...], told: str):
    with pytest.raises(ConfigError) as error:
        given(*words)

    assert told in str(error.value)


def test_a_bound_of_a_cursor_that_counts_is_a_number():
    assert given("--from", "12000").start == "12000"


def test_an_event_says_the_same_as_argv_in_json_of_its_own():
    event = {
        "pipeline": "p.yaml",
        "lake": "./lake",
        "streams": ["a", "b"],
        "from": None,
        "to": "",
        "full_refresh": True,
        "set": {"limits.concurrency": 2},
    }

    asked = from_event(event)

    assert (asked.streams, asked.full_refresh, asked.overrides) == (("a", "b"), True, {"limits.concurrency": 2})
    assert (asked.start, asked.end) == (None, None)
    assert from_event({"pipeline": "p.yaml", "lake": "./lake", "share": 0.25}).share == Fraction(1, 4)
    assert from_event({"pipeline": "p.yaml", "lake": "./lake", "streams": "a,b"}).streams == ("a", "b")


def test_an_unknown_name_in_an_event_is_an_error():
    with pytest.raises(ConfigError, match=r"event: `stream` is not one of .*did you mean `streams`"):
        from_event({"pipeline": "p.yaml", "lake": "./lake", "stream": "a"})
