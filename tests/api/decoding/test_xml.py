import json

import pytest

from glue_lib.api.body import Body
from glue_lib.api.exchange import Response
from glue_lib.api.selection import Truncated
from glue_lib.errors import ApiError, ConfigError

FIELDS = "format: xml, records: orders.order"


def test_elements_become_objects_of_texts(rows):
    text = """<?xml version="1.0"?>
        <orders next="/p2"><order id="7"><city>Chur</city><tag>a</tag><tag>b &amp; c</tag></order>
        <order id="8"><city/><tag><![CDATA[<x>]]></tag></order></orders>"""

    assert rows(FIELDS, text) == [
        {"@id": "7", "city": "Chur", "tag": ["a", "b & c"]},
        {"@id": "8", "city": "", "tag": "<x>"},
    ]


def test_lists_are_arrays_even_where_one_stands_alone(rows):
    text = "<a><r><tags><tag>1</tag></tags><line><n>1</n></line></r></a>"

    assert rows("format: {type: xml, lists: [tags.tag, line]}, records: a.r", text) == [
        {"tags": {"tag": ["1"]}, "line": [{"n": "1"}]}
    ]


def test_text_stays_exact(rows):
    text = "<a><r x='&#233;'><t>  1.10 \n</t><m>x<b>y</b>z</m><n xsi:nil='true'/><dc:t>1</dc:t>tail</r></a>"

    assert rows("format: xml, records: a.r", text) == [
        {"@x": "é", "t": "  1.10 \n", "m": {"b": "y", "#text": "xz"}, "n": None, "dc:t": "1", "#text": "tail"}
    ]


def test_an_empty_path_is_whatever_is_inside_the_outermost_element(rows):
    assert rows("format: xml", "<a><b>1</b><c x='2'/></a>") == [{"#text": "1"}, {"@x": "2"}]
    assert rows("format: xml", "<a/>") == []


def test_bare_values_can_be_records(rows):
    assert rows("format: xml, records: {path: ids.id, value_as: id}", "<ids><id>1</id><id/></ids>") == [
        {"id": "1"},
        {"id": ""},
    ]


def test_the_outermost_element_can_be_the_record(rows):
    assert rows("format: xml, records: order", "<order><id>1</id></order>") == [{"id": "1"}]


def test_what_is_around_the_records_can_be_read(decoded):
    text = "<f xmlns='urn:x' xmlns:y='urn:y'><total>3</total><e><id>1</id></e><link rel='next'>/p2</link><e/></f>"

    found = decoded("format: xml, records: f.e", text)

    assert json.loads(found.envelope) == {"f": {"total": "3", "link": {"@rel": "next", "#text": "/p2"}}}
    assert list(found.records) == [b'{"id":"1"}', b"{}"]


def test_no_record_is_no_error_when_their_place_is_there(rows):
    assert rows(FIELDS, "<orders><total>0</total></orders>") == []
    assert rows("format: xml, records: {path: a.b.c, missing: is_empty}", "<a/>") == []


@pytest.mark.parametrize(
    ("charset", "prolog", "content_type"),
    [
        ("utf-8", "", ""),
        ("iso-8859-1", "<?xml version='1.0' encoding='ISO-8859-1'?>", "text/xml"),
        ("windows-1252", "<?xml version='1.0' encoding='windows-1252'?>", ""),
        ("iso-8859-1", "<?xml version='1.0' encoding='utf-8'?>", "text/xml; charset=iso-8859-1"),
        ("utf-16", "<?xml version='1.0' encoding='utf-16'?>", ""),
        ("utf-8-sig", "<?xml version='1.0' encoding='ISO-8859-1'?>", ""),
        ("utf-16-le", "<?xml version='1.0' encoding='utf-16'?>", ""),
    ],
)
def test_every_charset_is_read(rows, charset, prolog, content_type):
    text = f"{prolog}<orders><order><n>Zoë</n></order></orders>"

    assert rows(FIELDS, text.encode(charset), content_type) == [{"n": "Zoë"}]


BOMB = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;">]><orders><order>&y;</order></orders>'
THIEF = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><orders><order>&x;</order></orders>'
LOST = '<!DOCTYPE a SYSTEM "http://x.example/a.dtd"><orders><order>&x;</order></orders>'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BOMB, "entity `x`, which is refused"),
        (THIEF, "entity `x`, which is refused"),
        (LOST, "entity `x`, which is refused"),
        ("<orders><order>&nbsp;</order></orders>", "not valid XML: line 1, undefined entity"),
        ("<orders><order></orders>", "not valid XML: line 1, mismatched tag"),
        ("<html><body>Log in</body></html>", "no `orders.order`.*outermost element is `html`"),
        ("<error><message>no quota</message></error>", "error in place of records: no quota"),
        ("<r><status>error</status><message>bad</message></r>", "error in place of records: bad"),
        ('{"error": "no quota"}', "error in place of records: no quota"),
        ('{"data": []}', "not XML but JSON"),
        ("<a>" * 300 + "</a>" * 300, "nested deeper than 200"),
    ],
)
def test_what_is_wrong_is_told(rows, text, said):
    with pytest.raises(ApiError, match=said):
        rows(FIELDS, text)


def test_wherever_a_text_is_cut_it_is_told(rows):
    text = "<orders><order><id>1</id></order><order/></orders>"
    for end in range(1, len(text)):
        with pytest.raises(Truncated):
            rows(FIELDS, text[:end])


def test_a_doctype_alone_is_no_harm(rows):
    assert rows(FIELDS, '<!DOCTYPE orders SYSTEM "orders.dtd"><orders><order/></orders>') == [{}]


def test_many_records_stay_out_of_memory(reading):
    def chunks():
        yield b"<orders>"
        for _ in range(2000):
            yield b"<order><id>1</id><note>" + b"x" * 100 + b"</note></order>"
            yield b"<order><id>1</id></order>" * 99
        yield b"</orders>"

    found = reading(FIELDS).decoded(Response(200, {}, Body.of(chunks(), in_memory=0)))

    assert len(found.records) == 200_000
    assert found.records.last == b'{"id":"1"}'
    assert found.envelope == b'{"orders":""}'


@pytest.mark.parametrize("inside", ["x" * 3000, "<a/>" * 100, "<a x='" + "y" * 3000 + "'/>"])
def test_a_record_without_an_end_is_stopped(rows, monkeypatch, inside):
    monkeypatch.setattr("glue_lib.api.xml_stream.LONGEST", 2000)
    with pytest.raises(ApiError, match="one record of the body is longer"):
        rows(FIELDS, f"<orders><order>{inside}</order></orders>")
    assert rows(FIELDS, "<orders>" + "<order>x</order>" * 100 + "</orders>") == [{"#text": "x"}] * 100


@pytest.mark.parametrize("records", ["{path: a.b, keyed_as: id}", "{path: a.b, columns: [id]}", "'a[].b'"])
def test_what_the_file_cannot_mean_is_told(reading, records):
    with pytest.raises(ConfigError, match=r"format: xml|in XML the records stand at"):
        reading(f"format: xml, records: {records}")
