"""Answers are asked for, and read, as the stream says."""

from glue_lib.api.decoding.csv import CsvAnswers
from glue_lib.api.exchange import Response
from glue_lib.api.pagination.none import NoPages
from glue_lib.api.reading import Reading, reading
from glue_lib.api.records import Records
from glue_lib.api.request import Request

CSV = Response(200, {"Content-Type": "text/csv"}, b"id\n1\n")


def read(api, asked: Request, said: "Reading | str"):
    return list(api.client().pages(asked, pagination=NoPages(), records=said))


def test_a_bare_path_is_read_from_json(api):
    api.replies({"data": [{"id": 1}]})

    (page,) = read(api, Request("/a"), "data")

    assert page.records == (b'{"id": 1}',)
    assert api.sent[0].headers["Accept"] == "application/json"
    assert page.request == Request("/a")
    assert reading("data") == Reading(Records(path="data"))


def test_the_format_is_asked_for_and_read(api):
    api.replies(CSV)

    (page,) = read(api, Request("/a"), Reading(format=CsvAnswers()))

    assert page.records == (b'{"id":"1"}',)
    assert api.sent[0].headers["Accept"].startswith("text/csv")
    assert page.request == Request("/a")


def test_what_the_stream_asks_for_itself_is_left_alone(api):
    api.replies(CSV)

    read(api, Request("/a", headers={"accept": "*/*"}), Reading(format=CsvAnswers()))

    assert [value for name, value in api.sent[0].headers.items() if name.lower() == "accept"] == ["*/*"]


def test_a_cut_text_is_asked_for_again(api):
    api.replies(Response(200, {}, b"a,b\n1"), Response(200, {}, b"a,b\n1,2\n"))

    (page,) = read(api, Request("/a"), Reading(format=CsvAnswers()))

    assert page.records == (b'{"a":"1","b":"2"}',)
    assert len(api.sent) == 2


def test_an_answer_without_content_is_a_page_without_records(api):
    api.replies(Response(204))

    (page,) = read(api, Request("/a"), Reading(format=CsvAnswers()))

    assert (page.records, page.body) == ((), b"")
