import json

import pytest

from glue_lib.api.body import Body
from glue_lib.api.exchange import Response
from glue_lib.api.selection import Truncated
from glue_lib.errors import ApiError, ConfigError

FIELDS = "format: ndjson"


def test_every_line_is_a_record_as_it_was_sent(decoded):
    text = b'{"id": 1.10, "s": "\\ud800"}\r\n\n  {"big":12345678901234567890123}  \n{"s": "\xff"}'

    assert list(decoded(FIELDS, text).records) == [
        b'{"id": 1.10, "s": "\\ud800"}',
        b'{"big":12345678901234567890123}',
        b'{"s": "\xff"}',
    ]


def test_an_answer_without_lines_has_no_records(rows):
    assert rows(FIELDS, "") == []
    assert rows(FIELDS, "\n\n") == []


def test_lines_can_be_arrays_or_bare_values(rows):
    assert rows(FIELDS + ", records: {columns: [id, n]}", '[1, "a"]\n[2, null]') == [
        {"id": 1, "n": "a"},
        {"id": 2, "n": None},
    ]
    assert rows(FIELDS + ", records: {columns: first_row}", '["id"]\n[2]') == [{"id": 2}]
    assert rows(FIELDS + ", records: {value_as: v}", '"a"\n5') == [{"v": "a"}, {"v": 5}]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": 1}{"b": 2}\n', "line 1 of the body is no record: not valid JSON"),
        ('{"a": 1},{"b": 2}\n{"a": 1}\n', "line 1 of the body is not one JSON value"),
        ('{"a": [1\n2]}\n{"a": 1},{}\n', "line 1 of the body is no record"),
        ('{"a": 1}\nnot json\n', "line 2 of the body is no record"),
        ("<html>\n<body>", "line 1 .*it is HTML or XML"),
        ('{"a": 1}\n[1]\n', "record 2 of the body is an array"),
        ('{"error": "no quota"}\n', "error in place of records: no quota"),
        ('{"id": 1}\n{"id": 2}\n{"error": {"message": "timed out"}}\n', "error in place of records: timed out"),
        ('{"errors": ["first"]}\n{"id": 2}\n', "error in place of records: first"),
        ('{"ok": false}\n{"ok": false, "error": "x"}', None),
    ],
)
def test_what_is_wrong_is_told(rows, text, said):
    if said is None:
        assert len(rows(FIELDS, text)) == 2  # two records that look alike are records
        return
    with pytest.raises(ApiError, match=said):
        rows(FIELDS, text)


def test_records_with_errors_of_their_own_are_records(rows):
    text = '{"id": 1, "error": "disk full"}\n{"id": 2, "error": "no paper"}'

    assert [row["id"] for row in rows(FIELDS, text)] == [1, 2]
    assert rows(FIELDS + ", error: none", '{"error": "disk full"}') == [{"error": "disk full"}]


@pytest.mark.parametrize("text", ['{"a": 1}\n{"a": ', '{"a": 1}\n{"a": "x', "{"])
def test_a_cut_text_is_told_from_a_wrong_one(rows, text):
    with pytest.raises(Truncated):
        rows(FIELDS, text)
    with pytest.raises(ApiError, match="is no record") as wrong:
        rows(FIELDS, text + "\n")
    assert not isinstance(wrong.value, Truncated)


def test_many_lines_stay_out_of_memory(reading):
    lines = (b'{"id": 1}\n' * 1000 for _ in range(300))

    found = reading(FIELDS).decoded(Response(200, {}, Body.of(lines, in_memory=0)))

    assert len(found.records) == 300_000
    assert json.loads(found.records.last) == {"id": 1}
    assert found.envelope == b""


def test_a_path_has_no_meaning(reading):
    with pytest.raises(ConfigError, match=r"no use for `records\.path`"):
        reading(FIELDS + ", records: data")


def test_a_line_without_an_end_is_stopped(rows, monkeypatch):
    monkeypatch.setattr("glue_lib.api.decoding.base.LONGEST", 100)
    with pytest.raises(ApiError, match="one line of the body is longer"):
        rows(FIELDS, '{"a": 1}\n{"a": "' + "x" * 200)
    assert len(rows(FIELDS, '{"a": 1}\n' * 200)) == 200
