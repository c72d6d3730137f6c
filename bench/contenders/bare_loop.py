"""The bare loop: requests and orjson, each page decoded and dropped. Prints records, seconds and processor seconds.

python bench/contenders/bare_loop.py URL
"""

import json
import sys
import time

import orjson
import requests


def main(url: str) -> None:
    started, processor = time.perf_counter(), time.process_time()
    session, params, records = requests.Session(), {}, 0
    while True:
        page = orjson.loads(session.get(url, params=params).content)
        records += len(page["data"])
        if not page["next"]:
            break
        params = {"after": page["next"]}
    print(json.dumps([records, time.perf_counter() - started, time.process_time() - processor]))


if __name__ == "__main__":
    main(sys.argv[1])
