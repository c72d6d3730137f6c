"""JSON answers, each once held in memory and once read from a file: `decoded` compares the two."""

import gzip
import io
import json
import zipfile

import pytest

from glue_lib.api.body import Body
from glue_lib.api.exchange import Response
from glue_lib.api.gathering import SpooledRecords
from glue_lib.api.selection import Truncated
from glue_lib.errors import ApiError


def test_records_are_the_bytes_that_were_sent(decoded):
    found = decoded("records: data", b'{"data": [{"n" : 1.10},\n{"s":"\\ud800"}], "next": "x"}')

    assert list(found.records) == [b'{"n" : 1.10}', b'{"s":"\\ud800"}']
    assert json.loads(found.envelope)["next"] == "x"


def test_an_answer_without_content_has_no_records(decoded):
    assert list(decoded("records: data", b"", status=204).records) == []


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b'\xef\xbb\xbf[{"a": "\xc3\xa9"}]', ""),
        ('[{"a": "é"}]'.encode("latin-1"), "application/json; charset=ISO-8859-1"),
        ('[{"a": "é"}]'.encode("utf-16"), "application/json"),
        ('[{"a": "é"}]'.encode("utf-16-le"), "application/json"),
        ('[{"a": "é"}]'.encode("utf-32"), ""),
        (gzip.compress(b'[{"a": "\xc3\xa9"}]', mtime=0), "application/json"),
    ],
)
def test_every_charset_and_gzip_are_read(rows, content, content_type):
    assert rows("records: ''", content, content_type) == [{"a": "é"}]


def test_every_file_of_a_zip_is_read(decoded):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("1.json", b'{"data": [{"a": 1}], "n": 2}')
        archive.writestr("2.json", b'{"data": [{"a": 2}]}')

    found = decoded("records: data", packed.getvalue())

    assert list(found.records) == [b'{"a": 1}', b'{"a": 2}']
    assert json.loads(found.envelope)["n"] == 2


@pytest.mark.parametrize(
    ("fields", "body", "expected"),
    [
        (
            "records: {path: users, keyed_as: id}",
            {"users": {"u1": {"n": 1}, "u2": {}}},
            [{"id": "u1", "n": 1}, {"id": "u2"}],
        ),
        ("records: {path: users, keyed_as: id}", {"users": []}, []),
        ("records: {path: users, keyed_as: id}", {"users": {}}, []),
        ("records: {keyed_as: id}", {"7": {"id": 7, "n": 1}, "é": {"id": "é"}}, [{"id": 7, "n": 1}, {"id": "é"}]),
        (
            "records: {path: rates, keyed_as: day, value_as: rate}",
            {"rates": {"2024-01-01": 1.5, "2024-01-02": None}},
            [{"day": "2024-01-01", "rate": 1.5}, {"day": "2024-01-02", "rate": None}],
        ),
        ("records: {path: c, value_as: v}", {"c": ["CH", None, {"a": 1}]}, [{"v": "CH"}, {"v": None}, {"v": {"a": 1}}]),
        ("records: {path: r, columns: [i, x]}", {"r": [[1, "a"], [2, 0]]}, [{"i": 1, "x": "a"}, {"i": 2, "x": 0}]),
        ("records: {path: r, columns: body.h}", {"h": ["id", 5], "r": [[1, "a"]]}, [{"id": 1, "5": "a"}]),
        ("records: {path: r, columns: body.h}", {"r": [[1, "a"]], "h": ["id", "x"]}, [{"id": 1, "x": "a"}]),
        ("records: {path: r, columns: 'body.h[].n.en'}", {"h": [{"n": {"en": "id"}}], "r": [[1]]}, [{"id": 1}]),
        ("records: {path: r, columns: first_row}", {"r": [["id"], [1], [3]]}, [{"id": 1}, {"id": 3}]),
        ("records: {path: r, columns: first_row}", {"r": []}, []),
        ("records: 'g[].r[]'", {"g": [{"r": [{"a": 1}]}, {"r": [{"a": 2}, {}]}]}, [{"a": 1}, {"a": 2}, {}]),
        ("records: '[@]'", {"id": 1, "n": None}, [{"id": 1, "n": None}]),
        ("records: '[user]'", {"user": {"id": 1}}, [{"id": 1}]),
        ("records: {path: 'g[*].v', value_as: v}", {"g": [{"v": 1}, {"v": 2}]}, [{"v": 1}, {"v": 2}]),
        (
            "records: {path: 'rows[*].f[*].v', columns: 'body.schema[].n'}",
            {"schema": [{"n": "a"}, {"n": "b"}], "rows": [{"f": [{"v": 1}, {"v": 2}]}]},
            [{"a": 1, "b": 2}],
        ),
        ("records: {path: data, missing: null_is_empty}", {"data": None}, []),
        ("records: {path: data, missing: is_empty}", {"data": None}, []),
        ("records: {path: data, missing: is_empty}", {"count": 0}, []),
        ("records: {path: a.data, missing: is_empty}", {"a": None}, []),
        ("records: {path: 'a[].b', missing: is_empty}", {}, []),
    ],
)  # fmt: skip
def test_records_of_every_shape(rows, fields, body, expected):
    assert rows(fields, json.dumps(body)) == expected
    assert rows(fields, json.dumps(body, indent=2)) == expected


