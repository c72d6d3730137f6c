"""What Spark is told for the length of a load hangs on how much there is, and is taken back however the load ends."""

import pytest

from glue_lib.runtime.engine import LITTLE_BYTES, SparkEngine

INTERPRETED, COMPRESSED = "spark.sql.codegen.wholeStage", "spark.sql.inMemoryColumnarStorage.compressed"

TASK_BYTES = "spark.sql.files.maxPartitionBytes"


@pytest.fixture
def engine(glue_context, tmp_path):
    engine = SparkEngine(f"file://{tmp_path}", is_on_glue=False)
    engine.glue_context = glue_context
    return engine


@pytest.fixture
def conf(engine):
    """Return the session's settings, as they come: neither of the two is set."""
    conf = engine.glue_context.spark_session.conf
    before = {name: conf.get(name, None) for name in (INTERPRETED, COMPRESSED)}
    for name in before:
        conf.unset(name)
    yield conf
    for name, value in before.items():
        conf.unset(name) if value is None else conf.set(name, value)


def test_much_is_kept_without_a_search_for_compression_and_compiled(engine, conf):
    with engine.fitted(LITTLE_BYTES + 1):
        assert (conf.get(COMPRESSED), conf.get(INTERPRETED)) == ("false", "true")

    assert (conf.get(COMPRESSED), conf.get(INTERPRETED)) == ("true", "true")


def test_much_is_read_by_tasks_that_hold_little(engine, conf):
    """A million records were kept in blocks of which no two fitted a gigabyte, and three files held all of them."""
    before = conf.get(TASK_BYTES)

    with engine.fitted(LITTLE_BYTES + 1):
        assert conf.get(TASK_BYTES) == "32m"

    assert conf.get(TASK_BYTES) == before


def test_little_is_interpreted_and_kept_as_ever(engine, conf):
    with engine.fitted(LITTLE_BYTES):
        assert (conf.get(COMPRESSED), conf.get(INTERPRETED)) == ("true", "false")

    assert (conf.get(COMPRESSED), conf.get(INTERPRETED)) == ("true", "true")


@pytest.mark.parametrize("size_bytes", [LITTLE_BYTES, LITTLE_BYTES + 1], ids=["little", "much"])
def test_a_load_that_fails_leaves_what_was_set_before(engine, conf, size_bytes):
    conf.set(COMPRESSED, "true")
    conf.set(INTERPRETED, "false")

    with pytest.raises(RuntimeError), engine.fitted(size_bytes):
        raise RuntimeError

    assert (conf.get(COMPRESSED), conf.get(INTERPRETED)) == ("true", "false")
