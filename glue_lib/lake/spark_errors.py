"""Spark's errors in its own words: the innermost cause, without plans and stack traces."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from glue_lib.errors import HeadwaterError, LoadError

# What Spark adds behind its sentence: the plan, the line of SQL or of Python it came from, and a standard's code.
_AFTERWARDS = re.compile(r"\n+JVM stacktrace|;( line \d+ pos \d+;)?\n'|\n== (SQL|DataFrame)")
_CODE = re.compile(r" SQLSTATE: \w{5}\b")
_TRACEBACK = "Traceback (most recent call last)"
_OUR_OWN = "errorMessage"  # what `raise_error` was given, where Spark 4 makes an error with a name of it


@contextmanager
def spark_errors_of(name: str) -> Iterator[None]:
    """Let what Spark refuses or fails at in the block be a LoadError of the stream `name`."""
    from py4j.protocol import Py4JJavaError
    from pyspark.errors import PySparkException

    try:
        yield
    except HeadwaterError:
        raise
    except (Py4JJavaError, PySparkException) as error:
        raise LoadError(f"{name}: {words_of(error)}") from error


def words_of(error: Any) -> str:
    """Return the sentence of an error of Spark: of one that its Python side knows, or of one that came from Java."""
    from pyspark.errors import PySparkException

    if not isinstance(error, PySparkException):
        return _sentence(_innermost(error.java_exception))
    ours = (error.getMessageParameters() or {}).get(_OUR_OWN)
    return ours or _sentence(str(error))


def _sentence(text: str) -> str:
    if text.startswith(_TRACEBACK):  # Python on a worker: its last line is the error
        return text.strip().rpartition("\n")[2]
    return _CODE.sub("", _AFTERWARDS.split(text)[0]).strip()


def _innermost(error: Any) -> str:
    while cause := error.getCause():
        error = cause
    return str(error.getMessage() or error.toString())
