"""Completion: while records pass whose embedded lists are cut, the rest is fetched and put into its place."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace

from glue_lib.api.bounds import LONGEST
from glue_lib.api.client import Client
from glue_lib.api.embedded import EmbeddedList, Rest
from glue_lib.api.page import Page
from glue_lib.api.seen import Seen
from glue_lib.errors import ApiError

_Cut = tuple[int, bytes, Rest]  # place, record, what is missing of it


@dataclass(frozen=True)
class Completed(Collection[bytes]):
    """Records of which some, by their place, have another text."""

    records: Collection[bytes]
    changed: Mapping[int, bytes]

    def __len__(self) -> int:
        return len(self.records)

    def __contains__(self, record: object) -> bool:
        return any(record == one for one in self)

    def __iter__(self) -> Iterator[bytes]:
        for place, record in enumerate(self.records):
            yield self.changed.get(place, record)


class Completion:
    """Completes the lists of one stream's records, those of a page side by side.

    `headers` are the names of those that the stream sends itself: with them, not with those of paging, the rest is
    asked for, too.
    """

    def __init__(
        self,
        client: Client,
        lists: Sequence[EmbeddedList],
        *,
        name: str,
        threads: int = 1,
        headers: Collection[str] = (),
        largest_bytes: int = LONGEST,
    ) -> None:
        self._client, self._lists, self._name, self._threads = client, lists, name, threads
        self._headers = headers
        self._largest_bytes = largest_bytes  # of one list, which is held in memory
        self._unproven = [one for one in lists if one.needs_proof]

    def of(self, page: Page, records: Collection[bytes], prefix: bytes = b"") -> Collection[bytes]:
        """Return the records of the page with their whole lists; `prefix` holds their parent's values."""
        self._prove(page, records)
        changed: dict[int, bytes] = {}
        for one in self._lists:
            cut = self._cut(one, page, Completed(records, changed), prefix)
            with ThreadPoolExecutor(max_workers=max(1, min(self._threads, len(cut)))) as pool:
                brought = pool.map(self._fetched, [one] * len(cut), [rest for _, _, rest in cut])
                for (place, record, _), found in zip(cut, brought, strict=True):
                    with self._naming(page, place):
                        changed[place] = one.completed(record, found)
        return Completed(records, changed) if changed else records

    def _prove(self, page: Page, records: Collection[bytes]) -> None:
        """Raise where lists are there, and nothing says of any whether it is cut."""
        for one in list(self._unproven):
            found = [one.proves(record) if record.startswith(b"{") else None for record in records]
            if any(found):
                self._unproven.remove(one)
            elif False in found:
                with self._naming(page, found.index(False)):
                    raise one.unproven()

    def _cut(self, one: EmbeddedList, page: Page, records: Collection[bytes], prefix: bytes) -> list[_Cut]:
        found = []
        for place, record in enumerate(records):
            with self._naming(page, place):
                rest = one.rest(record, page, prefix) if record.startswith(b"{") else None
            if rest:
                found.append((place, record, self._like(page, rest)))
        return found

    def _like(self, page: Page, rest: Rest) -> Rest:
        own = {name: text for name, text in page.request.headers.items() if name in self._headers}
        return replace(rest, request=replace(rest.request, headers=own | dict(rest.request.headers)))

    @contextmanager
    def _naming(self, page: Page, place: int) -> Iterator[None]:
        try:
            yield
        except ApiError as error:
            told = f"{self._name}: {page.request}, page {page.number}, record {place + 1}: {error}"
            raise ApiError(told) from error

    def _fetched(self, one: EmbeddedList, rest: Rest) -> list[bytes]:
        seen = Seen()
        if rest.behind:
            seen.add(rest.behind)
        found: list[bytes] = []
        size, held = 0, len(rest.behind.records) if rest.behind else 0
        promised: list[int] = []
        for page in self._client.pages(rest.request, pagination=one.pagination, records=one.reading, seen=seen):
            for element in page.records:
                found.append(element)
                size += len(element)
            if size > self._largest_bytes:
                much = f"`{one.array}` of one record has more than {self._largest_bytes:,} bytes; read it as a stream"
                raise ApiError(f"{self._name}: {page.request}, page {page.number}: {much} of its own")
            promised += [] if page.expected is None else [page.expected]
        if promised and held + len(found) < min(promised):
            told = (
                f"`{one.array}` has {min(promised):,} elements, as the API says, but it brought {held + len(found):,}"
            )
            raise ApiError(f"{self._name}: {rest.request}: {told}; run again, or leave `total` out of its `pagination`")
        return found
