"""Numbers of answers, kept as they are written: a double would change the long ones."""

from decimal import Decimal


class NumberText(str):
    """A number exactly as written, which never was a double."""

    def json_value(self) -> int | float | str:
        """Return the number for a JSON body; one that a double would change stays a text."""
        try:
            return int(self)
        except ValueError:
            return float(self) if Decimal(repr(float(self))) == Decimal(self) else str(self)
