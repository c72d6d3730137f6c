"""What is noted of the messages that are made."""

import ast

import pytest

from glue_lib.spec.types import column_type
from tests.errors import elsewhere
from tests.errors.catalogue import entries
from tests.errors.recorder import MADE, noted
from tests.errors.templates import ROOT
from tests.errors.whole_run import TESTS, is_compared, unshown

HERE = "tests/errors/test_recorder.py"
NO_TYPE = "`<text>` is no decimal that Spark has; in `decimal(p,s)` p is 1 to 38 and s is 0 to p"


def test_a_message_is_noted_with_the_file_whose_test_made_it_even_when_it_is_caught():
    MADE.discard((NO_TYPE, HERE))

    with pytest.raises(ValueError, match="no decimal that Spark has"):
        column_type("decimal(99,1)")

    assert (NO_TYPE, HERE) in MADE


def test_a_note_changes_no_message_where_nobody_notes():
    path = ROOT / "spec" / "types.py"
    names: dict[str, object] = {"__name__": "glue_lib.spec.types"}
    code = ast.unparse(noted(path, ast.parse(path.read_text()))).replace("_headwater_noted", "_nobody")
    exec(compile(code, str(path), "exec"), names)

    with pytest.raises(ValueError, match="no decimal that Spark has"):
        names["column_type"]("decimal(99,1)")  # type: ignore[operator]


def test_what_was_not_made_or_not_where_it_is_compared_is_told():
    everywhere = {(entry.text, HERE) for entry in entries()}

    assert len(unshown([])) == len(entries()) - len(elsewhere.ELSEWHERE)
    assert not any(line.startswith(NO_TYPE) for line in unshown(everywhere))
    assert len(unshown(everywhere)) > 400  # this file has the words of few


def test_words_are_compared_in_the_file_that_has_them():
    assert is_compared(NO_TYPE, HERE)
    assert not is_compared(NO_TYPE, "tests/landing/test_run.py")


def test_what_is_made_elsewhere_is_in_the_catalogue_and_its_test_is_there():
    known = {entry.text for entry in entries()}

    for text, test in elsewhere.ELSEWHERE.items():
        file, _, name = test.partition("::")
        assert text in known
        assert f"def {name}(" in (TESTS.parent / file).read_text()
