"""A pipeline answers what its parts need to know of each other."""

import pytest

from glue_lib.errors import ConfigError
from glue_lib.spec.loader import loads
from glue_lib.spec.pipeline import Pipeline
from glue_lib.spec.references import Reference


def pipeline(text: str = "", streams: str = "{a: {path: /a}}") -> Pipeline:
    return loads(f"source: shop\nbase_url: https://x.example\nstreams: {streams}\n{text}", "x.yaml")


def test_the_source_names_the_database_unless_the_file_does():
    assert pipeline().database == "shop"
    assert pipeline("database: other").database == "other"


def test_streams_come_behind_those_whose_records_they_need():
    chain = pipeline(streams="{c: {path: '/c/{b.id}'}, b: {path: '/b/{a.id}'}, a: {path: /a}, d: {path: /d}}")
    assert [stream.name for stream in chain.in_order()] == ["a", "b", "c", "d"]
    assert [stream.name for stream in chain.in_order(["c", "a"])] == ["a", "c"]


def test_an_unknown_stream_is_told_the_known_ones():
    with pytest.raises(ConfigError, match=r"shop: there is no stream `aa`; there are a; did you mean `a`\?"):
        pipeline().stream("aa")
    with pytest.raises(ConfigError, match="there is no stream `x`"):
        pipeline().in_order(["a", "x"])


def test_all_references_are_known_each_once():
    text = """
auth: {type: basic, username: "${secret:s#user}", password: "${secret:s#pass}"}
headers: {X-Key: "${env:KEY}", X-User: "${secret:s#user}"}
"""
    assert pipeline(text).references() == [
        Reference("secret", "s", "user"),
        Reference("secret", "s", "pass"),
        Reference("env", "KEY"),
    ]


def test_the_host_may_come_from_a_reference():
    assert loads("source: x\nbase_url: '${env:URL}'\nstreams: {a: {path: /a}}", "x").base_url == "${env:URL}"


@pytest.mark.parametrize("url", ["ftp://x", "https://", "https://x/?a=b", "https://x/a b", "x.example", "https://x#y"])
def test_what_is_no_address_is_told(url):
    with pytest.raises(ConfigError, match="x:2: base_url: must be an address that begins with `https://`"):
        loads(f"source: x\nbase_url: '{url}'\nstreams: {{a: {{path: /a}}}}", "x")


def test_a_password_in_the_address_is_told_and_not_shown():
    with pytest.raises(ConfigError, match="has a user or password in it") as caught:
        loads("source: x\nbase_url: https://ann:hunter2@x\nstreams: {a: {path: /a}}", "x")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("name", ["Shop", "1shop", "shop__x", "shop-x", "_shop", "shop_", "a" * 61])
def test_a_name_that_does_not_fit_tables_is_told(name):
    with pytest.raises(ConfigError, match="x:1: source: "):
        loads(f"source: {name}\nbase_url: https://x\nstreams: {{a: {{path: /a}}}}", "x")


def test_a_stream_s_name_is_told_like_a_source_s():
    with pytest.raises(
        ConfigError, match=r"x:1: streams\.lineItems: `lineItems` does not fit; .* such as `line_items`"
    ):
        loads("{source: x, base_url: 'https://x', streams: {lineItems: {path: /a}}}", "x")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://a:port/x", "has the port `port`; a port is a number from 1 to 65535"),
        ("http://a:65536", "has the port `65536`; a port"),
        ("http://a:0/x", "has the port `0`; a port"),
        ("http://a:/x", "has the port ``; a port"),
        ("http://[::1", r"`\[::1` is no host; write `api\.example\.org`"),
        ("http://::1/x", "`::1` is no host"),
        ("http://[::g]/x", r"`\[::g\]` is no IPv6 address"),
    ],
)
def test_an_address_that_no_request_can_be_sent_to_is_told_before_one_is(url, words):
    with pytest.raises(ConfigError, match=f"x:2: base_url: {words}"):
        loads(f"source: x\nbase_url: '{url}'\nstreams: {{a: {{path: /a}}}}", "x")


@pytest.mark.parametrize(
    "url", ["http://[::1]:8080/x", "http://[::1]", "http://a:8080", "https://${env:HOST}:${env:P}/x"]
)
def test_hosts_with_ports_are_addresses(url):
    assert loads(f"source: x\nbase_url: '{url}'\nstreams: {{a: {{path: /a}}}}", "x").base_url == url


@pytest.mark.parametrize("kind", ["csv", "xml"])
@pytest.mark.parametrize("charset", ["klingon", "hex", "rot13"])
def test_a_charset_that_nobody_knows_is_told_before_an_answer_came(kind, charset):
    with pytest.raises(ConfigError, match=rf"streams\.a\.format\.encoding: `{charset}` is no charset that is known"):
        pipeline(streams=f"{{a: {{path: /a, format: {{type: {kind}, encoding: {charset}}}}}}}")


def test_so_many_threads_that_the_machine_would_fall_are_refused():
    with pytest.raises(ConfigError, match=r"limits\.concurrency: .*at most 100"):
        pipeline("limits: {concurrency: 100000}")
