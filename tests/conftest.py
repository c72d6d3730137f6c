"""One Spark session for the whole test run: its start is what costs."""

import pytest


@pytest.fixture(scope="session")
def glue_context(tmp_path_factory):
    from glue_lib.runtime.session import glue_context

    warehouse = tmp_path_factory.mktemp("warehouse")
    return glue_context("", {"spark.sql.warehouse.dir": str(warehouse)})


@pytest.fixture(scope="session")
def spark(glue_context):
    return glue_context.spark_session
