"""Time zones, by the names that the IANA gave them."""

import difflib
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator


def _is_zone(name: str) -> str:
    known = available_timezones()
    if known and name not in known:
        meant = "".join(f"; did you mean `{near}`?" for near in difflib.get_close_matches(name, known, n=1))
        raise ValueError(f"`{name}` is no time zone such as `America/New_York` or `UTC`{meant}")
    return name


ZoneName = Annotated[str, AfterValidator(_is_zone)]
"""`America/New_York`, `UTC`: a name that the system knows."""
