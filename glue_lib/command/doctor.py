"""What `headwater doctor` looks at and prints: everything that a run needs, without starting one."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from glue_lib.command.finding import Check, Finding, Status, examined, failed, ok
from glue_lib.command.machine_checks import machine_checks
from glue_lib.command.printing import print_json, say
from glue_lib.command.reach_checks import lake_checks, pipeline_checks
from glue_lib.errors import ConfigError
from glue_lib.spec.loader import load_all
from glue_lib.spec.pipeline import Pipeline

SECONDS = 15.0  # for all checks together, since they are made side by side
_MARKS: dict[Status, str] = {"ok": "ok     ", "warning": "warning", "failed": "FAILED ", "skipped": "skipped"}


def examine(files: Sequence[str], lake: str, seconds: float = SECONDS) -> list[Finding]:
    """Return what is found, by this machine first."""
    pipelines, told = _read(files)
    checks = machine_checks(lake)
    checks += lake_checks(lake, pipelines, _now)
    for file, pipeline in zip(files, pipelines, strict=False):
        checks += _of(pipeline, lambda file=file, pipeline=pipeline: pipeline_checks(file, pipeline, _now))  # type: ignore[misc]
    return [*told, *examined(checks, seconds)]


def show(findings: Sequence[Finding], *, as_json: bool) -> int:
    """Print what was found; return the exit code: 1 where a run would fail."""
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            say(f"{_MARKS[finding.status]}  {finding.check}: {finding.found}")
            if finding.remedy:
                say(f"         -> {finding.remedy}")
        say(_summary(Counter(finding.status for finding in findings)))
    return int(any(finding.status == "failed" for finding in findings))


def _summary(counts: Counter[Status]) -> str:
    told = f"{counts['ok']} ok, {counts['warning']} warnings, {counts['failed']} failed, {counts['skipped']} skipped"
    return f"{told}: {'a run would fail' if counts['failed'] else 'nothing stands in the way of a run'}"


def _read(files: Sequence[str]) -> tuple[list[Pipeline], list[Finding]]:
    if not files:
        return [], []
    try:
        pipelines = load_all(files)
    except ConfigError as error:
        lines = str(error).splitlines()
        return [], [
            failed("pipelines", line, "correct the file; `headwater validate` checks it again") for line in lines
        ]
    return pipelines, [ok("pipelines", f"{', '.join(files)}: valid")]


def _of(pipeline: Pipeline, checks: Callable[[], list[Check]]) -> list[Check]:
    """Return a pipeline's checks; where its addresses cannot even be read, one check that says so."""
    try:
        return checks()
    except ConfigError as error:
        told = failed(f"api of {pipeline.source}", str(error), "correct the pipeline file")
        return [Check(told.check, lambda: [told])]


def _now() -> datetime:
    return datetime.now(UTC)
