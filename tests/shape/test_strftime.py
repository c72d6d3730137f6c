import re

import pytest

from glue_lib.errors import ShapeError
from glue_lib.shape.strftime import java_pattern, texts


@pytest.mark.parametrize(
    ("strftime", "expected"),
    [
        ("%Y-%m-%d", "yyyy'-'M'-'d"),
        ("%d/%m/%Y at %H:%M", "d'/'M'/'yyyy' at 'H':'m"),
        ("%Y%m%d%H%M%S", "yyyyMMddHHmmss"),
        ("%Y-%m-%dT%H:%M:%S.%f%z", "yyyy'-'M'-'d'T'H':'m':'s'.'SSSSSS[XXX][XX][X]"),
        ("%I o'clock %p", "h' o''clock 'a"),
        ("%Y%%", "yyyy'%'"),
    ],
)
def test_a_pattern_is_written_as_java_reads_it(strftime, expected):
    assert java_pattern(strftime) == expected


@pytest.mark.parametrize(
    ("strftime", "text", "expected"),
    [
        ("%Y-%m-%d", "2026-01-31", True),
        ("%Y-%m-%d", "2026-1-3", True),
        ("%Y-%m-%d", "2026-01-31 and more", False),
        ("%Y-%m-%d", "26-01-31", False),
        ("%d.%m.%Y", "31x01x2026", False),
        ("%H:%M%z", "08:30+02:00", True),
    ],
)
def test_only_texts_of_the_pattern_are_tried(strftime, text, expected):
    assert bool(re.search(texts(strftime).replace(r"\z", r"\Z"), text)) is expected


@pytest.mark.parametrize("strftime", ["%Q", "%Y-%", "%-d"])
def test_an_unknown_directive_is_named(strftime):
    with pytest.raises(ShapeError, match=r"format `.*`: `%.?` is not one of `%Y`, `%y`"):
        java_pattern(strftime)
