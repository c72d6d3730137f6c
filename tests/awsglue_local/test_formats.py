"""Formats, folders and options of sources and sinks."""

import gzip
import os
import time

import pytest

CSV = 'id,name,note\n1,"a, b",\n2,,x\n'


def rows(frame):
    return sorted((row.asDict(recursive=True) for row in frame.toDF().collect()), key=str)


def read(glue, path, format="json", predicate="", format_options=None, **options):
    return glue.create_dynamic_frame.from_options(
        "s3", {"paths": [str(path)], **options}, format, format_options or {}, push_down_predicate=predicate
    )


@pytest.mark.parametrize(
    ("text", "options", "expected"),
    [
        (CSV, {"withHeader": True}, [{"id": "1", "name": "a, b", "note": ""}, {"id": "2", "name": "", "note": "x"}]),
        ("1|x\n2|y\n", {"separator": "|"}, [{"col0": "1", "col1": "x"}, {"col0": "2", "col1": "y"}]),
        ("1;'a;b'\n", {"separator": ";", "quoteChar": "'"}, [{"col0": "1", "col1": "a;b"}]),
        ('1,"a\n', {"quoteChar": -1}, [{"col0": "1", "col1": '"a'}]),
        ('1,"a\nb"\n', {"multiLine": True}, [{"col0": "1", "col1": "a\nb"}]),
        ('1,"x ""y"" z"\n', {}, [{"col0": "1", "col1": 'x "y" z'}]),
        ("1,'it''s'\n", {"quoteChar": "'"}, [{"col0": "1", "col1": "it's"}]),
        ("a,a,\n1,2,3\n", {"skipFirst": True}, [{"col0": "1", "col1": "2", "col2": "3"}]),
        ('1,"a!"b"\n', {"escaper": "!"}, [{"col0": "1", "col1": 'a"b'}]),
    ],
)
def test_csv_is_read_as_the_texts_that_are_there(glue, tmp_path, text, options, expected):
    (tmp_path / "1.csv").write_text(text)

    assert rows(read(glue, tmp_path, "csv", format_options=options)) == expected


def test_csv_is_written_with_a_header_unless_it_is_said_otherwise(glue, frame_of, tmp_path):
    frame = frame_of([(1, ' a|"b" ', None)], "id int, name string, note void").coalesce(1)

    glue.write_dynamic_frame.from_options(frame, "s3", {"path": str(tmp_path / "a")}, "CSV", {"separator": "|"})
    glue.write_dynamic_frame.from_options(
        frame, "s3", {"path": str(tmp_path / "b")}, "csv", {"writeHeader": False, "quoteChar": -1}
    )

    texts = {name: next((tmp_path / name).glob("part-*")).read_text() for name in "ab"}
    assert texts == {"a": 'id|name|note\n1|" a|""b"" "|\n', "b": '1, a|"b" ,\n'}


@pytest.mark.parametrize("mixed", [False, True])
def test_folders_named_for_columns_are_texts_and_can_be_passed_over(glue, tmp_path, mixed):
    for day, text in {"01": '{"a": 1}', "02": '{"a": "x"}' if mixed else '{"a": 2}'}.items():
        (tmp_path / f"day={day}").mkdir()
        (tmp_path / f"day={day}" / "1.json").write_text(text)

    first = {"int": 1, "string": None} if mixed else 1
    assert rows(read(glue, tmp_path))[0] == {"a": first, "day": "01"}
    assert rows(read(glue, tmp_path, predicate="day > '01'"))[0]["day"] == "02"
    assert len(rows(read(glue, tmp_path, exclusions='["**/day=01/*"]'))) == 1


@pytest.mark.parametrize("mixed", [False, True], ids=["plain", "choice"])
def test_a_record_may_tell_its_file_and_files_may_be_bounded(glue, tmp_path, mixed):
    for number in (1, 2, 3):
        (tmp_path / f"{number}.json").write_text('{"a": "x"}' if mixed and number == 2 else '{"a": 1}')

    named = read(glue, tmp_path, attachFilename="from", boundedFiles="2")

    assert sorted(row["from"].rpartition("/")[2] for row in rows(named)) == ["1.json", "2.json"]
    assert named._jdf.schema().treeString().splitlines()[-1] == "|-- from: string"
    assert len(rows(read(glue, tmp_path, boundedSize="17"))) == (1 if mixed else 2)


def test_a_path_that_reads_nothing_gives_an_empty_frame(glue, tmp_path):
    (tmp_path / "1.json").write_text('{"a": 1}')

    frame = read(glue, tmp_path, exclusions=["**"])

    assert (frame.count(), frame.toDF().columns) == (0, [])


def test_reading_runs_no_job_before_somebody_asks(glue, spark, tmp_path):
    (tmp_path / "1.json").write_text('{"a": 1}')
    tracker = spark.sparkContext.statusTracker()
    before = len(tracker.getJobIdsForGroup(None))

    read(glue, tmp_path).errorsAsDynamicFrame()

    assert len(tracker.getJobIdsForGroup(None)) == before


def test_a_data_frame_and_a_sample_come_from_the_same_source(glue, tmp_path):
    (tmp_path / "1.json").write_text('{"a": 1}\n{"a": 2}\n{"a": 3}')
    options = {"paths": [str(tmp_path)]}

    assert glue.create_data_frame.from_options("s3", options, "json").count() == 3
    assert glue.create_sample_dynamic_frame_from_options("s3", options, num=2, format="json").count() == 2


