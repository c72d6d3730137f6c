"""The tour: `make demo`. The main job runs twice against the demo's API, and the tables that came out are shown.

Each step is what a user would type; it is printed before it runs.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from demo.platform import TOKEN
from demo.server import ask
from demo.serving import served
from glue_lib.errors import HeadwaterError
from glue_lib.runtime.look import Look
from glue_lib.runtime.secrets import variable_of

LAKE = "demo-lake"
PIPELINE = "pipelines/donations.yaml"
SAMPLES = {
    "One donation, its struct columns flat": (
        "select id, amount, donor_name_last, donor_address_city, updated_at from charity.donations order by id limit 3"
    ),
    "Its line items, a table of their own": (
        "select _root_id, _hw_index, sku, quantity, unit_price from charity.donations__line_items "
        "order by _root_id, _hw_index limit 4"
    ),
    "A field that changed its type keeps both, each value in the column that holds it": (
        "select id, reference, reference__string from charity.donations "
        "where reference__string is not null order by id limit 3"
    ),
}

console = Console(highlight=False, soft_wrap=True)
Counts = Mapping[str, int]


def main() -> int:
    """Return 0 when both runs were complete."""
    began = time.monotonic()
    shutil.rmtree(LAKE, ignore_errors=True)
    with served() as port:
        console.print(f"\nA charity platform's API answers on http://127.0.0.1:{port}/v1, its rate limit included.")
        _step("1. First run: everything there is, into an empty lake")
        if code := _run(port):
            return code
        before = _counts(Look(LAKE))
        _step("2. The API's data moves on: records changed and added, elements gone, a new field, a changed type")
        console.print("$ python -m demo advance", style="bold")
        ask(port, "version", {"version": 2})
        _step("3. Second run: only what is new since the first")
        if code := _run(port):
            return code
    _step("4. What is in the lake")
    look = Look(LAKE)
    _show_counts(before, _counts(look))
    for title, query in SAMPLES.items():
        _show(title, *look.query(query, 5))
    _farewell(time.monotonic() - began)
    return 0


def _run(port: int) -> int:
    secret = variable_of("headwater/charity", "api_token")
    words = ["run", PIPELINE, "--lake", LAKE, "--set", f"base_url=http://127.0.0.1:{port}/v1"]
    console.print(f"$ {secret}={TOKEN} headwater {' '.join(words)}", style="bold")
    command = [str(Path(sys.executable).with_name("headwater")), *words]
    return subprocess.run(command, env={**os.environ, secret: TOKEN}).returncode


def _counts(look: Look) -> Counts:
    return {table["table"]: table["rows"] for table in look.tables()}


def _step(title: str) -> None:
    console.print(f"\n{title}", style="bold cyan")


def _show_counts(before: Counts, after: Counts) -> None:
    grid = Table("table", "rows after run 1", "rows after run 2", box=None, pad_edge=False)
    for name, rows in after.items():
        grid.add_row(name, str(before.get(name, "-")), str(rows))
    console.print(grid)


def _show(title: str, columns: list[str], rows: list[dict[str, Any]]) -> None:
    console.print(f"\n{title}:", style="bold")
    grid = Table(*columns, box=None, pad_edge=False)
    for row in rows:
        grid.add_row(*["" if value is None else str(value) for value in row.values()])
    console.print(grid)


def _farewell(seconds: float) -> None:
    console.print(
        f"\nDone in {seconds:.0f} seconds. The lake is the folder {LAKE}: tables/ holds Delta tables, raw/ the"
    )
    console.print("records as the API sent them. What to try next:\n")
    for command in (
        f"headwater tables --lake {LAKE}",
        f"headwater show donations --lake {LAKE}",
        f"headwater sql 'select status, count(*), sum(amount) from charity.donations group by status' --lake {LAKE}",
        f"headwater load {PIPELINE} --all --lake {LAKE}     # the tables again from raw/, with no request",
        f"headwater validate {PIPELINE}                         # then change the file, and see what it says",
    ):
        console.print(f"  .venv/bin/{command}", markup=False)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except HeadwaterError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
