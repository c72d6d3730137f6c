from typing import Any

import pytest

from glue_lib.api.field_values import field_values
from glue_lib.errors import ApiError


def values(path: str, *records: bytes) -> list[Any]:
    return list(field_values(records, path))


@pytest.mark.parametrize(
    ("path", "record", "expected"),
    [
        ("at", b'{"id": 1, "at": "2026-01-31"}', "2026-01-31"),
        ("at", b'{"at": "2026-01-3\\u0031 \\"x\\""}', '2026-01-31 "x"'),
        ("at", '{"at": "Zürich"}'.encode(), "Zürich"),
        ("at", b'{"at": 12345678901234567890.10}', "12345678901234567890.10"),
        ("at", b'{"at": -1e3}', "-1e3"),
        ("at", b'{"at": null}', None),
        ("at", b"{}", None),
        ("at", b'{"at": ""}', ""),
        ("at", b'{"at": "a", "at": "b"}', "b"),
        ("meta.at", b'{"at": "no", "meta": {"at": "yes"}}', "yes"),
        ("meta.at", b'{"meta": null}', None),
        ("meta.at", b'{"meta": []}', None),
        ("meta.at", b'{"meta": {}}', None),
        ('"odd.key"."$at"', b'{"odd.key": {"$at": 5}}', "5"),
        ("at", b'{"broken": "\\ud800", "at": "2026-01-31"}', "2026-01-31"),
        ("at", b'{"at": "\\ud800"}', "\ud800"),
    ],
)
def test_reads_the_text_of_a_value_exactly(path: str, record: bytes, expected: str | None):
    assert values(path, record) == [expected]


@pytest.mark.parametrize(
    ("path", "record", "said"),
    [
        ("at", b'{"at": true}', "`at` is `true`"),
        ("at", b'{"at": {"x": 1}}', "`at` is an object; name a value inside it"),
        ("at", b'{"at": [1]}', "`at` is an array"),
        ("meta.at", b'{"meta": 5}', "`meta.at` leads through a number"),
    ],
)
def test_what_is_no_value_is_told_and_says_nothing_of_the_others(path: str, record: bytes, said: str):
    odd, plain = values(path, record, b'{"at": "x", "meta": {"at": "x"}}')

    assert isinstance(odd, ApiError)
    assert said in str(odd)
    assert plain == "x"


def test_a_record_that_is_no_json_is_told():
    (odd,) = values("at", b'{"at": ')

    assert isinstance(odd, ApiError)
