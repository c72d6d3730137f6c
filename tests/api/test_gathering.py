"""Few records are held, many lie in a file; nobody who goes through them sees a difference."""

import pytest

from glue_lib.api.gathering import SpooledRecords, gathered
from glue_lib.api.page import Page, Spooled
from glue_lib.api.request import Request
from tests.open_files import nameless_files

RECORDS = [b'{"n": %d}' % n for n in range(1000)]


def test_few_records_are_a_tuple():
    assert gathered(iter(RECORDS)) == tuple(RECORDS)
    assert gathered([]) == ()


@pytest.mark.parametrize("in_memory", [0, 1, 5000])
def test_many_records_can_be_gone_through_again_and_again(in_memory):
    records = gathered(iter(RECORDS), in_memory=in_memory)

    assert isinstance(records, SpooledRecords)
    assert isinstance(records, Spooled)
    assert len(records) == 1000
    assert records.last == RECORDS[-1]
    assert list(records) == RECORDS
    assert list(zip(records, records, strict=True)) == list(zip(RECORDS, RECORDS, strict=True))
    assert RECORDS[7] in records
    assert b"{}" not in records


def test_a_page_of_many_has_the_last_record_of_one_of_few():
    pages = [Page(Request("/a"), 1, gathered(iter(RECORDS), in_memory=size)) for size in (0, 2**30)]

    assert [page.find("last_record.n") for page in pages] == ["999", "999"]


def test_a_page_of_many_that_comes_again_has_the_same_fingerprint():
    first, again, other = (
        Page(Request("/a"), 1, gathered(iter(records), in_memory=0)) for records in (RECORDS, RECORDS, RECORDS[1:])
    )

    assert first.fingerprint() == again.fingerprint() != other.fingerprint()


def test_records_that_stop_with_an_error_leave_no_file():
    def failing():
        yield from RECORDS
        raise ValueError("cut")

    before = nameless_files()
    with pytest.raises(ValueError, match="cut"):
        gathered(failing(), in_memory=10)
    assert nameless_files() <= before


def test_the_file_ends_with_the_last_reference():
    before = nameless_files()
    records = iter(gathered(iter(RECORDS), in_memory=10))
    assert next(records) == RECORDS[0]
    assert len(nameless_files() - before) == 1
    del records
    assert nameless_files() <= before
