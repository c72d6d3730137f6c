"""A stream `orders` on little data, for which Spark interprets its plans, as in a load of as little."""

import pytest

from glue_lib.runtime.engine import SparkEngine
from tests.lake.write.story import Story


@pytest.fixture
def story(glue_context, tmp_path):
    engine = SparkEngine(f"file://{tmp_path}/lake", is_on_glue=False)
    engine.__dict__["glue_context"] = glue_context
    with engine.fitted(0):

        def make(mode, *order, source="shop"):
            return Story(engine.lake(source, source), glue_context, tmp_path / source, mode, order)

        yield make
