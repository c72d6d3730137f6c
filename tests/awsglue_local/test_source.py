import gzip
import json

import pytest


@pytest.fixture
def read(glue, tmp_path):
    """Write the texts as files of one folder and read them as JSON: `read('{"a": 1}', multiline=True)`."""

    def reading(*texts, **format_options):
        for number, text in enumerate(texts):
            (tmp_path / f"{number}.json").write_text(text)
        return glue.create_dynamic_frame.from_options(
            connection_type="s3",
            connection_options={"paths": [str(tmp_path)], "recurse": True},
            format="json",
            format_options=format_options,
        )

    return reading


def tree(frame):
    return frame._jdf.schema().treeString().splitlines()[1:]


def rows(frame):
    return [row.asDict(recursive=True) for row in frame.toDF().collect()]


def test_records_keep_the_order_of_their_fields(read):
    frame = read('{"b": 1, "a": {"z": "x", "y": 1.5}}\n\n{"b": 2, "c": true}\n')

    assert tree(frame) == ["|-- b: int", "|-- a: struct", "|    |-- z: string", "|    |-- y: double", "|-- c: boolean"]
    assert rows(frame) == [{"b": 1, "a": {"z": "x", "y": 1.5}, "c": None}, {"b": 2, "a": None, "c": True}]
    assert frame.count() == 2


def test_an_integer_is_as_short_as_it_can_be(read):
    numbers = {
        2**31 - 1: "int",
        -(2**31) - 1: "long",
        2**63 - 1: "long",
        2**63: "decimal",
        10**37: "decimal",
        10**38: "double",
    }

    frame = read(json.dumps({f"n{place}": number for place, number in enumerate(numbers)}))

    assert tree(frame) == [f"|-- n{place}: {kind}" for place, kind in enumerate(numbers.values())]
    *exact, rounded = rows(frame)[0].values()
    assert [int(value) for value in exact] == list(numbers)[:-1]
    assert rounded == pytest.approx(10**38)


def test_a_field_that_is_null_everywhere_is_of_type_null(read):
    frame = read('{"a": 1, "b": null, "c": []}')

    assert tree(frame) == ["|-- a: int", "|-- b: null", "|-- c: array", "|    |-- element: null"]
    assert rows(frame) == [{"a": 1, "b": None, "c": []}]


@pytest.mark.parametrize("text", ['{"a": 1}{"a": 2}', '[{"a": 1}, {"a": 2}]', '[{"a": 1}]\n{"a": 2}'])
def test_an_array_holds_one_record_per_element(read, text):
    assert rows(read(text)) == [{"a": 1}, {"a": 2}]


def test_records_may_span_lines_when_it_is_said(read):
    assert rows(read('[\n {"a": 1},\n {"a":\n 2}\n]', multiline=True)) == [{"a": 1}, {"a": 2}]


def test_files_of_several_folders_and_compressed_ones_are_read(glue, tmp_path):
    (tmp_path / "x" / "y").mkdir(parents=True)
    (tmp_path / "x" / "1.json").write_text('{"a": 1}')
    (tmp_path / "x" / "y" / "2.json.gz").write_bytes(gzip.compress(b'{"a": 2}\n'))

    frame = glue.create_dynamic_frame.from_options("file", {"paths": [str(tmp_path)], "recurse": True}, "json")

    assert sorted(row["a"] for row in rows(frame)) == [1, 2]


def test_one_field_of_several_types_is_an_open_choice(read):
    frame = read('{"v": 1}\n{"v": "x"}\n{"v": 5000000000}\n{"v": null}\n{}')

    assert tree(frame) == ["|-- v: choice", "|    |-- int", "|    |-- long", "|    |-- string"]
    assert rows(frame) == [
        {"v": {"int": 1, "long": None, "string": None}},
        {"v": {"int": None, "long": None, "string": "x"}},
        {"v": {"int": None, "long": 5000000000, "string": None}},
        {"v": None},
        {"v": None},
    ]


def test_choices_are_found_at_any_depth(read):
    frame = read('{"s": {"a": [1, "1", {"b": true}]}}\n{"s": {"a": [{"b": "no", "c": 2}]}}')

    assert tree(frame) == [
        "|-- s: struct",
        "|    |-- a: array",
        "|    |    |-- element: choice",
        "|    |    |    |-- int",
        "|    |    |    |-- string",
        "|    |    |    |-- struct",
        "|    |    |    |    |-- b: choice",
        "|    |    |    |    |    |-- boolean",
        "|    |    |    |    |    |-- string",
        "|    |    |    |    |-- c: int",
    ]
    elements = rows(frame)[0]["s"]["a"]
    assert [element["string"] for element in elements] == [None, "1", None]
    assert elements[2]["struct"]["b"] == {"boolean": True, "string": None}


