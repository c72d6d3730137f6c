"""The size of the Lambda function, and the streams that it may read."""

import pytest

from glue_lib.errors import ConfigError
from glue_lib.spec.loader import loads
from glue_lib.spec.pipeline import Pipeline

FILE = """
source: shop
base_url: https://x.example
defaults: {{{defaults}}}
streams:
  orders: {{path: /orders, {stream}}}
lambda: {function}
"""


def _file(stream: str = "", defaults: str = "", function: str = "{}") -> Pipeline:
    return loads(FILE.format(stream=stream, defaults=defaults, function=function), "shop.yaml")


@pytest.mark.parametrize(
    ("stream", "defaults", "is_decoupled"),
    [
        ("", "", False),
        ("", "pattern: decoupled", True),
        ("pattern: direct", "pattern: decoupled", False),
        ("pattern: null", "pattern: decoupled", False),
        ("runs_on: lambda", "", True),
        ("runs_on: lambda", "pattern: decoupled", True),
        ("runs_on: glue", "runs_on: lambda", False),
    ],
)
def test_a_stream_is_direct_unless_something_lands_it_apart(stream: str, defaults: str, is_decoupled: bool) -> None:
    assert _file(stream, defaults).streams["orders"].is_decoupled is is_decoupled


@pytest.mark.parametrize(
    ("stream", "told"),
    [
        ("runs_on: lambda, pattern: direct", "has no Spark to load with; take one of them out"),
        ("runs_on: lambda, spread: executors", "`spread: executors` needs Spark"),
        ("runs_on: ec2", "runs_on"),
        ("pattern: both", "pattern"),
    ],
)
def test_what_lambda_cannot_do_is_told(stream: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        _file(stream)


@pytest.mark.parametrize(
    "function",
    ["{memory_mb: 128}", "{memory_mb: 10241}", "{timeout_seconds: 901}", "{timeout_seconds: 0}", "{disk_mb: 1}"],
)
def test_what_lambda_refuses_is_refused(function: str) -> None:
    with pytest.raises(ConfigError, match=function.split(":")[0][1:]):
        _file(function=function)


def test_the_codes_own_word_for_the_function_is_no_field() -> None:
    text = FILE.format(stream="", defaults="", function="{}") + "function: {memory_mb: 1024}\n"

    with pytest.raises(ConfigError, match=r"shop\.yaml:8: function: is not a field here; allowed are alarms, auth, "):
        loads(text, "shop.yaml")


def test_the_pattern_changes_no_request_and_so_no_fingerprint() -> None:
    prints = {_file(stream).streams["orders"].fingerprint() for stream in ("", "runs_on: lambda", "pattern: decoupled")}
    assert len(prints) == 1
