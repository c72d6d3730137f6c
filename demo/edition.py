"""An edition is all the platform's records at one version: version 1 is drawn here, `changes` makes version 2 of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from demo.campaigns import CAMPAIGNS, campaign, comments_of
from demo.donations import first_donations
from demo.json_text import Record


@dataclass(frozen=True)
class Edition:
    """The records by their ids; comments by their campaign's."""

    donations: Mapping[str, Record]
    campaigns: Mapping[int, Record]
    comments: Mapping[int, Sequence[Record]]


@cache
def first_edition() -> Edition:
    """Return version 1, the same object each time: whoever alters a record alters a copy."""
    numbers = range(1, CAMPAIGNS + 1)
    return Edition(
        donations={record["id"]: record for record in first_donations()},
        campaigns={number: campaign(number) for number in numbers},
        comments={number: comments_of(number) for number in numbers},
    )
