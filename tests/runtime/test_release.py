"""Spark tells which release of Glue a laptop stands in for, and all that differs hangs on it."""

import pytest

from glue_lib.errors import ConfigError
from glue_lib.runtime.release import RELEASES, release, release_of


@pytest.mark.parametrize(
    ("spark", "glue"), [("3.5.6", "5.1"), ("3.5.4-amzn-0", "5.1"), ("4.1.1", "6.0"), ("4.1.0", "6.0")]
)
def test_spark_tells_the_release(spark: str, glue: str):
    assert release_of(spark).glue == glue


@pytest.mark.parametrize("spark", ["3.4.1", "4.0.1", "4.10.0", "5.0.0"])
def test_another_spark_is_refused_with_those_that_fit(spark: str):
    with pytest.raises(
        ConfigError, match=rf"^Spark {spark}: headwater runs on 3.5 as in Glue 5.1 or 4.1 as in Glue 6.0"
    ):
        release_of(spark)


def test_this_machine_has_one_of_them():
    assert release() in RELEASES


@pytest.mark.parametrize("one", RELEASES, ids=lambda one: one.glue)
def test_the_jars_of_a_release_are_of_one_version_of_delta(one):
    assert len({jar.rpartition(":")[2] for jar in (*one.delta, *one.log_store)}) == 1
