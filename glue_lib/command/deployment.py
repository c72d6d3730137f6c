"""What `terraform apply` makes out of one pipeline file: names and sizes, known without an account.

Terraform derives the same from the same file; a test compares both, resource by resource.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from glue_lib.errors import ConfigError
from glue_lib.spec.derived import levels
from glue_lib.spec.glue import Glue
from glue_lib.spec.pipeline import Pipeline

LONGEST_NAME = 54  # so that `-scheduler` fits behind it: AWS ends the names of roles and schedules at 64
LONGEST_DATABASE = 60  # as jobs take it
SCRIPTS = ("sync", "ingest", "load", "maintain")
_DOES = {
    "sync": "API to tables",
    "ingest": "API to raw zone",
    "load": "raw zone to tables",
    "maintain": "tables and raw zone kept in order",
}


@dataclass(frozen=True)
class Environment:
    """What Terraform's variables of the same names say; the defaults are theirs."""

    name: str = "headwater"
    environment: str = "dev"
    database_prefix: str | None = None
    parallel_streams: int = 2
    maintenance_cron: str = "0 3 ? * SUN *"

    @property
    def prefix(self) -> str:
        """Return what the name of every resource begins with."""
        return f"{self.name}-{self.environment}"

    def database(self, pipeline: Pipeline) -> str:
        """Return the name of a source's database."""
        prefix = f"{self.environment}_" if self.database_prefix is None else self.database_prefix
        return f"{prefix}{pipeline.database}"


@dataclass(frozen=True)
class Resource:
    """One resource: Terraform's word for it, its name in AWS, and what is to be known of it."""

    type: str
    name: str
    about: str


def resources(pipeline: Pipeline, file: str, content: bytes, at: Environment) -> list[Resource]:
    """Return what a pipeline file creates; `file` is its name and `content` its bytes, which jobs read as they are."""
    name = f"{at.prefix}-{pipeline.source}"
    _check_lengths(pipeline, name, at)
    found = [*_artifacts(pipeline, file, content), *_secrets(pipeline), *_jobs(pipeline, name, at)]
    return [*found, *_roles(pipeline, name), *_workflow(pipeline, name, at), *_watched(pipeline, name)]


def _check_lengths(pipeline: Pipeline, name: str, at: Environment) -> None:
    """Refuse what Terraform refuses, too."""
    database = at.database(pipeline)
    for text, most, remedy in (
        (name, LONGEST_NAME, "shorten `source`, or the variable `name`"),
        (database, LONGEST_DATABASE, "shorten `database` (or `source`), or the variable `database_prefix`"),
    ):
        if len(text) > most:
            raise ConfigError(f"{pipeline.source}: `{text}` has {len(text)} characters; {most} are allowed: {remedy}")


def _artifacts(pipeline: Pipeline, file: str, content: bytes) -> Iterator[Resource]:
    digest = hashlib.sha256(content).hexdigest()[:12]
    key = f"pipelines/{pipeline.source}/{digest}/{file}"
    yield Resource("aws_s3_object", key, "the file itself, as the jobs read it")


def _secrets(pipeline: Pipeline) -> Iterator[Resource]:
    kept = {found.name for found in pipeline.kept()}
    for name in sorted({found.name for found in pipeline.references() if found.store == "secret"}):
        if not name.startswith("arn:"):
            written = "; jobs write it too, when the API replaces it" if name in kept else ""
            yield Resource("aws_secretsmanager_secret", name, f"empty: its value is put in by hand{written}")


def _jobs(pipeline: Pipeline, name: str, at: Environment) -> Iterator[Resource]:
    tables = sorted(stream.name for stream in pipeline.streams.values() if not stream.deletes)
    about = f"tables {', '.join(tables)}, and those of their arrays"
    yield Resource("aws_glue_catalog_database", at.database(pipeline), about)
    for script in SCRIPTS:
        yield Resource("aws_glue_job", f"{name}-{script}", f"{_DOES[script]}; {_machines(pipeline.glue)}")
    if _has_function(pipeline):
        size, streams = pipeline.function, _on_lambda(pipeline)
        about = f"{', '.join(streams)}; {size.memory_mb} MB, at most {size.timeout_seconds} seconds"
        yield Resource("aws_lambda_function", f"{name}-ingest", about)


