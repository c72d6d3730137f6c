"""A stream `orders` on little data, for which Spark interprets its plans, as in a load of as little."""

import pytest

from glue_lib.runtime.engine import SparkEngine
from tests.lake.write.story import Story


@pytest.fixture
def story(glue_context, tmp_path):
    engine = SparkEngine(f"file://{tmp_path}/lake", is_on_glue=False)
    engine.__dict__["glue_context"] = glue_context
    with engine.fitted(0):
        yield lambda mode, *order: Story(engine.lake("shop", "shop"), glue_context, tmp_path, mode, order)
