"""The arguments of a job, the same on Glue, Lambda and a laptop: `--pipeline`, `--lake`, `--streams a,b` and so on.

An empty text means not given, so that Terraform can give every argument a default.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any

from glue_lib.errors import ConfigError
from glue_lib.landing.run_id import checked_run_id
from glue_lib.spec.pipeline import name as checked_name
from glue_lib.spec.problem import did_you_mean, not_one_of

NAMES = (
    *("pipeline", "lake", "streams", "from", "to", "full_refresh", "run_id", "set", "margin_seconds"),
    *("database", "share", "metrics_namespace", "rebuild"),
)
NO_METRICS = "off"


@dataclass(frozen=True)
class Arguments:
    """What one execution is asked to do."""

    pipeline: str
    lake: str
    streams: tuple[str, ...] = ()  # none named: all
    start: str | None = None  # of a backfill
    end: str | None = None
    full_refresh: bool = False
    rebuild: bool = False
    run_id: str | None = None
    overrides: Mapping[str, Any] = field(default_factory=dict)
    margin_seconds: float | None = None  # before the end of the time that Glue or Lambda gives; None: the usual
    database: str | None = None  # the environment's prefix with it: stands above the file and above `set`
    share: Fraction = Fraction(1)  # of the source's limits; the rest is for executions that run at the same time
    metrics_namespace: str | None = None  # or `off`; None: as is usual where this runs
    job_name: str = "headwater"
    options: Mapping[str, str] = field(default_factory=dict)  # all that Glue resolved, for `Job.init`


def from_argv(argv: Sequence[str]) -> Arguments:
    """Return the arguments in a job's `argv`; a ConfigError says which is wrong.

    `getResolvedOptions` makes every name required that it is asked for, and takes prefixes for names on Glue 5.1: so
    it is asked only for those that stand there in full.
    """
    from awsglue.utils import GlueArgumentError, getResolvedOptions

    words = {word[2:].partition("=")[0] for word in argv[1:] if word.startswith("--")}
    _check_spelling(words)
    try:
        options = getResolvedOptions(list(argv), [name for name in ("JOB_NAME", *NAMES) if name in words])
    except GlueArgumentError as error:
        raise ConfigError(f"arguments: {error}") from None
    return from_texts({name: options[name] for name in ("JOB_NAME", *NAMES) if name in words}, options)


def from_event(event: Mapping[str, Any]) -> Arguments:
    """Return the arguments in the event of an AWS Lambda function, whose lists, truths and objects may be JSON's."""
    for name in event:
        if name not in NAMES:
            raise ConfigError(f"event: {not_one_of(name, NAMES)}")
    return from_texts({name: _text(value) for name, value in event.items()})


def from_texts(texts: Mapping[str, str], options: Mapping[str, str] | None = None) -> Arguments:
    """Return the arguments that these texts say; `options` are all those that Glue knows."""
    given = {name: text for name, text in texts.items() if text}
    for name in ("pipeline", "lake"):
        if name not in given:
            raise ConfigError(f"arguments: `--{name}` is missing; a job needs --pipeline and --lake")
    return Arguments(
        pipeline=given["pipeline"],
        lake=given["lake"],
        streams=tuple(name.strip() for name in given.get("streams", "").split(",") if name.strip()),
        start=_bound("from", given.get("from")),
        end=_bound("to", given.get("to")),
        full_refresh=_truth("full_refresh", given.get("full_refresh", "false")),
        rebuild=_truth("rebuild", given.get("rebuild", "false")),
        run_id=checked_run_id(given["run_id"]) if "run_id" in given else None,
        overrides=_overrides(given.get("set", "{}")),
        margin_seconds=_seconds("margin_seconds", given.get("margin_seconds")),
        database=_database(given.get("database")),
        share=_share(given.get("share", "1")),
        metrics_namespace=_namespace(given.get("metrics_namespace")),
        job_name=given.get("JOB_NAME", "headwater"),
        options=options or {},
    )


def _check_spelling(words: Iterable[str]) -> None:
    """Refuse `--stream` and `--full-refresh`; names far from ours are Glue's, and none of our business."""
    for word in words:
        hint = did_you_mean(word, NAMES)
        if hint and word not in NAMES and not word.isupper():
            raise ConfigError(f"arguments: `--{word}` is no argument of a job{hint}")


def _text(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, list):
        return ",".join(map(str, value))
    return json.dumps(value)


def _truth(name: str, text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ConfigError(f"arguments: --{name}: `{text}` is neither `true` nor `false`")
    return text.lower() == "true"


def _seconds(name: str, text: str | None) -> float | None:
    if text is not None and not re.fullmatch(r"\d+(\.\d+)?", text):
        raise ConfigError(f"arguments: --{name}: `{text}` is no number of seconds such as `60`")
    return None if text is None else float(text)


def _database(text: str | None) -> str | None:
    try:
        return None if text is None else checked_name(text)
    except ValueError as error:
        raise ConfigError(f"arguments: --database: {error}") from None


def _share(text: str) -> Fraction:
    try:
        share = Fraction(text)
    except (ValueError, ZeroDivisionError):
        share = Fraction(0)
    if not 0 < share <= 1:
        told = f"`{text}` is no share; write how much of the limits is this execution's, such as `1/3` or `0.25`"
        raise ConfigError(f"arguments: --share: {told}")
    return share


def _namespace(text: str | None) -> str | None:
    if text is not None and not re.fullmatch(r"(?!AWS/)[A-Za-z0-9._/#-]{1,255}", text):
        told = f"`{text}` is no namespace such as `Headwater/prod`, and not `{NO_METRICS}`"
        raise ConfigError(f"arguments: --metrics_namespace: {told}")
    return text


def _bound(name: str, text: str | None) -> str | None:
    if text is None or text.isdecimal():  # a cursor may count instead of telling the time
        return text
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(
            f"arguments: --{name}: `{text}` is no date or time such as `2024-01-31` or `2024-01-31T12:00:00Z`"
        ) from None
    return text


def _overrides(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ConfigError(f"""arguments: --set: `{text}` is no JSON object such as {{"limits.concurrency": 2}}""")
    return found
