import pytest

from glue_lib.api.exchange import Response
from glue_lib.api.hosts import Host, Hosts
from glue_lib.api.redirects import redirected
from glue_lib.api.request import Request
from glue_lib.errors import ApiError

HOSTS = Hosts("https://api.example.org/v1", (Host(host="files.example.org"),))
THINGS = Request("/things", query={"limit": "2"}, headers={"X-V": "2"})
URL = "https://api.example.org/v1/things?limit=2"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("/v2/things?a=1", "https://api.example.org/v2/things?a=1"),
        ("other", "https://api.example.org/v1/other"),
        (" https://files.example.org/x ", "https://files.example.org/x"),
        ("http://api.example.org/x", "https://api.example.org/x"),
    ],
)
def test_a_redirect_leads_to_a_request_of_its_own(status, location, path):
    following = redirected(THINGS, Response(status, {"location": location}), URL, HOSTS)

    assert following == Request(path, headers={"X-V": "2"})


@pytest.mark.parametrize(
    ("request_", "response"),
    [
        (THINGS, Response(200, {"Location": "/x"})),
        (THINGS, Response(304, {"Location": "/x"})),
        (THINGS, Response(300, {"Location": "/x"})),
        (THINGS, Response(302)),
        (Request("/search", "POST"), Response(307, {"Location": "/x"})),
    ],
)
def test_what_is_no_redirect_of_a_get_leads_nowhere(request_, response):
    assert redirected(request_, response, URL, HOSTS) is None


@pytest.mark.parametrize("location", ["https://evil.example.com/", "//evil.example.com/x", "ftp://api.example.org/"])
def test_a_redirect_to_where_credentials_must_not_go_is_an_error(location):
    with pytest.raises(ApiError, match="answered 302: the API points to"):
        redirected(THINGS, Response(302, {"Location": location}), URL, HOSTS)


@pytest.mark.parametrize(
    "location", ["http://[::1", "https://api.example.org:port/", "https://api.example.org:999999/"]
)
def test_a_redirect_that_no_parser_can_read_is_an_error_and_no_stack_trace(location):
    with pytest.raises(ApiError, match="answered 302: the API points to what is no URL"):
        redirected(THINGS, Response(302, {"Location": location}), URL, HOSTS)
