"""Glue's loops over Spark's own streams."""

import pytest

ONCE = "this batch is enough"


@pytest.fixture
def stream(spark, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "1.json").write_text('{"id": 1}\n{"id": 2}\n')
    return spark.readStream.schema("id int").json(str(tmp_path / "in"))


@pytest.mark.slow
def test_each_batch_of_a_stream_is_handed_on(glue, stream, tmp_path):
    seen = []

    def take(rows, number):
        seen.append((number, sorted(row.id for row in rows.collect())))
        raise RuntimeError(ONCE)

    options = {"windowSize": "1 second", "checkpointLocation": str(tmp_path / "state"), "batchMaxRetries": 0}
    with pytest.raises(Exception, match=ONCE):
        glue.forEachBatch(stream, take, options)

    assert seen == [(0, [1, 2])]


@pytest.mark.slow
def test_a_sample_of_a_stream_is_a_frame(glue, stream):
    frame = glue.getSampleStreamingDynamicFrame(stream, {"windowSize": "1 second", "pollingTimeInMs": 8000})

    assert sorted(row.id for row in frame.toDF().collect()) == [1, 2]