def test_shapes_keep_what_was_sent(decoded):
    big = b"12345678901234567890.10"

    def lines(fields: str, body: bytes) -> list[bytes]:
        return list(decoded(fields, body).records)

    assert lines("records: {path: r, columns: [a]}", b'{"r": [[' + big + b"]]}") == [b'{"a":' + big + b"}"]
    assert lines("records: {path: r, value_as: a}", b'{"r": ["\\ud800"]}') == [b'{"a":"\\ud800"}']
    assert lines("records: {keyed_as: id}", b'{"a": { "x": ' + big + b"}}") == [b'{"id":"a", "x": ' + big + b"}"]
    assert lines("records: {keyed_as: id}", b'{"a": {"x": 1}, "a": {"x": 2}}') == [
        b'{"id":"a","x": 1}',
        b'{"id":"a","x": 2}',
    ]
    assert lines("records: '[?x > `5`]'", b'[{"x": ' + big + b', "y": 1E+2, "z": -0, "s": "\\ud800"}, {"x": 5}]') == [
        b'{"x":' + big + b',"y":1E+2,"z":-0,"s":"\\ud800"}'
    ]


@pytest.mark.parametrize(
    ("fields", "body", "expected"),
    [
        ("records: d", '{"d": [null, {"a": 1}, "x", [2]]}', [b"null", b'{"a": 1}', b'"x"', b"[2]"]),
        ("records: {path: d, missing: is_empty}", '{"d": [5, {"a": 1}]}', [b"5", b'{"a": 1}']),
        ("records: 'd[].e'", '{"d": [{"e": {"a": 1}}, {"e": 5}]}', [b'{"a":1}', b"5"]),
        ("records: {path: d, keyed_as: id}", '{"d": {"u": {"a": 1}, "v": 5}}', [b'{"id":"u","a": 1}', b'["v",5]']),
    ],
)
def test_what_is_no_object_beside_objects_is_handed_on_as_it_is(decoded, fields, body, expected):
    assert list(decoded(fields, body.encode()).records) == expected
    long = decoded(fields, body.encode() + b" " * 3 * 2**20)
    assert list(long.records) == expected


@pytest.mark.parametrize(
    ("fields", "body", "said"),
    [
        ("records: data", '{"items": []}', "has no `data`.*arrays of the body: `items`"),
        ("records: data", '{"data": null}', "`data` is null"),
        ("records: data", '{"data": {}}', "an object"),
        ("records: data", '{"data": [5]}', "record 1 of `data` is a number"),
        ("records: data", '{"data": [[5]]}', "record 1 of `data` is an array"),
        ("records: data", '{"ok": false, "error": "ratelimited"}', "error in place of records: ratelimited"),
        ("records: data", '{"data": [], "errors": [{"message": "THROTTLED"}]}', "error in place of records: THROTTLED"),
        ("records: data", "<html>", "not JSON but HTML"),
        ("records: {path: data, missing: null_is_empty}", "{}", "has no `data`"),
        ("records: {path: data, missing: is_empty}", '{"data": 5}', "`data` is a number"),
        ("records: {path: data, missing: is_empty}", '{"error": "x"}', "error in place of records: x"),
        ("records: {path: u, keyed_as: id}", '{"u": [{}]}', "an array"),
        ("records: {path: u, keyed_as: id}", '{"u": {"a": 5}}', "record `a` of `u` is a number"),
        ("records: {path: u, keyed_as: id}", '{"u": {"a": {"id": "b"}}}', "record `a` has another `id` of its own"),
        ("records: {path: r, columns: [a, b]}", '{"r": [[1, 2], [1]]}', "row 2 of `r` has 1 values for 2 columns"),
        ("records: {path: r, columns: [a]}", '{"r": [{"a": 1}]}', "row 1 of `r` is an object"),
        ("records: {path: r, columns: body.h}", '{"r": [[1]]}', "`body.h` is absent"),
        ("records: {path: r, columns: body.h}", '{"r": [[1]], "h": "a"}', "`body.h` is a text"),
        ("records: {path: r, columns: body.h}", '{"r": [[1]], "h": [{"a": 1}]}', "a column in `body.h` is an object"),
        ("records: {path: r, columns: 'body.h[].n'}", '{"r": [[1]], "h": [{"a": 1}]}', "a column in .* is null"),
        ("records: {path: r, columns: first_row}", '{"r": [{"a": 1}]}', "row 1 of `r` is an object"),
        ("records: 'a[].b'", "{}", "finds nothing in the body"),
        ("records: 'a.b | @'", '{"a": {"b": {"c": 1}}}', "finds an object, and `records` must be an array"),
        ("records: 'a[]'", '{"a": [{"x": 1, "x": 2}]}', "the key `x` twice"),
        ("records: {path: '[sum(a)]', value_as: s}", '{"a": [1.5, 2]}', "computes a number"),
        ("records: 'sort_by(a, &x)'", '{"a": [{"x": 1}, {"x": "b"}]}', "cannot be evaluated on the body"),
        ("records: 'a[]'", '{"a": [{"x": NaN}]}', "not valid JSON"),
        ("records: 'a[]'", b'{"a": [{"x": "\xff"}]}', "not UTF-8"),
        ("records: 'a[]'", "<html>", "not JSON but HTML"),
        ("records: data", b"\xff\xfe\x00", "not in the charset"),
    ],
)
def test_what_is_wrong_is_told(reading, fields, body, said):
    body = body.encode() if isinstance(body, str) else body
    for content in (body, Body.of([body], in_memory=0)):
        with pytest.raises(ApiError, match=said):
            reading(fields).decoded(Response(200, {}, content))


