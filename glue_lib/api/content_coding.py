"""Content coding: undoes what `Content-Encoding` names, piece by piece, and notices what is cut off."""

import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from glue_lib.api.exchange import Cut
from glue_lib.errors import ApiError

#: What a request says that it understands.
ACCEPTED = "gzip, deflate"

_AT_ONCE = 2**18  # bytes that are unzipped together: a small piece can hold a thousand times its length
_GZIP, _ZLIB, _RAW = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS
_GZIP_MAGIC = b"\x1f\x8b"


def undone(chunks: Iterable[bytes], encoding: str | None) -> Iterator[bytes]:
    """Yield the bytes without their coding; `Cut` where they end too early."""
    for name in reversed([part.strip().lower() for part in (encoding or "").split(",")]):
        match name:
            case "gzip" | "x-gzip":
                chunks = _unzipped(chunks, _gzip)
            case "deflate":
                chunks = _unzipped(chunks, _deflate)
            case "" | "identity":
                pass
            case _:
                raise ApiError(f"the answer has the Content-Encoding `{name[:40]}`; understood are {ACCEPTED}")
    return iter(chunks)


def _gzip(start: bytes) -> int | None:
    # Some servers name a coding that the body does not have.
    return _GZIP if start.startswith(_GZIP_MAGIC) else None


def _deflate(start: bytes) -> int | None:
    # The name means zlib's format; some servers send the bare stream.
    return _ZLIB if start[0] & 0x0F == 8 and int.from_bytes(start[:2], "big") % 31 == 0 else _RAW


def _unzipped(chunks: Iterable[bytes], window_of: Callable[[bytes], int | None]) -> Iterator[bytes]:
    pieces = iter(chunks)
    start = _start(pieces)
    if not start:
        return
    window = window_of(start)
    if window is None:
        yield start
        yield from pieces
        return
    unzip = zlib.decompressobj(window)
    for piece in chain([start], pieces):
        is_full = False
        while piece or is_full:
            if unzip.eof:  # a further member
                if not piece.strip(b"\0"):
                    break
                unzip = zlib.decompressobj(window)
            unzipped = _inflated(unzip, piece)
            is_full = len(unzipped) == _AT_ONCE and not unzip.eof
            piece = unzip.unused_data if unzip.eof else unzip.unconsumed_tail
            yield unzipped
    if not unzip.eof:
        raise Cut("its compressed body is cut off")


def _inflated(unzip: "zlib._Decompress", piece: bytes) -> bytes:
    try:
        return unzip.decompress(piece, _AT_ONCE)
    except zlib.error:
        raise Cut("its compressed body is damaged") from None


def _start(pieces: Iterator[bytes]) -> bytes:
    """Return the first two bytes and what came with them."""
    start = b""
    for piece in pieces:
        start += piece
        if len(start) >= 2:
            break
    return start
