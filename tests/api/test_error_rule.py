"""Errors under status 200: recognised, declared, or rightly none."""

import json

import pytest

from glue_lib.errors import ConfigError
from glue_lib.spec.loader import loads


def rule(error: str):
    text = f"source: x\nbase_url: https://x.example\nstreams: {{a: {{path: /a, error: {error}}}}}"
    return loads(text, "x.yaml").streams["a"].error


def heard(error: str, body: object) -> str | None:
    return rule(error).complaint(json.dumps(body).encode())


@pytest.mark.parametrize(
    ("error", "body", "said"),
    [
        ("recognised", {"error": "no quota"}, "no quota"),
        ("{when: body.state, is: [FAILED, '7']}", {"state": "FAILED"}, "`body.state` is `FAILED`"),
        ("{when: body.state, is: [FAILED, '7']}", {"state": 7}, "`body.state` is `7`"),
        ("{when: body.state, is: [FAILED]}", {"state": "DONE"}, None),
        ("{when: body.state, is: [FAILED]}", {}, None),
        ("{when: body.a.state, is: [FAILED]}", {"a": [1]}, None),
        ("{when: body.state, is: [FAILED]}", {"state": "DONE", "error": "no quota"}, "no quota"),
        ("{when: body.state, is: [FAILED], recognise: false}", {"state": "DONE", "error": "x"}, None),
        ("{when: body.code, is_not: ['0'], message: body.text}", {"code": 5, "text": "bad\nkey"}, "bad key"),
        ("{when: body.code, is_not: ['0'], message: body.text}", {"code": 5}, "`body.code` is `5`"),
        ("{when: body.code, is_not: ['0']}", {"code": 0}, None),
        ("{when: body.code, is_not: ['0']}", {"code": "0"}, None),
        ("{when: body.ready, is: ['false']}", {"ready": False}, "`body.ready` is `false`"),
        ("{when: body.fault}", {"fault": {"code": 1}}, '`body.fault` is `{"code": 1}`'),
        ("{when: body.fault, message: body.fault.text}", {"fault": {"text": "odd"}}, "odd"),
        ("{when: body.fault}", {"fault": {}}, None),
        ("{when: body.fault}", {"fault": None}, None),
        ("{when: body.fault}", {"fault": "none"}, None),
        ("{when: body.fault}", [{"fault": "x"}], None),
        ("none", {"error": "x", "ok": False, "errors": [1], "status": "error"}, None),
    ],
)
def test_what_an_answer_says_of_itself_is_heard(error, body, said):
    assert heard(error, body) == said


def test_a_message_is_cut():
    assert len(heard("{when: body.e, message: body.m}", {"e": 1, "m": "x" * 5000}) or "") == 200


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("ignored", "`ignored` is no rule; allowed are `none`, `recognised`"),
        ("{is: [a]}", "`when` is missing"),
        ("{when: body.a, is: [a], is_not: [b]}", "give one of them"),
        ("{when: status}", "`status` is no place in the body"),
        ("{when: body.a, values: [b]}", "is not a field here; allowed are is, is_not, message, recognise, when"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_told(error, said):
    with pytest.raises(ConfigError, match=said):
        rule(error)
