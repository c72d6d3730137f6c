import pytest

from glue_lib.api.redaction import Redaction


def cleaned(reference, value, text):
    redaction = Redaction(lambda asked: asked.replace("${secret:x}", value).replace("${env:Y}", "second"))
    redaction.resolve(reference)
    return redaction.clean(text)


@pytest.mark.parametrize(
    ("reference", "text", "expected"),
    [
        ("${secret:x}", "key s3cr3t/=! is wrong", "key *** is wrong"),
        ("${secret:x}", "GET /x?key=s3cr3t%2F%3D%21&a=1", "GET /x?key=***&a=1"),
        ("Token ${secret:x}", "Token s3cr3t/=! is no Token", "Token *** is no Token"),
        ("${secret:x}-${env:Y}", "s3cr3t/=! and second", "*** and ***"),
        ("${secret:x}", "nothing here", "nothing here"),
    ],
)
def test_takes_what_was_resolved_out_of_texts(reference, text, expected):
    assert cleaned(reference, "s3cr3t/=!", text) == expected


def test_a_line_break_after_a_stored_secret_hides_nothing_less():
    assert cleaned("${secret:x}", "s3cr3t\n", "s3cr3t is wrong") == "*** is wrong"


def test_a_longer_secret_goes_before_one_that_it_contains():
    redaction = Redaction(lambda text: text)
    redaction.learn("abcd", "abcdefgh")

    assert redaction.clean("abcdefgh") == "***"


def test_a_tiny_value_does_not_blank_everything():
    assert cleaned("${secret:x}", "a", "an apple") == "an apple"


def test_what_was_not_resolved_yet_is_not_known():
    assert Redaction(lambda text: text).clean("s3cr3t") == "s3cr3t"
