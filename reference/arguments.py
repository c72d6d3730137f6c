"""The page about the arguments of jobs; a test holds that it has each one."""

from glue_lib.runtime.arguments import NAMES
from reference.markdown import code, table

#: The default, and what it means, of each argument.
MEANINGS = {
    "pipeline": ("required", "The pipeline file: a path, or `s3://…`."),
    "lake": ("required", "The lake: a folder, or `s3://bucket/prefix`."),
    "streams": ("all", "Names of streams, with commas between them."),
    "from": ("none", "Backfill from this date or time (a number, where the cursor counts)."),
    "to": ("none", "Backfill up to this date or time, which itself is left out."),
    "full_refresh": (
        "`false`",
        "`true`: everything is read, not only what is new; of `load`: every whole run is loaded again.",
    ),
    "rebuild": ("`false`", "`true`, of `load`: all runs into new tables, each put in its old one's place at the end."),
    "run_id": ("made", "The run's id: one that was stopped goes on, one that there is not begins under this id."),
    "set": ("`{}`", 'Fields of the pipeline file that are to be otherwise, as JSON: `{"limits.concurrency": 2}`.'),
    "margin_seconds": ("by where it runs", "So long before the end of its time an execution stops asking."),
    "database": ("the file's", "The database of the tables, the environment's prefix included; stands above `set`."),
    "share": ("`1`", "The execution's share of the source's limits, such as `1/3`, where several run side by side."),
    "metrics_namespace": (
        "`Headwater` on AWS, else none",
        "Namespace of the [metrics](../metrics.md), or `off`.",
    ),
}
_INTRO = """# Job arguments

What the jobs `sync`, `ingest`, `load` and `maintain` take: as arguments of a Glue job run or of `spark-submit`, and as
the event of the Lambda function, where lists, truths and objects may be JSON's own. An empty text means not given. A
misspelt name is an error; names that are Glue's own pass.

```text
--pipeline s3://artifacts/pipelines/donorbox.yaml --lake s3://lake --streams donations --from 2024-01-01 --to 2024-02-01
```
"""


def pages() -> dict[str, str]:
    """Return the page by its name."""
    rows = [[code(f"--{name}"), *MEANINGS[name]] for name in NAMES]
    return {"job-arguments.md": f"{_INTRO}\n{table(['argument', 'default', 'meaning'], rows)}"}
