"""How many bad records a run may have before it is refused."""

from dataclasses import dataclass
from decimal import Decimal

_SHARE = 0.1
_FEW = 10  # bad records that are never too many of a run with good ones: little runs would fail of each single one


@dataclass(frozen=True)
class Tolerance:
    """What `max_bad_records` and `max_bad_share` say; None is what was not given."""

    records: int | None = None
    share: float | None = None

    def exceeded(self, bad: int, of: int) -> str | None:
        """Return the limit that so many bad ones of all records exceed, in words; None when they may be set aside.

        Unless a limit is given it is a tenth, or ten records where that is more. Nothing but bad records is too many,
        unless a share of 1 was given: it is the pipeline file that is wrong then, and tables would be emptied.
        """
        if self.records is not None and bad > self.records:
            return f"more than `max_bad_records: {self.records}`"
        if self.share is not None:
            most = (
                Decimal(repr(self.share)) * of
            )  # as it is written: a double of 0.29 is less, and 29 of 100 were too many
            return f"more than `max_bad_share: {self.share:g}`" if bad > most else None
        if bad and bad == of:
            return "all there are"
        if self.records is None and bad > max(_FEW, _SHARE * of):
            return f"more than {_FEW} and more than a tenth"
        return None
