"""Spark's errors in its own words: the innermost cause, without plans and stack traces."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from glue_lib.errors import HeadwaterError, LoadError


@contextmanager
def spark_errors_of(name: str) -> Iterator[None]:
    """Let what Spark refuses or fails at in the block be a LoadError of the stream `name`."""
    from py4j.protocol import Py4JJavaError
    from pyspark.errors import PySparkException

    try:
        yield
    except HeadwaterError:
        raise
    except Py4JJavaError as error:
        raise LoadError(f"{name}: {_innermost(error.java_exception)}") from error
    except PySparkException as error:
        raise LoadError(f"{name}: {str(error).partition('JVM stacktrace')[0].strip()}") from error


def _innermost(error: Any) -> str:
    while cause := error.getCause():
        error = cause
    return str(error.getMessage() or error.toString())
