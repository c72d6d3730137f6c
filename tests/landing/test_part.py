"""How a record becomes a line; parts as a whole, see `test_writer.py`."""

import pytest

from glue_lib.landing.part import as_line

PREFIX = b'{"_orgs_id": 7, '


@pytest.mark.parametrize(
    ("record", "prefix", "line"),
    [
        (b'{"a":\r\n1}', b"", b'{"a":  1}'),
        (b'{"a": 1}', PREFIX, b'{"_orgs_id": 7, "a": 1}'),
        (b"{ }", PREFIX, b'{"_orgs_id": 7}'),
        (b"null", PREFIX, b"null"),  # no object has a place for it
        (b'[{"a": 1}]', PREFIX, b'[{"a": 1}]'),
    ],
)
def test_a_record_is_one_line_with_the_fields_of_its_parent_in_front(record, prefix, line):
    assert as_line(record, prefix) == line
