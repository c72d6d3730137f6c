"""All patches; each module is one service."""

from local_aws.patch import Patch
from local_aws.patches import athena, functions, glue_connections, glue_jobs, glue_runs, s3, workflows
from local_aws.place import Place

ALL: tuple[Patch, ...] = (
    *s3.PATCHES,
    *glue_jobs.PATCHES,
    *glue_runs.PATCHES,
    *glue_connections.PATCHES,
    *workflows.PATCHES,
    *functions.PATCHES,
    *athena.PATCHES,
)


def mend(place: Place) -> None:
    """Put all patches into this process."""
    for patch in ALL:
        patch.mend(place)
