import pytest
from awsglue.dynamicframe import DynamicFrameCollection


def test_json_is_written_and_read_back(glue, frame_of, tmp_path):
    frame = frame_of([(1, ["x"])], "id int, tags array<string>")

    failed = glue.write_dynamic_frame.from_options(frame, "s3", {"path": str(tmp_path / "out")}, "json")

    assert failed.toDF().count() == 0
    back = glue.create_dynamic_frame.from_options("s3", {"paths": [str(tmp_path / "out")]}, "json")
    assert back.toDF().collect() == frame.toDF().collect()


def test_writing_again_adds_files(glue, frame_of, spark, tmp_path):
    for number in (1, 2):
        glue.write_dynamic_frame.from_options(
            frame_of([(number,)], "id int"), "s3", {"path": str(tmp_path / "out")}, format="parquet"
        )

    assert sorted(row.id for row in spark.read.parquet(str(tmp_path / "out")).collect()) == [1, 2]


def test_glueparquet_keys_and_compression(glue, frame_of, tmp_path):
    options = {"path": str(tmp_path / "out"), "partitionKeys": ["day"]}

    glue.write_dynamic_frame.from_options(
        frame_of([(1, 5)], "id int, day int"), "s3", options, "glueparquet", {"compression": "gzip"}
    )

    assert len(list((tmp_path / "out" / "day=5").glob("*.gz.parquet"))) == 1


def test_each_frame_of_a_collection_gets_its_folder(glue, frame_of, tmp_path):
    tables = frame_of([(["x"],)], "tags array<string>").relationalize("root", "unused")

    written = glue.write_dynamic_frame.from_options(tables, "s3", {"path": str(tmp_path / "out/")}, "json")

    assert isinstance(written, DynamicFrameCollection)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["root", "root_tags"]


@pytest.mark.parametrize(
    ("connection", "options", "format", "says"),
    [
        ("redshift", {"path": "x"}, "json", "connection type `redshift`.*toDF"),
        ("s3", {"path": "x"}, "ion", "ion"),
        ("s3", {"path": "x", "blockSize": 1}, "parquet", "blockSize"),
    ],
)
def test_what_a_sink_cannot_do_is_refused(glue, frame_of, connection, options, format, says):
    with pytest.raises(NotImplementedError, match=says):
        glue.write_dynamic_frame.from_options(frame_of([(1,)], "id int"), connection, options, format)


def test_a_sink_needs_a_path(glue, frame_of):
    with pytest.raises(ValueError, match="no path"):
        glue.write_dynamic_frame.from_options(frame_of([(1,)], "id int"), "s3", {}, "json")


def test_an_open_choice_is_written_as_the_value_that_it_holds(glue, tmp_path):
    (tmp_path / "in.json").write_text('{"v": 1}\n{"v": "x"}')
    frame = glue.create_dynamic_frame.from_options("s3", {"paths": [str(tmp_path / "in.json")]}, "json")

    glue.write_dynamic_frame.from_options(frame, "s3", {"path": str(tmp_path / "out")}, "json")

    written = [line for path in (tmp_path / "out").glob("part-*") for line in path.read_text().splitlines()]
    assert sorted(written) == ['{"v":"x"}', '{"v":1}']
    with pytest.raises(NotImplementedError, match=r"partitionKeys.*resolveChoice"):
        glue.write_dynamic_frame.from_options(frame, "s3", {"path": "x", "partitionKeys": ["v"]}, "json")


def test_a_field_that_is_called_choice_is_none(glue, frame_of, tmp_path):
    frame = frame_of([(1, 5)], "choice int, day int")

    glue.write_dynamic_frame.from_options(
        frame, "s3", {"path": str(tmp_path / "out"), "partitionKeys": ["day"]}, "json"
    )

    assert [path.read_text() for path in (tmp_path / "out" / "day=5").glob("*.json")] == ['{"choice":1}\n']


def test_numbers_beside_open_choices_are_written_as_numbers(dynamic_frame_from_json, glue, tmp_path):
    frame = dynamic_frame_from_json([{"a": 1, "b": 10**20}, {"a": "x", "b": -(10**20)}])

    glue.write_dynamic_frame.from_options(frame, "s3", {"path": str(tmp_path / "out")}, "json")

    lines = [line for path in (tmp_path / "out").glob("part-*") for line in path.read_text().splitlines()]
    assert sorted(lines) == ['{"a":"x","b":-100000000000000000000}', '{"a":1,"b":100000000000000000000}']
