"""What Glue does that nobody would ask for. It is done here too, so that a laptop shows what production will do.

Each can be switched off: `with quirks.off("placeholder_row"): …`, or for an unchanged script by the environment
variable `AWSGLUE_LOCAL_WITHOUT=csv_text,placeholder_row`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

ALL = {
    "csv_text": "relationalize: a missing text of an element comes back empty",
    "placeholder_row": "relationalize: an empty array gives a row",
}
_OFF: list[str] = []


def on(name: str) -> bool:
    """Say whether the quirk is in force, at the time when a transform is called."""
    unwanted = [word.strip() for word in os.environ.get("AWSGLUE_LOCAL_WITHOUT", "").split(",") if word.strip()]
    _check(unwanted)
    return name not in [*unwanted, *_OFF]


@contextmanager
def off(*names: str) -> Iterator[None]:
    """Do without these quirks for a while; without a name, without all."""
    wanted = list(names or ALL)
    _check(wanted)
    _OFF.extend(wanted)
    try:
        yield
    finally:
        del _OFF[len(_OFF) - len(wanted) :]


def _check(names: list[str]) -> None:
    for name in names:
        if name not in ALL:
            raise ValueError(f"`{name}` is not a quirk of Glue's; there are {', '.join(ALL)}")
