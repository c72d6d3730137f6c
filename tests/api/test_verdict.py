import json

import pytest

from glue_lib.api.exchange import Response
from glue_lib.api.verdict import complaint, message, remedy


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"ok": False, "error": "ratelimited"}, "ratelimited"),
        ({"success": False}, "it says that it failed"),
        ({"success": 0, "message": "no key"}, "no key"),
        ({"ok": "false"}, "it says that it failed"),
        ({"status": "fail", "data": {"title": "is missing"}}, "it says that it is an error"),
        ({"data": [], "error": "backend timeout"}, "backend timeout"),
        ({"data": [], "error": {"code": 7, "message": "no quota"}}, "no quota"),
        ({"data": None, "errors": [{"message": "THROTTLED"}]}, "THROTTLED"),
        ({"status": "error", "message": "bad"}, "bad"),
        ({"error": 17}, "it says that it is an error"),
        ({"error": True}, "it says that it is an error"),
    ],
)
def test_hears_an_error_in_a_successful_answer(body, said):
    assert complaint(json.dumps(body).encode()) == said


@pytest.mark.parametrize(
    "body",
    [
        {"data": []},
        {"ok": True, "success": True, "status": "ok", "data": []},
        {"error": None, "errors": []},
        {"error": False, "errors": {}},
        {"error": "", "errors": None},
        {"error": 0},
        {"error": "none"},
        {"error": "No error", "ok": 1, "status": "failover"},
        {"data": [{"error": "a record's own field", "ok": False}]},
        [{"ok": False}],
    ],
)
def test_hears_no_error_where_none_is(body):
    assert complaint(json.dumps(body).encode()) is None


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"message": "Bad token"}', "Bad token"),
        (b'[{"errorCode": "X", "message": "REQUEST_LIMIT"}]', "REQUEST_LIMIT"),
        (b'{"errors": {"title": "no"}}', "no"),
        (b'{"errorMessages": ["Rate limit exceeded."], "errors": {}}', "Rate limit exceeded."),
        (b'{"error": "InvalidValue", "description": "start_time is required"}', "start_time is required"),
        (b'{"errors": ["first", "second"]}', "first"),
        (b'{"error": "invalid", "error_description": "The key\\n is old"}', "The key is old"),
        (b'{"message": ""}', None),
        (b"<?xml version='1.0'?><Error><Code>X</Code><Message>Bad &amp; old\n key</Message></Error>", "Bad & old key"),
        (b"<soap:Fault><faultstring xml:lang='en'>no</faultstring></soap:Fault>", "no"),
        (b"<error><message></message></error>", None),
        (b"<html>secret page</html>", None),
        (b"", None),
        (b"\xff", None),
        (b"[" * 100_000, None),
    ],
)
def test_an_errors_own_words_are_found(body, said):
    assert message(body) == said


def test_an_errors_own_words_are_cut():
    assert len(message(json.dumps({"message": "x" * 5000}).encode()) or "") == 200


@pytest.mark.parametrize(
    ("response", "names", "said"),
    [
        (Response(401), ["a/b"], "check secret `a/b`"),
        (Response(403), ["a/b", "c"], "check the scopes of secret `a/b`, `c`"),
        (Response(403), [], "check the scopes of `auth`"),
        (Response(404), [], "check `base_url` and `path`"),
        (Response(429), [], "lower `limits.requests_per_second`"),
        (Response(400), [], "check the stream's `params`"),
        (Response(500), [], "the API has trouble; run again later"),
        (
            Response(301, {"location": "https://new/"}),
            [],
            "redirects are not followed; if `https://new/` is right, use it",
        ),
    ],
)
def test_every_refusal_has_a_remedy(response, names, said):
    assert remedy(response, names) == said


@pytest.mark.parametrize(
    ("response", "told"),
    [
        (Response(304), "leave `If-…` out of `headers`"),
        (Response(302), "names no `Location`; check `base_url` and `path`"),
        (Response(302, {"Location": " "}), "names no `Location`"),
    ],
)
def test_an_answer_that_leads_nowhere_is_told_without_an_empty_address(response, told):
    assert told in remedy(response, [])
    assert "``" not in remedy(response, [])
