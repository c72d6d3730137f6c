import json

import pytest

from glue_lib.api.number import NumberText
from glue_lib.api.request import Request
from glue_lib.errors import ConfigError


@pytest.mark.parametrize(
    ("target", "value", "expected"),
    [
        ("query.cursor", "b", Request("/x", query={"cursor": "b"})),
        ("query.updated[gte]", "b", Request("/x", query={"updated[gte]": "b"})),
        ("query.a.b", 2, Request("/x", query={"a.b": "2"})),
        ("header.X-Page", 2, Request("/x", headers={"X-Page": "2"})),
        ("body.page", 2, Request("/x", body={"page": 2})),
        ("body.a.b", "t", Request("/x", body={"a": {"b": "t"}})),
        ("path.n", 2, Request("/x", fill={"n": "2"})),
        ("cookie.page", "2", Request("/x", headers={"Cookie": "page=2"})),
        ("url", "https://h/y?c=2", Request("https://h/y?c=2")),
    ],
)
def test_puts_a_value_where_it_belongs(target, value, expected):
    put = Request("/x").put(target, value)

    assert put == expected
    assert target == "url" or put.get(target) in (value, str(value))


def test_a_value_fills_its_hole_in_every_longer_text():
    request = Request(
        "/x/{since}",
        query={"q": "at >= {since} and at < {until}", "list": ("{since}", "b")},
        headers={"If-Since": "{since}"},
        body={"filters": [{"value": "{since}", "limit": 10}]},
    )

    filled = request.put("text.since", NumberText("7"))

    assert filled.query == {"q": "at >= 7 and at < {until}", "list": ("7", "b")}
    assert filled.headers == {"If-Since": "7"}
    assert filled.body == {"filters": [{"value": "7", "limit": 10}]}
    assert filled.path == "/x/{since}"
    assert filled.get("text.since") is None


def test_a_hole_that_is_nowhere_is_told():
    with pytest.raises(ConfigError, match=r"has `\{since\}` in it"):
        Request("/x", query={"q": "{until}"}).put("text.since", "7")


def test_a_request_never_changes():
    request = Request("/x", query={"a": "1"}, body={"deep": {"kept": 1}})

    request.put("query.a", "2").put("body.deep.kept", 2)

    assert request == Request("/x", query={"a": "1"}, body={"deep": {"kept": 1}})


def test_putting_keeps_what_stands_beside():
    request = Request("/x", method="POST", body={"filter": {"a": 1}, "limit": 10})

    assert request.put("body.filter.b", 2).body == {"filter": {"a": 1, "b": 2}, "limit": 10}


def test_a_url_replaces_parameters_but_not_headers_and_body():
    request = Request("/x/{n}", "POST", {"limit": "5"}, {"Accept": "text/csv"}, {"q": 1}, {"n": "1"})

    assert request.put("url", "https://h/y") == Request("https://h/y", "POST", {}, {"Accept": "text/csv"}, {"q": 1}, {})


def test_what_is_not_there_is_none():
    request = Request("/x", body={"a": 1})

    assert [request.get(place) for place in ("query.a", "header.a", "body.b.c", "body.a.b", "path.a")] == [None] * 5


@pytest.mark.parametrize("verb", ["get", "put"])
def test_an_unknown_place_is_a_mistake_of_ours(verb):
    with pytest.raises(ValueError, match="no place in a request"):
        getattr(Request("/x"), verb)(*["part.a", "1"][: 1 if verb == "get" else 2])


def test_a_stored_request_comes_back_the_same():
    request = Request("/x/{n}", "POST", {"a": "1", "b": ("x", "y")}, {"H": "v"}, {"deep": [1, None]}, {"n": "7"})
    carrying = Request("/x", query={"a": ("x", "y")}, carried={"reached": 7})

    assert Request.from_stored(json.loads(json.dumps(carrying.stored()))) == carrying
    assert Request.from_stored(json.loads(json.dumps(request.stored()))) == request


def test_a_plain_request_is_stored_briefly():
    assert Request("/x").stored() == {"method": "GET", "path": "/x"}


def test_an_empty_body_is_still_a_body():
    assert Request.from_stored(Request("/x", "POST", body={}).stored()).body == {}


def test_the_order_of_parameters_makes_no_other_request():
    one, other = Request("/x", query={"a": "1", "b": "2"}), Request("/x", query={"b": "2", "a": "1"})

    assert one.fingerprint() == other.fingerprint()


