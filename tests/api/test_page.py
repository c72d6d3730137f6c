from dataclasses import replace

import pytest

from glue_lib.api.number import NumberText
from glue_lib.api.page import Page
from glue_lib.api.request import Request
from glue_lib.errors import ApiError


def test_finds_values_in_body_header_and_last_record(page_of):
    page = page_of({"data": [{"id": 1}, {"id": 2}], "meta": {"next": "b", "more": True}}, headers={"x-next": "h"})

    assert page.find("body.meta.next") == "b"
    assert page.find("body.meta.more") is True
    assert page.find("header.X-Next") == "h"
    assert page.find("last_record.id") == "2"


def test_finds_nothing_where_nothing_is(page_of):
    page = page_of({"data": [], "meta": None})

    assert [page.find(place) for place in ("body.meta.next", "header.X", "last_record.id")] == [None] * 3
    assert page_of(None).find("body.next") is None


def test_what_is_no_object_is_not_the_last_record():
    page = Page(Request("/x"), 1, (b'{"id": 1}', b'{"id": 2}', b"null"))

    assert (page.last_record, page.find("last_record.id")) == (b'{"id": 2}', "2")
    assert Page(Request("/x"), 1, (b"null",)).last_record is None


def test_a_place_that_no_answer_has_is_a_mistake_of_ours(page_of):
    with pytest.raises(ValueError, match="no place in an answer"):
        page_of({}).find("query.x")


def test_the_fingerprint_is_of_the_records_alone():
    page = Page(Request("/x"), 1, (b'{"a":1}', b'{"b":2}'))

    assert page.fingerprint() == Page(Request("/y"), 9, page.records, headers={"Date": "now"}).fingerprint()
    assert page.fingerprint() == Page(Request("/x"), 1, page.records[::-1]).fingerprint()
    assert page.fingerprint() != Page(Request("/x"), 1, page.records[:1]).fingerprint()
    assert page.fingerprint() != Page(Request("/x"), 1, (b'{"a":1}{"b":2}',)).fingerprint()


def test_the_fingerprint_is_that_of_the_records_a_changed_page_has():
    page = Page(Request("/x"), 1, (b'{"a":1}', b'{"b":2}'))
    before = page.fingerprint()

    assert replace(page, next=Request("/y")).fingerprint() == before
    assert replace(page, records=page.records[:1]).fingerprint() == Page(Request("/x"), 1, (b'{"a":1}',)).fingerprint()


class Many:
    """Records that lie elsewhere."""

    def __init__(self, *records):
        self._records = records

    def __len__(self):
        return len(self._records)

    def __iter__(self):
        return iter(self._records)

    def __contains__(self, record):
        return record in self._records

    @property
    def last(self):
        return self._records[-1] if self._records else None


def test_records_that_lie_elsewhere_serve_as_well():
    page = Page(Request("/x"), 1, Many(b'{"id":1}', b'{"id":2}'))

    assert (page.last_record, page.find("last_record.id")) == (b'{"id":2}', "2")
    assert page.fingerprint() == Page(Request("/x"), 1, tuple(page.records)).fingerprint()
    assert Page(Request("/x"), 1, Many()).last_record is None


def test_a_json_value_is_found_with_its_numbers_as_they_are_written(page_of):
    page = page_of({"after": [12345678901234567890, {"at": 1.5}], "none": None})

    assert page.json_at("body.after") == ["12345678901234567890", {"at": "1.5"}]
    assert all(isinstance(number, NumberText) for number in (page.json_at("body.after")[0],))
    assert page.json_at("body.none") is page.json_at("body.absent") is page_of(None).json_at("body.x") is None


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("?page=2", "https://api.example.org/v1/things?page=2"),
        ("/v1/things?page=2", "https://api.example.org/v1/things?page=2"),
        ("https://api.example.org/v2/x", "https://api.example.org/v2/x"),
        ("http://api.example.org/v2/x", "https://api.example.org/v2/x"),
        ("https://API.example.org:443/x", "https://API.example.org:443/x"),
    ],
)
def test_resolves_links_on_the_same_host(page_of, link, expected):
    assert page_of({}).resolve(link) == expected


@pytest.mark.parametrize("link", ["https://evil.example.com/x", "//evil.example.com/x", "ftp://api.example.org/x"])
def test_a_link_to_another_host_is_an_error(page_of, link):
    with pytest.raises(ApiError, match=r"credentials go to|no address to ask"):
        page_of({}).resolve(link)


def test_what_a_page_holds_is_not_shown_in_passing(page_of):
    assert "private" not in repr(page_of({"data": [{"name": "private"}]}))
