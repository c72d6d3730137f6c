"""dlt's REST client, its pages counted and dropped. Prints records, seconds and processor seconds.

python bench/contenders/dlt_client.py URL
"""

import json
import sys
import time

from dlt.sources.helpers.rest_client import RESTClient
from dlt.sources.helpers.rest_client.paginators import JSONResponseCursorPaginator


def main(url: str) -> None:
    base, _, path = url.rpartition("/")
    started, processor = time.perf_counter(), time.process_time()
    client = RESTClient(base_url=base, paginator=JSONResponseCursorPaginator(cursor_path="next", cursor_param="after"))
    records = sum(len(page) for page in client.paginate(path, data_selector="data"))
    print(json.dumps([records, time.perf_counter() - started, time.process_time() - processor]))


if __name__ == "__main__":
    main(sys.argv[1])
