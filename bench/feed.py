"""The API of the whole benches: pages rendered beforehand and served by a process of its own, so that it is no limit.

with Feed(folder) as feed:
    feed.offer(donations.first(100_000))
    feed.url                          # …/records, the next page by `?after=`; whatever else is asked is ignored
    feed.offer(donations.changes(100_000, "recent"))        # what is served from now on
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Self
from urllib.parse import parse_qs


class Feed:
    """The API, in another process for as long as a `with` block lasts; its pages lie in a folder."""

    def __init__(self, folder: Path, milliseconds: int = 0, page: int = 100):
        self._pages, self._index = folder / "pages", folder / "index.json"
        self._milliseconds, self._page = milliseconds, page

    def __enter__(self) -> Self:
        command = [sys.executable, __file__, str(self._pages), str(self._index), str(self._milliseconds)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        self.base_url = f"http://127.0.0.1:{int(self._process.stdout.readline())}"
        self.url = f"{self.base_url}/records"
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def offer(self, records: Iterable[bytes]) -> int:
        """Render the pages of these records, serve them from now on, and return how many there are."""
        ends: list[int] = []
        left = iter(records)
        page, place = list(islice(left, self._page)), 0
        with self._pages.open("wb") as file:
            while page:
                following = list(islice(left, self._page))
                token = b'"%d"' % (len(ends) + 1) if following else b"null"
                place += file.write(b'{"data": [' + b", ".join(page) + b'], "next": ' + token + b"}")
                ends.append(place)
                page = following
        self._index.write_text(json.dumps(ends))
        return len(ends)


async def _serve(pages: Path, index: Path, milliseconds: int) -> None:
    ends: list[int] = []
    stamp = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal ends, stamp
        try:
            while True:
                target = (await reader.readuntil(b"\r\n\r\n")).split(b" ", 2)[1].decode()
                if stamp != (stamp_now := index.stat().st_mtime_ns):
                    ends, stamp = json.loads(index.read_text()), stamp_now
                number = int(parse_qs(target.partition("?")[2]).get("after", ["0"])[0])
                if milliseconds:
                    await asyncio.sleep(milliseconds / 1000)
                with pages.open("rb") as file:
                    start = ends[number - 1] if number else 0
                    file.seek(start)
                    body = file.read(ends[number] - start)
                writer.write(_HEAD % len(body) + body)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"

if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
