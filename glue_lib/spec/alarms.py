"""When somebody is to be told about a source: what CloudWatch alarms compare its metrics with."""

from typing import Annotated

from pydantic import Field

from glue_lib.kind import Kind

_Share = Annotated[float, Field(gt=0, le=1)]


class Alarms(Kind):
    """Thresholds of the source's alarms: `alarms: {nothing_loaded_hours: 26, quarantined_share: 0.05}`.

    A null switches an alarm off. The metrics are described in docs/metrics.md.
    """

    failed: bool = Field(True, description="Alarm when a stream ends `failed`, or a workflow does.")
    incomplete_runs: Annotated[int, Field(ge=1)] | None = Field(
        6, description="Alarm when so many executions of a day ended `incomplete`; single ones are gone on with."
    )
    nothing_loaded_hours: Annotated[int, Field(ge=1, le=168)] | None = Field(
        None, description="Alarm when no stream was loaded for so many hours; a little more than the schedule's pause."
    )
    quarantined_share: _Share | None = Field(
        0.05, description="Alarm when a larger share of a run's records was set aside as bad."
    )
    duration_share: _Share | None = Field(
        0.9, description="Alarm when an execution lasts longer than this share of `glue.timeout_minutes`."
    )
