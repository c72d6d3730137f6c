"""Odds: what the reader of a run should know of a slice although it is whole."""

from collections.abc import Mapping

from glue_lib import log

_CAPS = (1_000, 2_000, 5_000, 10_000, 20_000, 25_000, 50_000, 100_000, 1_000_000)  # at which APIs like to stop

_KEPT = {
    "outside": (
        "stand outside of what was asked for: the API ignores a bound, or takes one inclusively, and then "
        "`cursor.until_inclusive` keeps them from being landed twice"
    ),
    "unreadable": "have a value at `cursor.field` that is not in the format of `cursor.format`",
    "nulls": "have no value at `cursor.field`",
}


def tell_odds(stream: str, work: str, counts: Mapping[str, int]) -> None:
    """Tell of records that were kept although their cursor field is not as the file says."""
    for name, told in _KEPT.items():
        if counts.get(name):
            log.warning("records kept", stream=stream, slice=work, reason=f"{counts[name]:,} records {told}")


def tell_round_number(stream: str, window: str, *, rows: int, pages: int) -> None:
    """Tell of an end that nothing proves, at a number where APIs like to stop in silence."""
    if rows in _CAPS and pages > 1:
        told = f"ended at exactly {rows:,} records; if the API gives no more for one query, set `cursor.most`"
        log.warning("end in doubt", stream=stream, window=window, reason=told)
