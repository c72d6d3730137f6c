"""Time zones are taken by their full names only."""

import pytest
from pydantic import TypeAdapter, ValidationError

from glue_lib.api.zone import ZoneName

ZONES: TypeAdapter[str] = TypeAdapter(ZoneName)


@pytest.mark.parametrize("name", ["UTC", "America/New_York"])
def test_a_zone_that_the_system_knows_is_taken(name):
    assert ZONES.validate_python(name) == name


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("America/NewYork", "`America/NewYork` is no time zone.*did you mean `America/New_York`"),
        ("../etc/passwd", r"`\.\./etc/passwd` is no time zone such as `America/New_York` or `UTC` "),
        ("America", "is no time zone"),
    ],
)
def test_any_other_is_refused_with_the_nearest_name(name, said):
    with pytest.raises(ValidationError, match=said):
        ZONES.validate_python(name)
