import gzip
import zlib

import pytest

from glue_lib.api.content_coding import undone
from glue_lib.api.exchange import Cut
from glue_lib.errors import ApiError

TEXT = b'{"data": [{"id": 1}, {"id": 2}]}' * 1000


def bare_deflate(text: bytes) -> bytes:
    squeeze = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return squeeze.compress(text) + squeeze.flush()


def in_pieces(content: bytes, size: int = 7) -> list[bytes]:
    return [content[start : start + size] for start in range(0, len(content), size)]


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        (None, TEXT),
        ("", TEXT),
        ("identity", TEXT),
        ("gzip", gzip.compress(TEXT, mtime=0)),
        ("X-GZIP", gzip.compress(TEXT, mtime=0)),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", bare_deflate(TEXT)),
        ("gzip, deflate", zlib.compress(gzip.compress(TEXT, mtime=0))),
        ("gzip", gzip.compress(TEXT[:1000], mtime=0) + gzip.compress(TEXT[1000:], mtime=0)),
        ("gzip", gzip.compress(TEXT, mtime=0) + b"\0" * 100),
        ("gzip", TEXT),  # named and not done
        ("gzip", b""),
        ("deflate", b""),
    ],
)
def test_undoes_what_is_named(encoding, content):
    expected = TEXT if content else b""

    for size in (1, 7, 10**6):
        assert b"".join(undone(in_pieces(content, size), encoding)) == expected


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
@pytest.mark.parametrize("left", [3, 20, -1, -5, -9])
def test_what_is_cut_off_is_no_whole_answer(encoding, left):
    whole = gzip.compress(TEXT, mtime=0) if encoding == "gzip" else zlib.compress(TEXT)

    with pytest.raises(Cut, match="cut off"):
        list(undone(in_pieces(whole[:left]), encoding))


def test_what_is_damaged_is_no_whole_answer():
    whole = bytearray(gzip.compress(TEXT, mtime=0))
    whole[-6] ^= 1  # of the checksum

    with pytest.raises(Cut, match="damaged"):
        list(undone([bytes(whole)], "gzip"))


def test_a_coding_that_nobody_asked_for_is_named():
    with pytest.raises(ApiError, match="Content-Encoding `br`; understood are gzip, deflate"):
        undone([b"x"], "br")


def test_a_bomb_comes_in_small_pieces():
    bomb = gzip.compress(b"\0" * 50_000_000)

    sizes = [len(piece) for piece in undone([bomb], "gzip")]

    assert sum(sizes) == 50_000_000
    assert max(sizes) <= 2**18
