"""What Spark refuses or fails at is told in a sentence, and in the same one whichever of Spark's releases says it."""

import pytest

from glue_lib.errors import LoadError, ShapeError
from glue_lib.lake.settings import settings
from glue_lib.lake.spark_errors import spark_errors_of


@pytest.fixture
def told(spark):
    """Run a query and return the sentence of the error that it ends with."""

    def make(query):
        ansi = settings(spark, {"spark.sql.ansi.enabled": "true"})
        with ansi, pytest.raises(LoadError) as error, spark_errors_of("shop.orders"):
            spark.sql(query).collect()
        return str(error.value)

    return make


def test_what_a_query_of_ours_raises_is_told_as_it_was_written(told):
    query = "select if(id = 1, raise_error('3 rows have no `id`; a key must not be null'), id) from range(2)"

    assert told(query) == "shop.orders: 3 rows have no `id`; a key must not be null"


def test_a_name_that_is_not_there_is_told_without_the_plan(told):
    said = told("select nope from range(2)")

    assert said.startswith("shop.orders: [UNRESOLVED_COLUMN.WITH_SUGGESTION] A column")
    assert said.endswith("Did you mean one of the following? [`id`].")


def test_a_value_that_does_not_fit_is_told_without_the_code_of_a_standard_and_the_line_of_sql(told):
    said = told("select cast(concat('x', id) as int) from range(1)")

    assert said.startswith("""shop.orders: [CAST_INVALID_INPUT] The value 'x0' of the type "STRING" cannot be cast""")
    assert "SQLSTATE" not in said and "== SQL" not in said and "range(1)" not in said


def test_a_fault_of_python_on_a_worker_is_told(spark):
    said = r"^shop.orders: ZeroDivisionError: division by zero$"
    with pytest.raises(LoadError, match=said), spark_errors_of("shop.orders"):
        spark.range(1).rdd.map(lambda row: 1 / row.id).collect()


def test_our_own_errors_pass_as_they_are():
    with pytest.raises(ShapeError, match=r"^shop.orders: no$"), spark_errors_of("other"):
        raise ShapeError("shop.orders: no")
