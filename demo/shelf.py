"""An edition ready to serve: every record as bytes, in the order of its list, so that a page is a slice and a join."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from demo.edition import Edition
from demo.json_text import written

Place = tuple[datetime, str]


@dataclass(frozen=True)
class Shelf:
    """Donations stand by `updated_at` (as an instant) and then id; `places` says where each one stands."""

    order: Sequence[Place]
    donations: Sequence[bytes]
    places: Mapping[str, Place]
    campaigns: Sequence[bytes]
    comments: Mapping[int, Sequence[bytes]]

    def donations_from(
        self, since: datetime | None, after: Place | None, *, limit: int
    ) -> tuple[Sequence[bytes], Place | None]:
        """Return up to `limit` donations from `since` on behind `after`, and the last one's place if more follow."""
        first = bisect_left(self.order, (since, "")) if since else 0
        if after:
            first = max(first, bisect_left(self.order, after) + 1)
        end = first + limit
        return self.donations[first:end], self.order[end - 1] if end < len(self.order) else None


def shelf(edition: Edition) -> Shelf:
    """Return the edition as bytes."""
    places = {key: (datetime.fromisoformat(record["updated_at"]), key) for key, record in edition.donations.items()}
    order = sorted(places.values())
    return Shelf(
        order=order,
        donations=[written(edition.donations[key]) for _, key in order],
        places=places,
        campaigns=[written(record, indent=2) for record in edition.campaigns.values()],
        comments={
            campaign: [written(record, ascii_only=True) for record in records]
            for campaign, records in edition.comments.items()
        },
    )