@pytest.mark.parametrize(
    "other",
    [
        Request("/y"),
        Request("/x", "POST"),
        Request("/x", query={"a": "1"}),
        Request("/x", headers={"a": "1"}),
        Request("/x", body={}),
        Request("/x", fill={"a": "1"}),
    ],
)
def test_every_part_makes_another_request(other):
    assert other.fingerprint() != Request("/x").fingerprint()


def test_what_is_carried_makes_another_request_of_the_same_fingerprint():
    carrying = Request("/x").carry(reached=7).carry(total=9)

    assert carrying.carried == {"reached": 7, "total": 9}
    assert carrying != Request("/x")
    assert carrying.fingerprint() == Request("/x").fingerprint()
    assert "7" not in str(carrying)


def test_is_named_as_people_read_it():
    assert str(Request("/x/{n}/y", query={"a": "1"}, fill={"n": "7"})) == "GET /x/7/y?a=1"
    assert str(Request("https://h/x?a=1").put("query.b", "2")) == "GET https://h/x?a=1&b=2"
    assert str(Request("/search", "POST", body={"after": "b"})) == 'POST /search {"after": "b"}'
    assert len(str(Request("/x", query={"cursor": "c" * 5000}))) == 240


@pytest.mark.parametrize(
    ("token", "sent"),
    [
        ("17", 17),
        ("98765432109876543210", 98765432109876543210),
        ("1.5", 1.5),
        ("0.1234567890123456789", "0.1234567890123456789"),
    ],
)
def test_a_number_from_an_answer_goes_into_a_body_as_a_number_where_it_stays_exact(token, sent):
    assert Request("/x").put("body.after", NumberText(token)).body == {"after": sent}


def test_a_text_of_digits_from_an_answer_goes_into_a_body_as_text():
    assert Request("/x").put("body.after", "17").body == {"after": "17"}


FORM = "application/x-www-form-urlencoded"
TOKEN = [NumberText("98765432109876543210"), NumberText("1.10"), {"é": None}, True]


@pytest.mark.parametrize("place", ["query.after", "path.after"])
def test_a_token_of_several_values_goes_as_its_exact_json_text(place):
    assert Request("/x").put(place, TOKEN).get(place) == '[98765432109876543210,1.10,{"é":null},true]'


def test_a_token_of_several_values_goes_into_a_body_as_they_are():
    assert Request("/x").put("body.after", TOKEN).body == {"after": [98765432109876543210, 1.1, {"é": None}, True]}


def test_a_header_of_other_letters_goes_as_utf_8():
    sent = Request("/x").put("header.X-After", "naïve ☃").headers["X-After"]

    assert sent.encode("latin-1") == "naïve ☃".encode()


@pytest.mark.parametrize(
    ("request_", "content"),
    [
        (Request("/x"), None),
        (Request("/x", body={"a": 1}), ("application/json", b'{"a": 1}')),
        (Request("/x", headers={"content-type": "a/b+json"}, body={}), ("a/b+json", b"{}")),
        (
            Request("/x", headers={"content-type": FORM}, body={"a": [1, "é &"], "b": None, "c": True, "d": {"e": 1}}),
            (FORM, b"a=1&a=%C3%A9%20%26&b=&c=true&d=%7B%22e%22%3A1%7D"),
        ),
        (Request("/x", headers={"Content-Type": f"{FORM}; charset=utf-8"}, body={}), (f"{FORM}; charset=utf-8", b"")),
    ],
)
def test_a_body_is_sent_as_json_or_as_a_form(request_, content):
    assert request_.content() == content


@pytest.mark.parametrize(
    ("request_", "place", "left"),
    [
        (Request("/x", query={"a": "1", "b": "2"}), "query.a", Request("/x", query={"b": "2"})),
        (Request("/x", headers={"A": "1"}), "header.A", Request("/x")),
        (Request("/x", body={"a": {"b": 1, "c": 2}}), "body.a.b", Request("/x", body={"a": {"c": 2}})),
        (Request("/x", body={"a": 1}), "body.a.b", Request("/x", body={"a": 1})),
        (Request("/x", query={"b": "2"}), "query.a", Request("/x", query={"b": "2"})),
    ],
)
def test_a_place_can_be_emptied(request_, place, left):
    assert request_.without(place) == left


def test_not_every_place_can_be_emptied():
    with pytest.raises(ValueError, match="no place that can be emptied"):
        Request("/x").without("url")
