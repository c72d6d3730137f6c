import pytest

from glue_lib.landing.moments import moment_of
from glue_lib.landing.notes import Notes


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-31T08:30:00Z", "2026-01-31T08:30:00.5Z", "2026-01-31T08:30:00.123456Z", "2026-01-31T08:30:00+00:00",
        "1901-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "2024-02-29T00:00:00Z",
    ],
)  # fmt: skip
def test_a_moment_by_utc_is_one(text):
    assert moment_of([text]) == "timestamp"


@pytest.mark.parametrize("text", ["2026-01-31", "1901-01-01", "9999-12-31", "2024-02-29"])
def test_a_date_is_one(text):
    assert moment_of([text]) == "date"


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-31T08:30:00", "2026-01-31 08:30:00Z", "2026-01-31T08:30Z", "2026-01-31T08:30:00+02:00",
        "2026-01-31T08:30:00-00:00", "2026-01-31T08:30:00.1234567Z", "2026-01-31T08:30:00.Z", "2026-01-31t08:30:00z",
        "2026-01-31T08:30:00Z\n", "2016-12-31T23:59:60Z", "2026-01-31T24:00:00Z", "2026-02-30T00:00:00Z",
        "1900-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "+10000-01-01T00:00:00Z",
        "12026-01-31T08:30:00Z", "20260131T083000Z", "2026-W05-6T08:30:00Z", "2026-01-31T08:30:00Z[UTC]",
        "٢٠٢٦-01-31T08:30:00Z", "2026-02-30", "1900-12-31", "2026-1-31", "31-01-2026", "2026-01-31 ", "20260131",
        "2026", "08:30:00", "1769848200", "", "soon",
    ],
)  # fmt: skip
def test_whatever_leaves_a_doubt_is_text(text):
    assert moment_of([text]) == ""


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["2026-01-31T08:30:00Z", "2026-01-31T08:30:00.25+00:00"], "timestamp"),
        (["2026-01-31", "2026-02-01"], "date"),
        (["2026-01-31T08:30:00Z", ""], ""),
        (["2026-01-31T08:30:00Z", "2026-01-31"], ""),
        (["2026-01-31", "2026-01-31T08:30:00Z"], ""),
    ],
)
def test_all_texts_must_agree(texts, expected):
    notes, merged = Notes(), Notes()
    notes.take_all([b'{"x": "%s"}' % text.encode() for text in texts])
    for text in texts:  # page by page, with pages between them that have no text
        page = Notes()
        page.take(b'{"x": "%s"}' % text.encode())
        nothing = Notes()
        nothing.take(b'{"x": null}')
        merged = merged.merge(nothing).merge(Notes.from_json(page.to_json())).merge(nothing)

    assert moment_of(texts) == expected
    assert (notes.fields["x"].moment, merged.fields["x"].moment) == (expected, expected)


def test_what_was_noted_before_moments_were_is_text():
    old = Notes.from_json({"kinds": {"object": 1}, "fields": {"x": {"kinds": {"string": 1}}}})
    new = Notes()
    new.take(b'{"x": "2026-01-31"}')

    assert old.merge(new).fields["x"].moment == new.merge(old).fields["x"].moment == ""
