import gzip
import io
import zipfile

import pytest

from glue_lib.api.body import Body
from glue_lib.api.exchange import Response
from glue_lib.api.selection import Truncated
from glue_lib.errors import ApiError, ConfigError


def test_rows_become_objects_of_texts(rows):
    text = 'id,name,note\r\n007,"Ann, ""A""",\r\n1.10,"two\nlines",  x \r\n'

    assert rows("format: csv", text) == [
        {"id": "007", "name": 'Ann, "A"', "note": ""},
        {"id": "1.10", "name": "two\nlines", "note": "  x "},
    ]


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ("format: {type: csv, delimiter: ';'}", "a;b\n1,0;2\n"),
        ('format: {type: csv, delimiter: "\\t"}', "a\tb\n1,0\t2\n"),
        ("format: {type: csv, delimiter: '|', quoted: false}", "a|b\n1,0|2\n"),
        ("format: {type: csv, columns: [a, b]}", '"1,0",2\n'),
        ("format: {type: csv, skip_lines: 2}", 'Report of today\n\na,b\n"1,0",2\n'),
        ("format: csv", 'a,b\n"1,0",2'),
        ("format: csv", 'a,b\r"1,0",2\r'),
        ("format: csv", 'a,b\n\n"1,0",2\n\n'),
        ("format: csv", '\ufeffa,b\n"1,0",2\n'),
        ("format: csv", '" a",b \n"1,0",2\n'),
    ],
)
def test_the_file_says_how_a_text_is_written(rows, fields, text):
    assert rows(fields, text) == [{"a": "1,0", "b": "2"}]


def test_quotes_can_be_plain_or_escaped(rows):
    assert rows("format: {type: csv, quoted: false}", 'a\n5" pipe\n') == [{"a": '5" pipe'}]
    assert rows('format: {type: csv, escape: "\\\\"}', 'a\n"5\\" pipe"\n') == [{"a": '5" pipe'}]


def test_an_empty_field_is_a_text_unless_the_file_says_that_it_is_none(rows):
    text = 'a,b,c\n,"",NULL\n'

    assert rows("format: csv", text) == [{"a": "", "b": "", "c": "NULL"}]
    assert rows("format: {type: csv, nulls: ['', 'NULL']}", text) == [{"a": None, "b": None, "c": None}]


def test_columns_without_a_name_or_with_the_same_are_told_apart(rows):
    assert rows("format: csv", "a,,a,a_3\n1,2,3,4\n") == [{"a": "1", "column_2": "2", "a_3": "3", "a_3_4": "4"}]


@pytest.mark.parametrize(
    ("charset", "content_type", "fields"),
    [
        ("utf-8", "", "format: csv"),
        ("utf-8-sig", "text/csv; charset=latin-1", "format: csv"),
        ("latin-1", "text/csv; charset=ISO-8859-1", "format: csv"),
        ("windows-1252", "text/csv", "format: {type: csv, encoding: windows-1252}"),
        ("windows-1252", "text/csv; charset=utf-8", "format: {type: csv, encoding: windows-1252}"),
        ("utf-16", "", "format: csv"),
        ("utf-16-le", "", "format: csv"),
        ("utf-16-be", "text/csv; charset=utf-16-be", "format: csv"),
    ],
)
def test_every_charset_is_read(rows, charset, content_type, fields):
    assert rows(fields, "näme\nZoë\n".encode(charset), content_type) == [{"näme": "Zoë"}]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2,3\n", "line 2 of the body has 3 fields, but there are 2 columns"),
        ('a,b\n"x\ny",2\n1\n', "line 4 of the body has 1 fields"),
        ('a,b\n"x"y,2\n', "line 2 of the body is not valid CSV.*check `delimiter`"),
        ("<!DOCTYPE html><html></html>", "not CSV but HTML"),
        ('<?xml version="1.0"?><a/>', "not CSV but HTML or XML"),
        ('{"error": "no quota"}', "answered with an error in place of records: no quota"),
        ('{"data": []}', "not CSV but JSON"),
        (b"a\n\xe9\n", "nobody names its charset"),
        (b"a\n\xff\xfe\n", "nobody names its charset"),
    ],
)
def test_what_is_wrong_is_told(rows, text, said):
    with pytest.raises(ApiError, match=said):
        rows("format: csv", text)


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n3", 'a,b\n1,"cut in here'])
def test_a_cut_text_is_told_from_a_wrong_one(rows, text):
    with pytest.raises(Truncated):
        rows("format: csv", text)


def test_an_empty_answer_has_no_records_where_the_file_says_so(rows):
    assert rows("format: csv, records: {missing: is_empty}", "") == []
    assert rows("format: {type: csv, columns: [a]}", "") == []
    assert rows("format: csv", "a,b\n") == []


def test_packed_texts_are_unpacked_whatever_their_headers_say(rows):
    assert rows("format: csv", gzip.compress(b"a\n1\n") + gzip.compress(b"2\n")) == [{"a": "1"}, {"a": "2"}]

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("__MACOSX/._one.csv", b"junk")
        archive.writestr("folder/", b"")
        archive.writestr("folder/one.csv", b"a\n1\n")
        archive.writestr("two.csv.gz", gzip.compress(b"b\n2\n"))
    assert rows("format: csv", packed.getvalue(), "text/csv") == [{"a": "1"}, {"b": "2"}]


def test_a_long_field_and_many_rows_stay_out_of_memory(reading):
    text = b"a,b\n" + b"1," + b"x" * 200_000 + b"\n" + b"1,2\n" * 500_000

    found = reading("format: csv").decoded(Response(200, {}, Body.of([text])))

    assert len(found.records) == 500_001
    assert found.records.last == b'{"a":"1","b":"2"}'


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ("format: csv, records: data", "no use for `records.path`"),
        ("format: csv, records: {value_as: x}", "no use for `records.value_as`"),
        ("format: {type: csv, delimiter: ';;'}", "must be one character"),
        ("format: {type: csv, columns: []}", "`columns` is empty"),
    ],
)
def test_what_the_file_cannot_mean_is_told(reading, fields, said):
    with pytest.raises(ConfigError, match=said):
        reading(fields)


def test_a_line_without_an_end_is_stopped(rows, monkeypatch):
    monkeypatch.setattr("glue_lib.api.decoding.base.LONGEST", 100)
    with pytest.raises(ApiError, match="one line of the body is longer"):
        rows("format: csv", "a,b\n" + "x" * 200)
    assert len(rows("format: csv", "a,b\n" + "x,y\n" * 200)) == 200
