from datetime import timedelta

import pytest
from pydantic import TypeAdapter, ValidationError

from glue_lib.api.duration import Duration, length


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("45s", timedelta(seconds=45)),
        ("30m", timedelta(minutes=30)),
        ("1h", timedelta(hours=1)),
        ("7d", timedelta(days=7)),
        ("2w", timedelta(days=14)),
    ],
)
def test_has_a_length(text, expected):
    assert length(text) == expected


@pytest.mark.parametrize("text", ["", "7", "d", "7 d", "-1d", "1.5h", "7days", "1M", "٧d"])
def test_refuses_what_is_no_duration(text):
    with pytest.raises(ValidationError, match="is no duration"):
        TypeAdapter(Duration).validate_python(text)
