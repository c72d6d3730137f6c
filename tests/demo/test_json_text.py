from decimal import Decimal

import pytest

from demo.json_text import written


def test_a_decimal_keeps_its_last_zero():
    assert written({"amount": Decimal("12.50"), "text": "12.50"}) == b'{"amount": 12.50, "text": "12.50"}'


def test_big_integers_are_written_in_full():
    assert written([2**80]) == b"[1208925819614629174706176]"


def test_text_is_utf_8_or_escaped_as_asked():
    assert written("é🎄") == '"é🎄"'.encode()
    assert written("é🎄", ascii_only=True) == b'"\\u00e9\\ud83c\\udf84"'


def test_an_unknown_type_is_an_error_and_not_its_text():
    with pytest.raises(TypeError, match="set has no JSON form"):
        written({1})
