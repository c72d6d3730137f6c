"""The API that the benches read: pages made as they are asked for, after a wait, by a process of its own.

with Api() as api:
    api.url("/20ms/1000/tokens")      # 1,000 pages of 100 records of 1 KB, 20 ms each; the next by `?after=`
    api.url("/20ms/1000/pages")       # the same; the next by `?page=`, and the answer tells how many there are
    api.url("/0ms/300000/giant")      # one page of 300,000 records of 320 bytes
    api.asked()                       # how often each page was asked for since the last look
"""

import asyncio
import json
import re
import subprocess
import sys
from collections import Counter
from typing import Any, Self
from urllib.request import urlopen

RECORDS = 100  # on each page
_TEXT = "long enough that a record weighs 1 KB, as many do that have notes and addresses in them; " * 6
_RECORD = (
    b'{"id": %d, "created": "%s", "name": "Ada O\'Brien", "amount": 12.50, "big": 9007199254740993, "donor": {"email":'
    b' "a@example.org", "address": {"city": "Albany", "state": "NY", "postal_code": "01001"}}, "items": [{"sku":'
    b' "MEAL-10", "quantity": 2, "price": "12.50", "tags": ["urgent", "matched"]}, {"sku": "TREE-1", "quantity": 1,'
    b' "price": "45.00", "tags": []}], "notes": null, "text": "' + _TEXT.encode() + b'"}'
)
_SMALL = b'{"id": %d, "name": "Ada O\'Brien", "amount": 12.50, "text": "' + _TEXT.encode()[:250] + b'"}'
_PATH = re.compile(r"/(\d+)ms/(\d+)/(tokens|pages|giant)(?:\?(.*))?")


class Api:
    """The API, in another process for as long as a `with` block lasts."""

    def __enter__(self) -> Self:
        command = [sys.executable, __file__]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        self._port = int(self._process.stdout.readline())
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self._port}{path}"

    def asked(self) -> Counter[str]:
        """Return how often each page was asked for, and begin to count anew."""
        with urlopen(self.url("/asked")) as answer:
            return Counter(json.load(answer))


async def _serve() -> None:
    asked: Counter[str] = Counter()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                path = (await reader.readuntil(b"\r\n\r\n")).split(b" ", 2)[1].decode()
                await _answer(path, asked, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def _answer(path: str, asked: Counter[str], writer: asyncio.StreamWriter) -> None:
    if path == "/asked":
        body = json.dumps(asked).encode()
        asked.clear()
        return _send(writer, body)
    found = _PATH.fullmatch(path)
    assert found, path
    milliseconds, count, kind, query = int(found[1]), int(found[2]), found[3], found[4] or ""
    asked[query] += 1
    await asyncio.sleep(milliseconds / 1000)
    if kind == "giant":
        return await _giant(writer, count)
    _send(writer, _page(kind, count, dict(part.partition("=")[::2] for part in query.split("&"))))


def _page(kind: str, pages: int, query: dict[str, str]) -> bytes:
    number = int(query.get("after", 0)) if kind == "tokens" else int(query.get("page", 1)) - 1
    created = query.get("since", "2024-01-01")[:10].encode() + b"T00:00:00Z"
    rows = b", ".join([_RECORD % (row, created) for row in range(number * RECORDS, (number + 1) * RECORDS)])
    following = b'"%d"' % (number + 1) if number + 1 < pages else b"null"
    rest = b'"next": ' + following if kind == "tokens" else b'"pages": %d' % pages
    return b'{"data": [' + rows + b"], " + rest + b"}"


def _send(writer: asyncio.StreamWriter, body: bytes) -> None:
    writer.write(_head(len(body)) + body)


async def _giant(writer: asyncio.StreamWriter, records: int) -> None:
    rows = [_SMALL % row for row in range(1000)]
    size = sum(len(_SMALL % row) for row in range(records)) + 2 * (records - 1)
    writer.write(_head(size + len(b'{"data": []}')) + b'{"data": [')
    for start in range(0, records, 1000):
        rows = [_SMALL % row for row in range(start, min(start + 1000, records))]
        writer.write((b", " if start else b"") + b", ".join(rows))
        await writer.drain()
    writer.write(b"]}")


def _head(size: int) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % size


def bare(url: str, pages: int) -> Any:
    """Ask for the pages as a loop does that keeps nothing, and return the last: the measure of the sequential bench."""
    import requests

    session = requests.Session()
    params: dict[str, str] = {}
    for _ in range(pages):
        answer = session.get(url, params=params).json()
        params = {"after": answer["next"]}
    return answer


if __name__ == "__main__":
    asyncio.run(_serve())
