"""Where in a slice a walk is, and what the slice amounts to so far: JSON, kept with each part's progress."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC
from typing import Any, Self

from glue_lib.api.cursor import Cursor, Window
from glue_lib.api.page import Page
from glue_lib.api.resets import http_date
from glue_lib.api.sieve import Tally

_COUNTS = ("nulls", "unreadable", "outside", "before", "after")
_MOST_ON_EDGE = 1000
_MISSING_NAMED = 10

Bounds = tuple[str | None, str | None]


@dataclass(frozen=True)
class At:
    """A walk goes chain by chain, a chain window by window, a window page by page; see `walk.py`."""

    chain: int = 0
    windows: tuple[Bounds, ...] = ()  # of the chain that are not whole yet; the first is under way
    pages: int = 0  # landed of the window
    rows: int = 0  # the API gave for the window
    is_passed: bool = False  # what follows in the window is known from before
    pending: str | None = None  # the record that may go on with the next page, where records are spread over pages
    promised: int | None = None  # how many it said that there are; the fewest, should it have said several
    tally: Tally = field(default_factory=Tally)  # of the chain
    latests: tuple[str | None, ...] = ()  # of the chains that are whole
    counts: Mapping[str, int] = field(default_factory=dict)  # over the slice
    edge: Mapping[str, int] | None = field(default_factory=dict)  # over the slice; None: more than is kept
    missing: tuple[str, ...] = ()  # the first of the requests whose parent is gone; `counts` has how many
    gone: tuple[int, ...] = ()  # the chains of those parents
    served: str | None = None  # the moment of the first answer, by the API's own clock

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` takes."""
        return asdict(self) | {"tally": self.tally.to_json()}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Return what `to_json` gave; a ValueError for what another version gave."""
        if document.keys() != {one.name for one in fields(cls)}:
            raise ValueError("the progress was written by another version")
        whole = {
            "tally": Tally.from_json(document["tally"]),
            "windows": tuple((start, end) for start, end in document["windows"]),
            "latests": tuple(document["latests"]),
            "missing": tuple(document["missing"]),
            "gone": tuple(document["gone"]),
        }
        return cls(**{**document, **whole})

    @property
    def window(self) -> Window:
        """The window that is under way."""
        return Window(*self.windows[0])

    def in_chain(self, chain: int, windows: Sequence[Window]) -> "At":
        """Return the beginning of a chain."""
        return replace(self, chain=chain, tally=Tally()).in_windows(*windows)

    def in_windows(self, *windows: Window) -> "At":
        """Return the beginning of these windows, in place of the one under way; those behind it stay."""
        self.tally.previous, self.tally.is_unsorted, self.tally.inside = None, False, 0
        fresh = tuple((window.start, window.end) for window in windows)
        return replace(
            self, windows=fresh + self.windows[1:], pages=0, rows=0, is_passed=False, promised=None, pending=None
        )

    def after(self, page: Page, *, is_passed: bool, pending: str | None = None) -> "At":
        """Return where the walk is when a page is landed."""
        known = [count for count in (self.promised, page.expected) if count is not None]
        doubts = {"doubts": 1} if page.doubt else {}
        return replace(
            self,
            pages=self.pages + 1,
            rows=self.rows + len(page.records),
            is_passed=is_passed,
            pending=pending,
            promised=min(known) if known else None,
            counts=_summed(self.counts, doubts),
            served=self.served or _served(page),
        )

    def window_closed(self) -> "At":
        """Return the beginning of the next window of the chain."""
        return replace(self.in_windows(), counts=_summed(self.counts, {"windows": 1, "promised": self.promised or 0}))

    def without_parent(self, request: str) -> "At":
        """Return where the walk is when the API knows nothing of the chain's parent."""
        counts = _summed(self.counts, {"missing_parents": 1})
        named = (*self.missing, request)[:_MISSING_NAMED]
        return replace(self, counts=counts, missing=named, gone=(*self.gone, self.chain))

    def chain_closed(self) -> "At":
        """Return the end of the chain."""
        tally = self.tally
        found = {name: getattr(tally, name) for name in _COUNTS} | {"repeated": sum(tally.repeated.values())}
        return replace(
            self,
            windows=(),
            tally=Tally(),
            latests=(*self.latests, tally.latest),
            counts=_summed(self.counts, found),
            edge=_joined(self.edge, tally),
        )

    def evidence(self, cursor: Cursor | None) -> dict[str, Any]:
        """Return what shows that the slice is whole, and where the next run goes on."""
        latest = None
        for value in self.latests:
            latest = cursor.latest(latest, value) if cursor else None
        always = {"latest": latest, "latests": list(self.latests), "counts": dict(self.counts)}
        found = {
            "edge": dict(self.edge or {}),
            "missing": list(self.missing),
            "gone": list(self.gone),
            "served": self.served,
        }
        return always | {name: value for name, value in found.items() if value}


def _served(page: Page) -> str | None:
    moment = http_date(str(page.find("header.Date") or ""))
    try:
        return moment.astimezone(UTC).isoformat() if moment else None
    except OverflowError:
        return None


def _summed(counts: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    return {**counts, **{name: counts.get(name, 0) + count for name, count in more.items() if count}}


def _joined(edge: Mapping[str, int] | None, tally: Tally) -> Mapping[str, int] | None:
    if edge is None or tally.is_edge_full or len(edge) + len(tally.edge) > _MOST_ON_EDGE:
        return None
    return {**edge, **{mark: count for mark, (count, _) in tally.edge.items()}}
