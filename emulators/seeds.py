"""Made-up data that is the same each time: a seed by name, and what is drawn from it."""

import random
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, TypeVar

from .moments import YEAR_2025

_HALF_YEAR = 180 * 86_400
_FIRST = ("Ada", "Bo", "Chloé", "Dmitri", "Esi", "Fatima", "Grażyna", "Hồ", "Ines", "Jorge", "Kwame", "Łukasz", "美咲")
_LAST = ("Abara", "Brânză", "Cohen", "D'Arcy", "Eze", "Fuchs", "García", "Hansen", "Ito", "Jones-Smith", "Kováč")
_WORDS = (
    *("amber", "bridge", "cedar", "delta", "ember", "fjord"),
    *("grove", "harbor", "inlet", "juniper", "kelp", "lagoon"),
)

T = TypeVar("T")


class Seed:
    """Draws values; two seeds of one name draw the same."""

    def __init__(self, name: str) -> None:
        self._random = random.Random(name)

    def pick(self, options: Sequence[T]) -> T:
        """Return one of the options."""
        return self._random.choice(options)

    def some(self, options: Sequence[T], most: int) -> list[T]:
        """Return none to `most` of the options, each once."""
        return self._random.sample(options, self._random.randint(0, most))

    def whole(self, low: int, high: int) -> int:
        """Return a whole number, both ends included."""
        return self._random.randint(low, high)

    def chance(self, share: float) -> bool:
        """Return True for this share of the draws."""
        return self._random.random() < share

    def person(self) -> str:
        """Return a name that plain ASCII cannot always hold."""
        return f"{self.pick(_FIRST)} {self.pick(_LAST)}"

    def words(self, count: int) -> str:
        """Return so many words."""
        return " ".join(self.pick(_WORDS) for _ in range(count))

    def code(self, length: int) -> str:
        """Return letters and digits, as ids have them."""
        return "".join(self._random.choices("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789", k=length))

    def money(self, most: int = 500) -> Decimal:
        """Return an amount with two digits behind the point, `12.50` among them."""
        return Decimal(self._random.randint(1, most * 20)) * Decimal("0.05")

    def epochs(self, count: int) -> list[int]:
        """Return so many moments of the half year, in order, as epoch seconds."""
        return sorted(YEAR_2025 + self._random.randrange(_HALF_YEAR) for _ in range(count))


def found(records: Sequence[dict[str, Any]], field: str, value: Any) -> int | None:
    """Return the position of the record whose field has that value."""
    return next((position for position, record in enumerate(records) if record[field] == value), None)