def _machines(glue: Glue) -> str:
    most = "up to " if glue.auto_scaling else ""
    waits = ", waits in a queue" if glue.queueing else ""
    size = f"{most}{glue.workers} {glue.worker_type}"
    return f"{size}, {glue.execution_class.lower()}{waits}, at most {glue.timeout_minutes} minutes"


def _roles(pipeline: Pipeline, name: str) -> Iterator[Resource]:
    secrets = "its secrets, " if any(found.store == "secret" for found in pipeline.references()) else ""
    may = {
        "sync": f"{secrets}its raw records and tables",
        "ingest": f"{secrets}its raw records, no table",
        "load": "its raw records and tables, no secret",
        "maintain": "its raw records and tables, no secret",
        "lambda": f"{secrets}its raw records, no table",
        "workflow": "starts its jobs, reads outcomes",
        "scheduler": "starts its state machine",
    }
    for one, about in may.items():
        if one != "lambda" or _has_function(pipeline):
            yield Resource("aws_iam_role", f"{name}-{one}", about)


def _workflow(pipeline: Pipeline, name: str, at: Environment) -> Iterator[Resource]:
    steps = ", then ".join(_level(pipeline, level, at) for level in levels(pipeline))
    yield Resource("aws_sfn_state_machine", name, steps)
    schedule = pipeline.schedule
    if schedule:
        window = f", up to {schedule.flexible_minutes} minutes later" if schedule.flexible_minutes else ""
        asleep = "" if schedule.enabled else ", switched off"
        yield Resource("aws_scheduler_schedule", f"{name}-sync", f"{schedule.cron} {schedule.timezone}{window}{asleep}")
    zone = schedule.timezone if schedule else "UTC"
    yield Resource("aws_scheduler_schedule", f"{name}-maintain", f"{at.maintenance_cron} {zone}")


def _level(pipeline: Pipeline, level: list[str], at: Environment) -> str:
    width = min(pipeline.glue.parallel_streams or at.parallel_streams, len(level))
    share = f" ({width} at a time, each with 1/{width} of the limits)" if width > 1 else ""
    return ", ".join(f"{stream} {_route(pipeline, stream)}" for stream in level) + share


def _route(pipeline: Pipeline, stream: str) -> str:
    found = pipeline.streams[stream]
    if found.runs_on == "lambda":
        return "by lambda and load"
    return "by ingest and load" if found.is_decoupled else "by sync"


def _watched(pipeline: Pipeline, name: str) -> Iterator[Resource]:
    alarms = pipeline.alarms
    told: dict[str, str | None] = {
        "failed": "a stream failed" if alarms.failed else None,
        "incomplete": f"{alarms.incomplete_runs} ended incomplete in a day" if alarms.incomplete_runs else None,
        "nothing-loaded": f"nothing loaded for {alarms.nothing_loaded_hours} hours"
        if alarms.nothing_loaded_hours
        else None,
        "quarantine": f"{alarms.quarantined_share:.1%} of a run set aside" if alarms.quarantined_share else None,
        "duration": f"{alarms.duration_share:.0%} of a job's time taken" if alarms.duration_share else None,
        "workflow-failed": "the state machine failed, or was stopped" if alarms.failed else None,
    }
    for alarm, about in told.items():
        if about:
            yield Resource("aws_cloudwatch_metric_alarm", f"{name}-{alarm}", about)
    yield from _logs(pipeline, name)
    for query, about in (("freshness", "how fresh each table is"), ("quarantine", "what was set aside, and why")):
        yield Resource("aws_athena_named_query", f"{name}-{query}", about)


def _logs(pipeline: Pipeline, name: str) -> Iterator[Resource]:
    prefix = f"/headwater/{name.removesuffix(f'-{pipeline.source}')}/{pipeline.source}"
    yield Resource("aws_cloudwatch_log_group", f"{prefix}/output", "what the jobs say, and their metrics")
    yield Resource("aws_cloudwatch_log_group", f"{prefix}/error", "what Spark and Glue say")
    yield Resource("aws_cloudwatch_log_group", f"/aws/vendedlogs/states/{name}", "what went wrong in the workflow")
    if _has_function(pipeline):
        yield Resource("aws_cloudwatch_log_group", f"/aws/lambda/{name}-ingest", "what the function says")


def _on_lambda(pipeline: Pipeline) -> list[str]:
    return sorted(stream.name for stream in pipeline.streams.values() if stream.runs_on == "lambda")


def _has_function(pipeline: Pipeline) -> bool:
    return bool(_on_lambda(pipeline))
