"""What `headwater maintain` keeps of a source, and for how long."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, Field

from glue_lib.api.duration import Duration, is_empty, later
from glue_lib.kind import Kind

LEAST_HOURS = 7 * 24
"""A reader that began before a vacuum may still need the files that it removes: so long no query and no load lasts."""


def _safe(duration: str) -> str:
    """Return a duration that is long enough for every reader; a ValueError says what is."""
    if hours(duration) < LEAST_HOURS:
        raise ValueError(
            f"`{duration}` is less than `7d`, and whoever reads a table right then could lose its files; "
            "`headwater maintain --retention-hours` keeps less for once"
        )
    return duration


def _some_time(duration: str) -> str:
    if is_empty(duration):
        raise ValueError(f"`{duration}` is no time at all; write such as `90d`, or leave it out")
    return duration


class Maintenance(Kind):
    """What old files go, and when: `maintenance: {keep_raw: 90d, keep_versions: 14d}`.

    Raw runs stay as long as a table needs them to be built again from nothing: those of `replace` since the last one,
    those of all other write modes for ever. `rebuildable: false` gives that up, and takes all that are loaded.
    """

    keep_raw: Annotated[Duration, AfterValidator(_some_time)] | None = Field(
        None, description="Age at which a run's raw records go; left out: never."
    )
    rebuildable: bool = Field(True, description="Whether raw runs stay, however old, that a table is built from.")
    keep_versions: Annotated[Duration, AfterValidator(_safe)] = Field(
        "7d", description="How long files stay that a table no longer has; readers and time travel need them."
    )
    keep_outcomes: Duration = Field("90d", description="How long the outcomes of executions stay.")

    @property
    def retention_hours(self) -> int:
        """Return for how many hours files stay that a table no longer has."""
        return hours(self.keep_versions)


def hours(duration: str) -> int:
    """Return how many hours a duration has at least; a month is as long as February."""
    begin = datetime(2023, 2, 1, tzinfo=UTC)
    return int((later(begin, duration, 1, UTC) - begin) / timedelta(hours=1))
