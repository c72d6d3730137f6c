"""What is packed is unpacked, whatever the headers say; what is damaged is asked for again."""

import gzip
import io
import os
import zipfile
import zlib

import pytest

from glue_lib.api.body import Body
from glue_lib.api.exchange import Response
from glue_lib.api.payload import documents
from glue_lib.api.selection import Truncated
from glue_lib.errors import ApiError


def texts(content: bytes, content_type: str = "", encoding: str = "") -> list[bytes]:
    headers = {"Content-Type": content_type} if content_type else {}
    held = [body.read() for body in documents(Response(200, headers, content), encoding)]
    spooled = documents(Response(200, headers, Body.of([content], in_memory=0)), encoding)
    assert [body.read() for body in spooled] == held
    return held


def zipped(*files: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return packed.getvalue()


def test_a_text_that_is_not_packed_stays_as_it_is():
    assert texts(b'{"a": "\xff"}') == [b'{"a": "\xff"}']
    assert texts(b"") == [b""]


def test_members_of_a_gzip_follow_each_other_and_zeros_may_fill_its_end():
    assert texts(gzip.compress(b"one ") + gzip.compress(b"two") + b"\0" * 100) == [b"one two"]


def test_what_is_packed_twice_is_unpacked_twice():
    assert texts(gzip.compress(gzip.compress(b"x"))) == [b"x"]
    assert texts(zipped(("a", gzip.compress(b"x")), ("b", b"y"))) == [b"x", b"y"]
    assert texts(gzip.compress(zipped(("a", b"x")))) == [b"x"]


def test_what_has_no_end_is_refused():
    packed = b"x"
    for _ in range(5):
        packed = gzip.compress(packed)
    with pytest.raises(ApiError, match="packed more than 3 times"):
        texts(packed)


def test_an_empty_zip_has_no_texts():
    assert texts(zipped()) == []
    assert texts(zipped(("folder/", b""), ("__MACOSX/a", b"junk"))) == []


NOISE = os.urandom(3000)


@pytest.mark.parametrize("packed", [gzip.compress(NOISE), zipped(("a", NOISE), ("b", NOISE))], ids=["gzip", "zip"])
def test_a_packed_text_that_is_cut_or_damaged_is_told(packed):
    for end in (len(packed) // 3, len(packed) - 1):
        with pytest.raises(Truncated, match="cut off or damaged"):
            texts(packed[:end])
    damaged = packed[:2000] + bytes(255 - byte for byte in packed[2000:2050]) + packed[2050:]
    with pytest.raises(Truncated, match="cut off or damaged"):
        texts(damaged)


def test_something_behind_a_gzip_is_told():
    with pytest.raises(Truncated):
        texts(gzip.compress(b"x") + b"<html>")


def test_a_password_is_told():
    packed = bytearray(zipped(("secret.csv", b"x")))
    packed[6] |= 1
    packed[packed.index(b"PK\x01\x02") + 8] |= 1

    with pytest.raises(ApiError, match=r"asks for a password \(`secret.csv`\)"):
        texts(bytes(packed))


def test_zlib_alone_has_no_mark_and_stays_as_it_is():
    packed = zlib.compress(b"x" * 100)
    assert texts(packed) == [packed]


@pytest.mark.parametrize(
    ("content", "content_type", "encoding"),
    [
        ("é".encode(), "text/csv", ""),
        ("é".encode("latin-1"), "text/csv; charset=latin-1", ""),
        ("é".encode("cp1252"), "text/csv; charset=utf-8", "cp1252"),
        ("é".encode("utf-8-sig"), "text/csv; charset=latin-1", "cp1252"),
        ("é".encode("utf-16"), "", ""),
        ("é".encode("utf-32"), "", ""),
        (gzip.compress("é".encode("latin-1"), mtime=0), "text/csv; charset=latin-1", ""),
    ],
)
def test_a_mark_says_the_charset_else_the_file_else_the_header(content, content_type, encoding):
    assert texts(content, content_type, encoding) == ["é".encode()]


def test_a_character_across_two_reads_stays_whole():
    text = "é" * 300_000
    assert texts(b"x" + text.encode("utf-16-le")[1:], encoding="latin-1")[0].startswith(b"x")
    assert texts(text.encode("utf-16")) == [text.encode()]


def test_a_wrong_charset_is_told():
    with pytest.raises(ApiError, match="not in the charset that it is said to be in, `utf-16-le`"):
        texts(b"\xff\xfea")
    with pytest.raises(ApiError, match="charset that is not known"):
        texts(b"a", "text/csv; charset=klingon")


@pytest.mark.parametrize(
    "packed",
    [
        gzip.compress(b" " * 2_000_000),
        gzip.compress(gzip.compress(b" " * 2_000_000)),
        zipped(("a", b" " * 2_000_000)),
        zipped(*((f"{number}", b" " * 200_000) for number in range(10))),
    ],
    ids=["gzip", "gzip twice", "zip", "zip of many"],
)
def test_a_bomb_as_a_payload_stops_at_the_largest_answer_that_is_taken(packed):
    answer = Response(200, {}, packed, largest_bytes=2**20)

    told = "longer than 1 MB when it is unpacked; ask for smaller pages, or raise `limits.largest_answer_mb`"
    with pytest.raises(ApiError, match=told):
        [body.size for body in documents(answer)]


def test_what_is_packed_twice_may_be_as_long_as_the_largest_answer():
    packed = zipped(*((f"{number}", gzip.compress(os.urandom(100_000))) for number in range(10)))

    assert sum(body.size for body in documents(Response(200, {}, packed, largest_bytes=1_010_000))) == 1_000_000