def test_show_prints_the_value_that_a_choice_holds(read, capsys):
    read('{"v": 1}\n{"v": "x"}\n{"v": null}').show()

    assert capsys.readouterr().out == '{"v": 1}\n{"v": "x"}\n{"v": null}\n'


def test_an_empty_file_gives_an_empty_frame(read):
    assert read("").count() == 0


def test_parquet_is_read(glue, spark, tmp_path):
    spark.sql("SELECT 1 AS a").write.parquet(str(tmp_path / "p"))

    frame = glue.create_dynamic_frame.from_options("s3", {"paths": [str(tmp_path / "p")]}, format="parquet")

    assert rows(frame) == [{"a": 1}]


@pytest.mark.parametrize(
    ("connection", "options", "format", "format_options", "says"),
    [
        ("mysql", {"paths": ["/x"]}, "json", {}, "connection type `mysql`.*spark_session.read"),
        ("s3", {"paths": ["/x"]}, "ion", {}, "format `ion`"),
        ("s3", {"paths": ["s3://b/x"]}, "json", {}, r"`s3a://b/x`.*packages=org\.apache\.hadoop:hadoop-aws:3"),
        ("s3", {"paths": ["/x"]}, "avro", {}, "put Spark's avro package"),
        ("s3", {"paths": ["/x"]}, "xml", {"rowTag": "a"}, "format `xml`.*spark-xml"),
        ("s3", {"paths": ["/x"], "sparkOption": "9"}, "json", {}, "connection option `sparkOption`"),
        ("s3", {"paths": ["/x"]}, "json", {"withSchema": "x"}, "format option `withSchema`"),
        ("s3", {"paths": ["/x"]}, "csv", {"withHeader": True, "skipFirst": True}, "skipFirst beside withHeader"),
    ],
)
def test_what_a_source_cannot_do_is_refused(glue, connection, options, format, format_options, says):
    with pytest.raises(NotImplementedError, match=says):
        glue.create_dynamic_frame.from_options(connection, options, format, format_options)


def test_a_path_leads_to_the_records_and_their_types(read):
    frame = read('{"page": 1, "data": [{"id": 1}, {"id": "x"}]}\n{"page": 2, "data": [{"id": 3}]}', jsonPath="$.data")

    assert tree(frame) == ["|-- id: choice", "|    |-- int", "|    |-- string"]
    assert [row["id"]["int"] for row in rows(frame)] == [1, None, 3]


def test_names_may_lack_their_quotes(read):
    frame = read('{a: 1, "b": "x: y"}\n{a: 2}')

    assert rows(frame) == [{"a": 1, "b": "x: y"}, {"a": 2, "b": None}]
    assert frame.errorsCount() == 0


def test_a_source_may_fail_at_the_first_broken_record(read):
    frame = read('{"a": 1}\n{"a"', isFailFast=True)

    with pytest.raises(RuntimeError, match="stageThreshold of 1"):
        frame.toDF()


def test_an_xml_source_needs_its_tag(glue):
    with pytest.raises(ValueError, match=r'pass format_options=\{"rowTag"'):
        glue.create_dynamic_frame.from_options("s3", {"paths": ["/x"]}, "xml")


def test_a_source_needs_paths(glue):
    with pytest.raises(ValueError, match="no paths"):
        glue.create_dynamic_frame.from_options("s3", {}, "json")


def test_bytes_that_are_no_text_and_a_mark_before_it_lose_no_record(glue, tmp_path):
    (tmp_path / "a.json").write_bytes('{"a": "é"}\n{"a": "b"}'.encode("latin-1"))
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "b.json").write_bytes('{"a": 1}'.encode("utf-8-sig"))

    frame = glue.create_dynamic_frame.from_options("s3", {"paths": [str(tmp_path / "a.json")]}, "json")
    marked = glue.create_dynamic_frame.from_options("s3", {"paths": [str(tmp_path / "b")]}, "json", {"multiline": True})

    assert sorted(row.a for row in frame.toDF().collect()) == ["b", "\ufffd"]
    assert [row.a for row in marked.toDF().collect()] == [1]
