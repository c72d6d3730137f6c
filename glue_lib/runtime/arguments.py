"""The arguments of a job, the same on Glue and elsewhere: `--pipeline`, `--lake`, `--streams a,b` and so on.

An empty text means not given, so that Terraform can give every argument a default.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from glue_lib.errors import ConfigError

NAMES = ("JOB_NAME", "pipeline", "lake", "streams", "from", "to", "full_refresh", "run_id", "set")

_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")


@dataclass(frozen=True)
class Arguments:
    """What one execution is asked to do."""

    pipeline: str
    lake: str
    streams: tuple[str, ...] = ()  # none named: all
    start: str | None = None  # of a backfill
    end: str | None = None
    full_refresh: bool = False
    run_id: str | None = None
    overrides: Mapping[str, Any] = field(default_factory=dict)
    job_name: str = "headwater"
    options: Mapping[str, str] = field(default_factory=dict)  # all that Glue resolved, for `Job.init`

    @property
    def is_backfill(self) -> bool:
        """Whether a span of time is named, which moves no position."""
        return self.start is not None or self.end is not None


def arguments(argv: Sequence[str]) -> Arguments:
    """Return the arguments in `argv`; a ConfigError says which is wrong.

    `getResolvedOptions` makes every name required that it is asked for, and takes prefixes for names on Glue 5.1: so
    it is asked only for those that stand there in full.
    """
    from awsglue.utils import GlueArgumentError, getResolvedOptions

    words = {word.partition("=")[0] for word in argv if word.startswith("--")}
    try:
        options = getResolvedOptions(list(argv), [name for name in NAMES if f"--{name}" in words])
    except GlueArgumentError as error:
        raise ConfigError(f"arguments: {error}") from None
    given = {name: value for name, value in options.items() if name in NAMES and value}
    return from_options(given, options)


def from_options(given: Mapping[str, str], options: Mapping[str, str] | None = None) -> Arguments:
    """Return the arguments that these texts say."""
    for name in ("pipeline", "lake"):
        if not given.get(name):
            raise ConfigError(f"arguments: `--{name}` is missing; a job needs --pipeline and --lake")
    run_id = given.get("run_id")
    if run_id and not _RUN_ID.match(run_id):
        raise ConfigError(f"arguments: --run_id: `{run_id}` is no run id; allowed are letters, digits and `._-`, at most 100")
    return Arguments(
        pipeline=given["pipeline"],
        lake=given["lake"],
        streams=tuple(name.strip() for name in given.get("streams", "").split(",") if name.strip()),
        start=_instant("from", given.get("from")),
        end=_instant("to", given.get("to")),
        full_refresh=_truth("full_refresh", given.get("full_refresh", "false")),
        run_id=run_id,
        overrides=_overrides(given.get("set", "{}")),
        job_name=given.get("JOB_NAME", "headwater"),
        options=options or {},
    )


def _truth(name: str, text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ConfigError(f"arguments: --{name}: `{text}` is neither `true` nor `false`")
    return text.lower() == "true"


def _instant(name: str, text: str | None) -> str | None:
    if text is None:
        return None
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
