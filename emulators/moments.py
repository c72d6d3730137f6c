"""Moments: epoch seconds, and how APIs write them."""

from datetime import UTC, datetime, tzinfo

YEAR_2025 = 1_735_689_600
"""2025-01-01T00:00:00Z: all data lie in the half year that begins here."""


def iso(epoch: float, zone: tzinfo = UTC) -> str:
    """Return a moment as `2025-01-01T00:00:00Z`."""
    return datetime.fromtimestamp(epoch, zone).strftime("%Y-%m-%dT%H:%M:%SZ")


def epoch_of(text: str) -> float | None:
    """Return the epoch seconds of an ISO 8601 moment, UTC where it names no zone; None when it is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
