"""What `headwater deploy plan` prints: the resources of each pipeline file."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from glue_lib.command.deployment import Environment, resources
from glue_lib.command.printing import print_json, print_rows, say
from glue_lib.spec.derived import levels
from glue_lib.spec.pipeline import Pipeline


def show_deployments(files: Sequence[str], pipelines: Sequence[Pipeline], at: Environment, *, as_json: bool) -> None:
    """Print what each file creates; what an environment has once, for all of its sources, is not listed."""
    paths = [Path(file).expanduser() for file in files]
    found = [
        resources(pipeline, path.name, path.read_bytes(), at) for pipeline, path in zip(pipelines, paths, strict=True)
    ]
    if as_json:
        print_json(
            [
                {"source": pipeline.source, "levels": levels(pipeline), "resources": [asdict(one) for one in made]}
                for pipeline, made in zip(pipelines, found, strict=True)
            ]
        )
        return
    for file, pipeline, made in zip(files, pipelines, found, strict=True):
        say(f"{file}: {pipeline.source} in {at.prefix}, {len(made)} resources")
        print_rows(["resource", "name", "about"], [[one.type, one.name, one.about] for one in made], indent="  ")
        say("")
