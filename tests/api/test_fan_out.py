import json

import pytest

from glue_lib.api.address import url_of
from glue_lib.api.fan_out import parents_of, prefix, read_parent, request_for
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


def test_a_parent_keeps_its_values_as_they_were_sent():
    record = b'{"id": 98765432109876543210, "name": "x", "owner": {"id": "\\u00e9"}, "gone": null}'

    assert read_parent("campaigns", ["id", "owner.id", "gone", "never"], record) == {
        "campaigns.id": "98765432109876543210",
        "campaigns.owner.id": '"\\u00e9"',
        "campaigns.gone": "null",
        "campaigns.never": "null",
    }


def test_a_parent_may_be_read_from_its_wanted_fields_alone():
    assert read_parent("c", ["owner.id"], b'{"owner.id": 7}') == {"c.owner.id": "7"}


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
    request = request_for(Request("/c/{campaigns.id}/x"), {"campaigns.id": raw})

    assert url_of(BASE, request) == url


@pytest.mark.parametrize("raw", ["null", "true", '""', '{"a": 1}', "[1]"])
def test_a_parent_without_a_usable_value_is_an_error(raw):
    with pytest.raises(ApiError):
        request_for(Request("/c/{campaigns.id}"), {"campaigns.id": raw})


def test_the_prefix_starts_a_record_with_its_parents_values():
    parent = {"campaigns.id": "1.10", "campaigns.owner.id": '"\\u00e9 ö"'}

    line = prefix(parent) + b'"id": 1}'

    assert line == '{"_campaigns_id": 1.10, "_campaigns_owner_id": "\\u00e9 ö", "id": 1}'.encode()
    assert json.loads(line) == {"_campaigns_id": 1.1, "_campaigns_owner_id": "é ö", "id": 1}


def test_a_fanned_out_request_is_stored_and_comes_back():
    request = request_for(Request("/c/{campaigns.id}"), {"campaigns.id": '"x"'})

    assert url_of(BASE, Request.from_stored(request.stored())) == f"{BASE}/c/x"
