import gc
from pathlib import Path
from tempfile import TemporaryFile

import pytest

from glue_lib.api.exchange import Body, Response, SignedRequest


def test_a_header_is_found_in_any_case():
    response = Response(200, {"rEtRy-AfTeR": "1"})

    assert response.header("Retry-After") == "1"
    assert response.header("Date") is None


@pytest.mark.parametrize(
    ("content_type", "content"),
    [
        (None, '{"a": "é"}'.encode()),
        ("application/json", b"\xef\xbb\xbf" + '{"a": "é"}'.encode()),
        ("application/json; charset=UTF-8", '{"a": "é"}'.encode()),
        ('application/json; charset="iso-8859-1"; x=y', '{"a": "é"}'.encode("latin-1")),
        ("application/json;charset=utf-16", '{"a": "é"}'.encode("utf-16")),
    ],
)
def test_the_body_is_utf_8_whatever_it_came_in(content_type, content):
    headers = {"content-type": content_type} if content_type else {}

    assert Response(200, headers, content).json_text() == '{"a": "é"}'.encode()


def test_a_query_parameter_is_encoded_and_added():
    assert SignedRequest("GET", "https://h/x").with_query("a", "b&c/d").url == "https://h/x?a=b%26c%2Fd"
    assert SignedRequest("GET", "https://h/x?y=1").with_query("a", "b").url == "https://h/x?y=1&a=b"


@pytest.mark.parametrize("in_memory", [0, 5, 100])
def test_a_body_can_be_read_any_number_of_times_wherever_it_lies(in_memory):
    body = Body.of([b"abc", b"", b"def", b"g"], in_memory=in_memory)

    assert body.is_spooled is (in_memory < 7)
    assert (body.size, body.read(), body.read(), body.start(4)) == (7, b"abcdefg", b"abcdefg", b"abcd")
    with body.open() as one, body.open() as other:
        assert (one.read(3), other.read(1), one.read(), other.read(2)) == (b"abc", b"a", b"defg", b"bc")
        one.seek(1)
        assert one.read(2) == b"bc"
    body.close()


def open_files() -> int:
    gc.collect()  # what other tests left behind
    return len(list(Path("/dev/fd").iterdir()))


def test_a_body_that_breaks_off_leaves_no_file():
    def broken():
        yield b"abc"
        raise ValueError("cut")

    before = open_files()
    with pytest.raises(ValueError, match="cut"):
        Body.of(broken(), in_memory=0)
    assert open_files() == before


def test_a_forgotten_body_gives_up_its_file():
    spool = TemporaryFile(buffering=0)  # noqa: SIM115 - whether it is closed is the question
    body = Body(spool=spool)
    assert not spool.closed
    del body

    assert spool.closed


def test_an_answer_is_read_whole_wherever_it_lies():
    assert Response(200, {}, b"abc").read() == Response(200, {}, Body.of([b"abc"], in_memory=0)).read() == b"abc"
    assert "abc" not in repr(Response(200, {}, b"abc"))
