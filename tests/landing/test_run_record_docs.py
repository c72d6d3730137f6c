"""docs/runs.md names every field of a record, as the code has it."""

import re
from pathlib import Path

from glue_lib.landing.run_record import described

PAGE = (Path(__file__).parents[2] / "docs" / "runs.md").read_text()


def test_every_field_of_a_record_is_told_with_what_the_table_says_of_it():
    rows = re.findall(r"^\| `(\w+)` \| .* \| (.*) \|$", PAGE, re.M)

    assert rows == [(name, told) for name, _, told in described()]
