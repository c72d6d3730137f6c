import json

import pytest

from glue_lib.api.address import url_of
from glue_lib.api.batch import Batch
from glue_lib.api.fan_out import copies, merged, parents_of, prefix, request_for
from glue_lib.api.request import Request
from glue_lib.errors import ApiError

BASE = "https://api.example.org"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/campaigns", {}),
        ("/campaigns/{campaigns.id}/comments", {"campaigns": ["id"]}),
        ("/{a.x}/{a.y}/{a.x}/{b_c.id}", {"a": ["x", "y"], "b_c": ["id"]}),
        ("/{campaigns.owner.id}", {"campaigns": ["owner.id"]}),
        ("/things/{page}", {}),
    ],
)
def test_a_path_names_its_parents(path, expected):
    assert parents_of(path) == expected


def test_every_place_of_a_request_may_name_parents():
    assert parents_of("/{a.x}", {"q": "{b.y} and {a.z}"}, {"H": "{a.x}"}, {"deep": [{"er": "{c.w.v}"}, 1, None]}) == {
        "a": ["x", "z"],
        "b": ["y"],
        "c": ["w.v"],
    }


@pytest.mark.parametrize(
    "text", ["${secret:a.b}", "${a.b}", "{a}", "{a.}", "{A.b}", "{ a.b }", "query { me { id } }", '{"a.b": 1}']
)
def test_what_only_looks_alike_names_no_parent(text):
    assert parents_of(text) == {}


def test_copies_are_fields_of_the_first_parent_unless_they_name_theirs():
    assert copies(["name", "owner.id", "b.x"], ["a", "b"]) == {"a": ["name", "owner.id"], "b": ["x"]}
    assert copies(["b.x"], ["a"]) == {"a": ["b.x"]}
    assert merged({"a": ["id"]}, {"a": ["name", "id"], "b": ["x"]}) == {"a": ["id", "name"], "b": ["x"]}


@pytest.mark.parametrize(
    ("raw", "url"),
    [
        ("98765432109876543210", f"{BASE}/c/98765432109876543210/x"),
        ('"a/b?c#d é"', f"{BASE}/c/a%2Fb%3Fc%23d%20%C3%A9/x"),
        ('"..\\u002f"', f"{BASE}/c/..%2F/x"),
        ('"{campaigns.id}"', f"{BASE}/c/%7Bcampaigns.id%7D/x"),
    ],
)
def test_a_parents_values_are_encoded_in_the_path(raw, url):
    request = request_for(Request("/c/{campaigns.id}/x"), [{"campaigns.id": raw}])

    assert url_of(BASE, request) == url


@pytest.mark.parametrize("raw", ["null", "true", '""', '{"a": 1}', "[1]"])
def test_a_parent_without_a_usable_value_is_an_error(raw):
    with pytest.raises(ApiError):
        request_for(Request("/c/{campaigns.id}"), [{"campaigns.id": raw}])


def test_values_stand_in_parameters_headers_and_body():
    request = Request(
        "/things",
        "POST",
        query={"q": "owner:{a.id} kind:{a.kind}", "n": "{a.id}", "fixed": "x"},
        headers={"X-A": "{a.kind}"},
        body={
            "filter": {"ids": ["{a.id}"], "id": "{a.id}", "kind": "{a.kind}", "text": "id {a.id}", "other": [1, None]}
        },
    )

    filled = request_for(request, [{"a.id": "98765432109876543210", "a.kind": '"é&{a.id}"', "a.copied": "true"}])

    assert filled.query == {"q": "owner:98765432109876543210 kind:é&{a.id}", "n": "98765432109876543210", "fixed": "x"}
    assert filled.headers == {"X-A": "é&{a.id}"}
    assert filled.body == {
        "filter": {
            "ids": [98765432109876543210],
            "id": 98765432109876543210,
            "kind": "é&{a.id}",
            "text": "id 98765432109876543210",
            "other": [1, None],
        }
    }
    assert Request.from_stored(json.loads(json.dumps(filled.stored()))) == filled


BATCH = [{"a.id": "1"}, {"a.id": '"x y"'}, {"a.id": "1"}]


@pytest.mark.parametrize(
    ("path", "query", "batch", "url"),
    [
        ("/b", {"ids": "{a.id}"}, Batch(size=5), "/b?ids=1%2Cx%20y"),
        ("/b", {"ids[]": "{a.id}"}, Batch(size=5), "/b?ids%5B%5D=1&ids%5B%5D=x%20y"),
        ("/b", {"id": "{a.id}"}, Batch(size=5, repeated=True), "/b?id=1&id=x%20y"),
        ("/b", {"q": "id in ('{a.id}')"}, Batch(size=5, joined_by="','"), "/b?q=id%20in%20%28%271%27%2C%27x%20y%27%29"),
        ("/b/{a.id}", {}, Batch(size=5, joined_by=";"), "/b/1%3Bx%20y"),
    ],
)
def test_a_batch_is_written_as_its_place_wants_it(path, query, batch, url):
    assert url_of(BASE, request_for(Request(path, query=query), BATCH, batch)) == BASE + url


@pytest.mark.parametrize(
    ("body", "filled"),
    [
        ({"ids": "{a.id}"}, {"ids": [1, "x y"]}),
        ({"ids": ["{a.id}"]}, {"ids": [1, "x y"]}),
        ({"ids": [0, "{a.id}", "z"]}, {"ids": [0, 1, "x y", "z"]}),
        ({"all": [{"in": "{a.id}"}]}, {"all": [{"in": [1, "x y"]}]}),
        ({"q": "in ({a.id})"}, {"q": "in (1,x y)"}),
    ],
)
def test_a_batch_is_an_array_in_a_body(body, filled):
    assert request_for(Request("/b", "POST", body=body), BATCH, Batch(size=5)).body == filled


def test_a_value_that_would_fall_apart_in_a_batch_is_an_error():
    with pytest.raises(ApiError, match=r"a parent has `x,y` as `a\.id`, and `,` separates the values of a batch"):
        request_for(Request("/b", query={"ids": "{a.id}"}), [{"a.id": '"x,y"'}, {"a.id": "1"}], Batch(size=5))


def test_a_batch_of_one_is_still_a_list():
    alone = [{"a.id": '"x,y"'}]

    assert request_for(Request("/b", query={"ids": "{a.id}"}), alone, Batch(size=5)).query == {"ids": "x,y"}
    assert request_for(Request("/b", body={"ids": "{a.id}"}), alone, Batch(size=5)).body == {"ids": ["x,y"]}


def test_a_batch_may_be_written_as_its_size():
    assert Batch.model_validate(50) == Batch(size=50)


def test_the_prefix_starts_a_record_with_its_parents_values():
    parent = {"campaigns.id": "1.10", "campaigns.owner.id": '"\\u00e9 ö"'}

    line = prefix(parent) + b'"id": 1}'

    assert line == '{"_campaigns_id": 1.10, "_campaigns_owner_id": "\\u00e9 ö", "id": 1}'.encode()
    assert json.loads(line) == {"_campaigns_id": 1.1, "_campaigns_owner_id": "é ö", "id": 1}


def test_a_fanned_out_request_is_stored_and_comes_back():
    request = request_for(Request("/c/{campaigns.id}"), [{"campaigns.id": '"x"'}])

    assert url_of(BASE, Request.from_stored(request.stored())) == f"{BASE}/c/x"
