"""dlt: its REST source with a merge by the key, into Delta tables by delta-rs.

python bench/contenders/dlt_delta.py URL FOLDER
"""

import sys

import dlt
from dlt.sources.rest_api import rest_api_source


def main(url: str, folder: str) -> None:
    base, _, path = url.rpartition("/")
    cursor = {"type": "cursor", "cursor_path": "next", "cursor_param": "after"}
    endpoint = {"path": path, "data_selector": "data", "paginator": cursor}
    source = rest_api_source({
        "client": {"base_url": base},
        "resource_defaults": {"primary_key": "id", "write_disposition": "merge"},
        "resources": [{"name": "records", "endpoint": endpoint, "table_format": "delta"}],
    })  # fmt: skip
    pipeline = dlt.pipeline(
        pipeline_name="bench",
        pipelines_dir=f"{folder}/.dlt",
        destination=dlt.destinations.filesystem(bucket_url=f"file://{folder}"),
        dataset_name="bench",
    )
    pipeline.run(source)


if __name__ == "__main__":
    main(*sys.argv[1:3])
