import pytest

from glue_lib.api import cookies
from glue_lib.errors import ApiError


def test_a_cookie_stands_beside_others_and_replaces_its_own():
    headers = {"Accept": "x", "cookie": "session=a=b; page=1"}

    assert cookies.put(headers, "page", "2") == {"Accept": "x", "Cookie": "session=a=b; page=2"}
    assert cookies.put({}, "page", "2") == {"Cookie": "page=2"}
    assert cookies.read(headers) == {"session": "a=b", "page": "1"}
    assert cookies.read({}) == {}


@pytest.mark.parametrize("value", ["a;b", "a, b", "a\r\nX: 1"])
def test_what_would_end_a_cookie_is_refused(value):
    with pytest.raises(ApiError, match="no cookie can have"):
        cookies.put({}, "page", value)
