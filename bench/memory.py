"""How much memory does reading take, as the pages become many? Promise: a part's worth, whatever their number.

    python bench/memory.py                                    1,000 and 10,000 pages of 100 records
    python bench/memory.py --pages 100 2000 --records 50

An API that makes its pages as they are asked for runs in this process; each reading is `ingest` in a process of its
own, whose peak of resident memory is printed, with the ratio of the last to the first.
"""

import argparse
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TEXT = "long enough that a page weighs as much as a real one; " * 7
RECORD = (
    b'{"id": 0, "name": "Ada O\'Brien", "amount": 12.50, "paid": "2024-05-01T08:30:00Z", "big": 9007199254740993,'
    b' "donor": {"email": "a@example.org", "address": {"city": "Albany", "state": "NY", "postal_code": "01001"}},'
    b' "items": [{"sku": "MEAL-10", "quantity": 2, "price": "12.50", "tags": ["urgent", "matched"]},'
    b' {"sku": "TREE-1", "quantity": 1, "price": "45.00", "tags": []}], "notes": null, "text": "'
    + TEXT.encode()
    + b'"}'
)
PIPELINE = """
source: bench
base_url: {base_url}
limits: {{requests_per_second: 100000}}
streams:
  records:
    path: /records/{pages}
    records: data
    pagination: {{type: token, read: body.next, write: query.after}}
    write: append
"""


def main() -> int:
    """Print a line for each number of pages, and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--records", type=int, default=100, help="on each page (default: %(default)s)")
    parser.add_argument("--read", metavar="URL", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.read:
        print(json.dumps(_read(options.read, options.pages[0])))
        return 0
    with ThreadingHTTPServer(("127.0.0.1", 0), _api(options.records)) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        peaks = [_measured(f"http://127.0.0.1:{server.server_port}", pages) for pages in options.pages]
    print(_comparison(options.pages[0], options.pages[-1], peaks[0], peaks[-1]))
    return 0


def _comparison(few: int, many: int, few_mib: float, many_mib: float) -> str:
    ratio = f"{many / few:g} times the pages take {many_mib / few_mib:.2f} times the memory"
    return ratio + (
        f": {(many_mib - few_mib) * 1024 / (many - few):.2f} KiB for each further page" if many > few else ""
    )


def _measured(url: str, pages: int) -> float:
    command = [sys.executable, __file__, "--read", url, "--pages", str(pages)]
    found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    print(
        f"{pages:>7,} pages  {found['records']:>9,} records  {found['parts']:>3} parts  {found['seconds']:>6.1f} s"
        f"  {found['start_mib']:>6.1f} MiB at the start  {found['peak_mib']:>6.1f} MiB at the peak",
        flush=True,
    )
    return float(found["peak_mib"])


def _read(url: str, pages: int) -> dict[str, Any]:
    """Land all pages; the process does nothing else."""
    sys.path.insert(0, str(ROOT))
    from glue_lib import pipeline
    from glue_lib.execution import Execution
    from glue_lib.landing.run import RunFolder
    from glue_lib.landing.storage import open_storage
    from glue_lib.spec.loader import loads

    def no_spark() -> Any:
        raise AssertionError("reading needs no Spark")

    start_mib, started = peak_mib(), time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        spec = loads(PIPELINE.format(base_url=url, pages=pages), "bench/memory.py")
        storage = open_storage(folder)
        (outcome,) = pipeline.ingest(Execution(spec, storage, engine=no_spark, secrets=str))
        seconds = time.perf_counter() - started
        parts = RunFolder(storage, "bench", "records", str(outcome.run_id)).parts()
    return {
        "records": outcome.records,
        "parts": len(parts),
        "seconds": seconds,
        "start_mib": start_mib,
        "peak_mib": peak_mib(),
    }


def peak_mib() -> float:
    """Return the most memory that this process has held, in MiB."""
    try:
        # getrusage would count the parent too: on Linux its peak is handed on to a child.
        found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
        assert found
        return int(found[1]) / 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # macOS, in bytes


def _api(records: int) -> type[BaseHTTPRequestHandler]:
    before, after = RECORD.split(b'"id": 0', 1)

    class Api(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def do_GET(self) -> None:
            pages = int(self.path.split("?")[0].rpartition("/")[2])
            number = int((re.search(r"after=(\d+)", self.path) or [0, 0])[1])
            rows = [before + b'"id": %d' % row + after for row in range(number * records, (number + 1) * records)]
            following = b"null" if number + 1 >= pages else b'"%d"' % (number + 1)
            body = b'{"data": [' + b", ".join(rows) + b'], "next": ' + following + b"}"
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Stay silent."""

    return Api


if __name__ == "__main__":
    sys.exit(main())
