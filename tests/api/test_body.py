from tempfile import TemporaryFile

import pytest

from glue_lib.api.body import Body
from tests.open_files import nameless_files


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


def test_a_body_that_breaks_off_leaves_no_file():
    def broken():
        yield b"abc"
        raise ValueError("cut")

    before = nameless_files()
    with pytest.raises(ValueError, match="cut"):
        Body.of(broken(), in_memory=0)
    assert nameless_files() <= before


def test_a_forgotten_body_gives_up_its_file():
    spool = TemporaryFile(buffering=0)  # noqa: SIM115 - the body closes it
    body = Body(spool=spool)
    assert not spool.closed
    del body

    assert spool.closed
