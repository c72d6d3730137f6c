"""A patch: one thing that moto lacks, how to see that it is lacking, and what mends it."""

from collections.abc import Callable
from dataclasses import dataclass

from local_aws.place import Place

MOTO = "5.2.5"
"""The version that the patches were written for: they reach into names that are moto's own affair."""


@dataclass(frozen=True)
class Patch:
    """`lacks` asks moto itself, so that a patch that is needed no more is noticed."""

    name: str
    without_it: str  # what happens on moto as it is
    lacks: Callable[[], bool]
    mend: Callable[[Place], None]
