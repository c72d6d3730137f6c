import pytest
from pydantic import TypeAdapter, ValidationError

from glue_lib.api.hosts import Host, HostField, Hosts
from glue_lib.api.request import Request
from glue_lib.errors import ApiError

HOSTS = Hosts(
    "https://api.example.org/v1",
    (Host(host="files.example.org"), Host(host="eu.example.org", credentials=True), Host(host="odd.example.org:8443")),
)


@pytest.mark.parametrize(
    ("url", "followed"),
    [
        ("https://api.example.org/x", None),
        ("http://api.example.org/x", "https://api.example.org/x"),
        ("https://files.example.org/x?a=1", None),
        ("https://FILES.example.org:443/x", None),
        ("http://files.example.org/x", "https://files.example.org/x"),
        ("https://odd.example.org:8443/x", None),
    ],
)
def test_follows_to_the_declared_hosts_over_https(url, followed):
    assert HOSTS.checked(url) == (followed or url)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example.com/x",
        "https://files.example.org.evil.com/x",
        "https://xfiles.example.org/x",
        "https://files.example.org@evil.com/x",
        "https://evil.com\\@files.example.org/x",
        "https://user:word@files.example.org/x",
        "https://files.example.org:8443/x",
        "https://odd.example.org/x",
        "http://odd.example.org:8443/x",
        "http://files.example.org:80/x",
        "ftp://files.example.org/x",
        "file:///etc/passwd",
    ],
)
def test_follows_nowhere_else(url):
    with pytest.raises(ApiError):
        HOSTS.checked(url)


def test_tells_how_to_declare_a_host():
    with pytest.raises(
        ApiError, match=r"another host, `cdn\.example\.org`.*where that is right, name it under `hosts`"
    ):
        HOSTS.checked("https://cdn.example.org/x")


def test_a_source_on_http_may_use_it_elsewhere_too():
    hosts = Hosts("http://127.0.0.1:8000", (Host(host="localhost:9000"),))

    assert hosts.checked("http://localhost:9000/x") == "http://localhost:9000/x"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://api.example.org/x", True),
        ("https://eu.example.org/x", True),
        ("https://files.example.org/x", False),
        ("http://api.example.org/x", False),
        ("https://evil.example.com/x", False),
    ],
)
def test_credentials_go_to_the_source_and_where_they_are_declared(url, expected):
    assert HOSTS.take_credentials(url) is expected


def test_makes_the_url_of_a_request():
    assert HOSTS.url_of(Request("/things", query={"a": "b c"})) == "https://api.example.org/v1/things?a=b%20c"
    assert HOSTS.url_of(Request("https://files.example.org/x?y=1")) == "https://files.example.org/x?y=1"
    with pytest.raises(ApiError):
        HOSTS.url_of(Request("https://evil.example.com/x"))


def test_a_bare_name_is_a_host_without_credentials():
    assert TypeAdapter(HostField).validate_python("Files.Example.org") == Host(
        host="files.example.org", credentials=False
    )


@pytest.mark.parametrize(
    "text", ["https://files.example.org", "files.example.org/x", "", "*.example.org", "a b", "a@b"]
)
def test_what_is_no_host_is_an_error(text):
    with pytest.raises(ValidationError, match=r"is no host; write its name alone"):
        Host(host=text)


@pytest.mark.parametrize("link", ["file:///etc/passwd", "javascript:alert(1)", "ftp://files.example.org/x"])
def test_a_link_that_is_no_web_address_is_told_as_one(link):
    hosts = Hosts("https://api.example.org", (Host(host="files.example.org"),))

    with pytest.raises(ApiError, match=rf"points to `{link.partition(':')[0]}:`, which is no address to ask$"):
        hosts.checked(link)


@pytest.mark.parametrize(
    ("link", "told"),
    [
        (
            "https://files.example.org:8443/x",
            "names `files.example.org`, which is another port; .*`files.example.org:8443`",
        ),
        (
            "http://files.example.org:80/x",
            "names `files.example.org`, but what is asked over https leads to https only",
        ),
        ("https://other.example.org/x", "where that is right, name it under `hosts`"),
    ],
)
def test_a_declared_host_on_another_port_is_not_told_to_be_declared(link, told):
    hosts = Hosts("https://api.example.org", (Host(host="files.example.org"),))

    with pytest.raises(ApiError, match=told):
        hosts.checked(link)
