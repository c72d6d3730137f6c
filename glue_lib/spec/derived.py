"""What follows from a pipeline file for the infrastructure; Terraform derives the same from the same file."""

from typing import Any

from glue_lib.spec.pipeline import Pipeline


def derived(pipeline: Pipeline) -> dict[str, Any]:
    """Return the names and settings that AWS resources are made from, without the environment's prefix."""
    wanted = pipeline.references()
    return {
        "source": pipeline.source,
        "database": pipeline.database,
        "streams": sorted(pipeline.streams),
        "parents": {
            name: sorted(stream.parents) for name, stream in sorted(pipeline.streams.items()) if stream.parents
        },
        "deletes": {name: stream.deletes for name, stream in sorted(pipeline.streams.items()) if stream.deletes},
        "levels": levels(pipeline),
        "patterns": {
            name: "decoupled" if stream.is_decoupled else "direct" for name, stream in sorted(pipeline.streams.items())
        },
        "runs_on": {name: stream.runs_on for name, stream in sorted(pipeline.streams.items())},
        "secrets": sorted({reference.name for reference in wanted if reference.store == "secret"}),
        "kept_secrets": sorted({found.name for found in pipeline.kept() if found.store == "secret"}),
        "environment": sorted({reference.name for reference in wanted if reference.store == "env"}),
        "schedule": pipeline.schedule.model_dump(mode="json") if pipeline.schedule else None,
        "glue": pipeline.glue.model_dump(mode="json"),
        "lambda": pipeline.function.model_dump(mode="json"),
        "alarms": pipeline.alarms.model_dump(mode="json"),
        "jobs": {step: f"{pipeline.source}-{step}" for step in ("ingest", "load", "sync")},
    }


def levels(pipeline: Pipeline) -> list[list[str]]:
    """Return the streams in the workflow's order: those of a level side by side, each behind all that it waits for."""
    place: dict[str, int] = {}
    for stream in pipeline.in_order():
        awaited = [*stream.parents, *([stream.deletes] if stream.deletes else [])]
        place[stream.name] = max((place[one] + 1 for one in awaited), default=0)
    return [sorted(name for name in place if place[name] == level) for level in range(max(place.values()) + 1)]
