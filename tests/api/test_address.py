import pytest

from glue_lib.api.address import same_host, url_of, without_query
from glue_lib.api.request import Request
from glue_lib.errors import ApiError, ConfigError

BASE = "https://api.example.org/v1"


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (Request("/things"), f"{BASE}/things"),
        (Request("things"), f"{BASE}/things"),
        (Request(""), BASE),
        (Request("/things", query={"a": "x y&z", "updated[gte]": "2026-01-01T00:00:00+02:00"}),
         f"{BASE}/things?a=x%20y%26z&updated%5Bgte%5D=2026-01-01T00%3A00%3A00%2B02%3A00"),
        (Request("/things", query={"expand": ("a", "b")}), f"{BASE}/things?expand=a&expand=b"),
        (Request("/things?kind=a", query={"page": "2"}), f"{BASE}/things?kind=a&page=2"),
        (Request(f"{BASE}/things?cursor=a%2Fb", query={"limit": "5"}), f"{BASE}/things?cursor=a%2Fb&limit=5"),
        (Request("/c/{c.id}/x/{n}", fill={"c.id": "a/b?é", "n": "2"}), f"{BASE}/c/a%2Fb%3F%C3%A9/x/2"),
    ],
)  # fmt: skip
def test_makes_the_url(request_, expected):
    assert url_of(BASE, request_) == expected


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_a_value_that_would_ask_another_endpoint_is_an_error(value):
    with pytest.raises(ApiError, match="has no usable value"):
        url_of(BASE, Request("/campaigns/{id}/comments", fill={"id": value}))


def test_a_hole_without_a_value_is_an_error():
    with pytest.raises(ApiError, match=r"`{id}` of path"):
        url_of(BASE, Request("/campaigns/{id}"))


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example.com/v1",
        "https://api.example.org.evil.com/v1",
        "https://evil.com#api.example.org/",
        "https://api.example.org@evil.com/",
        "https://user:password@api.example.org/",
        "https://evil.com\\@api.example.org/",
        "https://api.example.org\\.evil.com/",
        "https://api.example.org:8443/v1",
        "http://api.example.org:80/v1",
        "ftp://api.example.org/v1",
        "https:///v1",
        "https://api.example.org/a\nb",
    ],
)
def test_no_url_leads_credentials_elsewhere(url):
    with pytest.raises(ApiError, match=r"credentials go to|no address to ask"):
        same_host(BASE, url)


def test_https_is_kept_where_an_api_writes_http():
    assert same_host(BASE, "http://api.example.org/v1/x") == f"{BASE}/x"


def test_a_loopback_port_counts():
    assert same_host("http://127.0.0.1:8080", "http://127.0.0.1:8080/x") == "http://127.0.0.1:8080/x"
    with pytest.raises(ApiError):
        same_host("http://127.0.0.1:8080", "http://127.0.0.1:8081/x")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://h/x?api_key=s&page=2", "https://h/x?page=2"),
        ("https://h/x?page=2&api%5Fkey=s", "https://h/x?page=2"),
        ("https://h/x?api_key=s", "https://h/x"),
        ("https://h/x?page=2", "https://h/x?page=2"),
        ("/x", "/x"),
    ],
)
def test_takes_one_parameter_out(url, expected):
    assert without_query(url, "api_key") == expected


def test_a_link_written_by_hand_may_have_spaces():
    assert same_host(BASE, f"{BASE}/x?q=a b") == f"{BASE}/x?q=a%20b"
    with pytest.raises(ApiError, match="another host"):
        same_host(BASE, "https://api.example.org /x")


@pytest.mark.parametrize(
    "base_url", ["http://[::1", "https://api.example.org:port/v1", "https://api.example.org:70000"]
)
def test_a_base_url_that_no_parser_can_read_is_an_error_of_the_file(base_url):
    with pytest.raises(ConfigError, match="base_url: is no URL"):
        same_host(base_url, f"{base_url}/things")


def test_an_address_that_no_parser_can_read_is_an_error():
    with pytest.raises(ApiError, match="is no URL"):
        url_of(BASE, Request("http://[::1"))
