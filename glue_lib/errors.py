"""The four ways a user's run can stop. The class says what to do next; the text says where, what, and the remedy."""

from collections.abc import Mapping
from typing import Any


class HeadwaterError(Exception):
    """A stop whose text is all its reader needs: shown without a stack trace.

    `landed` is what stays of the run that it stopped: its `run_id`, `records`, `pages` and `evidence`; None before one.
    """

    landed: Mapping[str, Any] | None = None


class ConfigError(HeadwaterError):
    """The pipeline file, an argument or the set-up is wrong: nothing was fetched."""


class ApiError(HeadwaterError):
    """The API did not answer as the pipeline file says: what was landed stays, and the next run goes on from there.

    `status` is the HTTP status of the answer that was not as it should be; None when no answer was.
    """

    status: int | None = None


class ShapeError(HeadwaterError):
    """The landed records cannot become rows: nothing was written to a table."""


class LoadError(HeadwaterError):
    """A table could not be written: what was committed stays, and loading again is safe."""
