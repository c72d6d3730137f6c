"""What the command prints of the tables."""

import pytest

from glue_lib.command.job_here import print_outcomes
from glue_lib.execution import Outcome
from glue_lib.lake.write.base import TableReport


@pytest.mark.parametrize(
    ("left_out", "lines"),
    [
        (0, ["table   inserted  updated  deleted  new columns", "orders  3         0        1        a, b"]),
        (
            2,
            [
                "table   inserted  updated  deleted  left out  new columns",
                "orders  3         0        1        2         a, b",
            ],
        ),
    ],
)
def test_records_with_values_that_were_left_out_are_counted_where_there_are_any(capsys, left_out, lines):
    table = TableReport("orders", inserted=3, deleted=1, added_columns=("a", "b"), left_out=left_out)

    print_outcomes([Outcome("shop", "orders", "complete", tables=(table,))])

    assert capsys.readouterr().out.splitlines() == lines