@pytest.mark.parametrize("fields", ["records: data", "records: 'data[]'", "records: {path: data, value_as: x}"])
def test_a_cut_text_is_told_from_a_wrong_one(reading, fields):
    body = b'{"data": [{"a": 1}, {"b": [2]}], "next": null}'
    for end in (0, 1, 12, 25, len(body) - 1):
        for content in (body[:end], Body.of([body[:end]], in_memory=0)):
            with pytest.raises(Truncated):
                reading(fields).decoded(Response(200, {}, content))


@pytest.mark.parametrize(
    ("content", "content_type", "hint"),
    [
        (b"id,name\n1,a\n", "text/csv; charset=utf-8", "; is it `format: csv`?"),
        (b"<orders/>", "application/xml", "; is it `format: xml`?"),
        (b'{"id": 1}\n{"id": 2}\n', "application/json", "; is it `format: ndjson`?"),
        (b'{"id": 1}\r\n{"id": 2}', "", "; is it `format: ndjson`?"),
        (b'{"id": 1}', "application/jsonl", "; is it `format: ndjson`?"),
        (b'{"id": 1}', "application/json", ""),
        (b'{\n"id": 1\n}', "", ""),
        (b"<html></html>", "text/html", ""),
    ],
)
def test_another_format_is_guessed(reading, content, content_type, hint):
    with pytest.raises(ApiError) as wrong:
        reading("records: data").decoded(Response(200, {"Content-Type": content_type}, content))
    assert str(wrong.value).partition("; is it")[2] == hint.partition("; is it")[2]


def test_an_unknown_charset_is_told(reading):
    response = Response(200, {"Content-Type": "application/json; charset=klingon"}, b"[]")
    with pytest.raises(ApiError, match="charset that is not known, `klingon`"):
        reading("records: ''").decoded(response)


def test_an_expression_is_refused_on_a_giant_answer(reading):
    body = Body.of([b"[" + b" " * 2**20] + [b" " * 2**20] * 33 + [b"]"])
    with pytest.raises(ApiError, match=r"34 MiB.*at most 16.*dotted path"):
        reading("records: '[]'").decoded(Response(200, {}, body))


def test_a_giant_answer_is_read_with_little_memory(reading):
    record = b'{"id": 1, "text": "' + b"x" * 300 + b'"}'
    chunks = [b'{"data": [', *([(record + b",") * 1000] * 60), record, b'], "next": "b"}']

    found = reading("records: data").decoded(Response(200, {}, Body.of(chunks)))

    assert isinstance(found.records, SpooledRecords)
    assert len(found.records) == 60_001
    assert found.records.last == record
    assert all(one == record for one in found.records)
    assert json.loads(found.envelope) == {"data": [], "next": "b"}


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("groups[].rowss[]", b'{"groups": [{"rows": [{"id": 1}]}]}'),
        ("a[*].rowss", b'{"a": [{"id": 1}, {"id": 2}]}'),
    ],
)
def test_a_misspelt_expression_is_no_empty_answer(reading, path, content):
    told = "finds no records, and no object has `rowss` where it looks for it; check the spelling, or .*`missing: is_em"
    with pytest.raises(ApiError, match=told):
        reading(f"records: '{path}'").decoded(Response(200, {}, content))
    declared = reading(f"records: {{path: '{path}', missing: is_empty}}").decoded(Response(200, {}, content))
    assert (list(declared.records), declared.doubt) == ([], None)


@pytest.mark.parametrize("content", [b'{"groups": []}', b'{"groups": [{"rows": []}]}', b'{"groups": [{"rows": null}]}'])
def test_an_expression_on_empty_groups_finds_none_without_a_doubt(reading, content):
    found = reading("records: 'groups[].rows[]'").decoded(Response(200, {}, content))

    assert (list(found.records), found.doubt) == ([], None)


def test_a_filter_that_names_what_no_record_has_is_a_doubt(reading):
    content = b'{"rows": [{"id": 1, "kind": "a"}]}'

    misspelt = reading("records: \"rows[?kynd == 'a']\"").decoded(Response(200, {}, content))
    right = reading("records: \"rows[?kind == 'b']\"").decoded(Response(200, {}, content))

    assert "no object has `kynd`" in str(misspelt.doubt)
    assert right.doubt is None