def test_a_sink_of_ones_own_takes_frames_and_rows(glue, frame_of, spark, tmp_path):
    sink = glue.getSink("s3", path=str(tmp_path / "out"))
    sink.setFormat("json")
    sink.setAccumulableSize(5)

    sink.writeFrame(frame_of([(1,)], "id int"))
    sink.writeDataFrame(spark.createDataFrame([(2,)], "id int"), glue)
    frame_of([(3,)], "id int").write("s3", {"path": str(tmp_path / "out")}, "json")

    assert [row["id"] for row in rows(read(glue, tmp_path / "out"))] == [1, 2, 3]


def test_old_files_are_purged_and_new_ones_stay(glue, tmp_path):
    for name, age_hours in {"old.json": 200, "new.json": 100}.items():
        (tmp_path / name).write_text("{}")
        when = time.time() - 3600 * age_hours
        os.utime(tmp_path / name, (when, when))

    glue.purge_s3_path(str(tmp_path))
    assert [path.name for path in tmp_path.glob("*.json")] == ["new.json"]
    glue.purge_s3_path(str(tmp_path), {"retentionPeriod": 0})
    assert list(tmp_path.glob("*.json")) == []
    (tmp_path / "last.json").write_text("{}")
    glue.purge_s3_path(str(tmp_path), {"retentionPeriod": 0, "manifestFilePath": str(tmp_path / "told")}, "night")
    assert (tmp_path / "told" / "night" / "Success.csv").read_text() == f"file:{tmp_path}/last.json\n"
    with pytest.raises(NotImplementedError, match="purge with dryRun"):
        glue.purge_s3_path(str(tmp_path), {"dryRun": True})


def test_columns_of_the_time_of_ingestion(glue, spark):
    made = glue.add_ingestion_time_columns(spark.range(1), "day")

    assert made.columns == ["id", "ingest_year", "ingest_month", "ingest_day"]
    with pytest.raises(ValueError, match="`week` is not one of year"):
        glue.add_ingestion_time_columns(spark.range(1), "week")


def test_glues_functions_for_data_frames(glue, spark):
    from awsglue.dataframe_transforms import ApplyMapping
    from awsglue.functions import explodeWithIndex, namedStruct, replaceArrayElement
    from pyspark.sql import functions as f

    frame = spark.createDataFrame([(1, ["a", "b"])], "id int, tags array<string>")

    made = frame.select(namedStruct("id", "tags").alias("s"), replaceArrayElement("tags", f.lit("X"), 1).alias("r"))
    assert made.collect()[0].asDict(recursive=True) == {"s": {"id": 1, "tags": ["a", "b"]}, "r": ["a", "X"]}
    assert [tuple(row) for row in frame.select(explodeWithIndex("tags")).collect()] == [(0, "a"), (1, "b")]
    mapped = ApplyMapping.apply(frame, [("id", "int", "key.a", "long")])
    assert mapped.dtypes == [("key", "struct<a:bigint>")]


ITEM = """{"Item": {"id": {"N": "1"}, "parent": {"M": {"child": {"M": {"name": {"S": "x"}}}}}, "on": {"BOOL": true},
 "set": {"SS": ["a"]}, "list": {"L": [{"S": "p"}]}, "mixed": {"L": [{"S": "p"}, {"N": "1"}]},
 "maps": {"L": [{"M": {"a": {"S": "x"}}}]}, "none": {"NULL": true}}}"""


def test_the_json_of_dynamodb_becomes_plain_fields(glue, tmp_path):
    (tmp_path / "1.json").write_text(ITEM.replace("\n", ""))
    frame = read(glue, tmp_path)

    (plain,) = rows(frame.simplify_ddb_json())
    assert plain["id"] == "1" and plain["on"] is True and plain["none"] is None
    assert (plain["parent"], plain["set"], plain["list"]) == ({"child": {"name": "x"}}, ["a"], ["p"])
    assert plain["mixed"] == [{"S": "p", "N": None}, {"S": None, "N": "1"}]
    assert plain["maps"] == [{"M": {"a": {"S": "x"}}}]
    (flat,) = rows(frame.unnest_ddb_json())
    assert flat["parent.child.name"] == "x"
    assert rows(frame.simplify_ddb_json().simplify_ddb_json()) == [plain]


def test_each_csv_file_is_read_by_its_own_header(glue, tmp_path):
    for day, text in {"1": "a,b\n1,2\n", "2": "b,a\n3,4\n", "3": "a,c\n5,6\n"}.items():
        (tmp_path / f"day={day}").mkdir()
        (tmp_path / f"day={day}" / "the file.csv.gz").write_bytes(gzip.compress(text.encode()))

    frame = glue.create_dynamic_frame.from_options("s3", {"paths": [str(tmp_path)]}, "csv", {"withHeader": True})

    assert sorted(tuple(row[name] for name in ("a", "b", "c", "day")) for row in frame.toDF().collect()) == [
        ("1", "2", "", "1"),
        ("4", "3", "", "2"),
        ("5", "", "6", "3"),
    ]
