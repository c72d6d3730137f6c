"""Run ids: sorted as text they are sorted by time, unless a user gave one of their own."""

import re
import secrets
from datetime import UTC, datetime

from glue_lib.errors import ConfigError


def new_run_id(now: datetime) -> str:
    """Return an id such as `20261124T083000Z-3fa9c1`; two executions that start in the same second differ."""
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def checked_run_id(run_id: str) -> str:
    """Return a given id, if it can be part of a key on every storage."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", run_id):
        raise ConfigError(
            f"run id: `{run_id}` must start with a letter or digit and hold only letters, digits, `.`, `_` and `-`, "
            "100 at most"
        )
    return run_id
