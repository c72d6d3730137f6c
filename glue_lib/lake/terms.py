"""What the rows of a stream's tables hang on. Every commit says it, so a file that says something else is noticed.

A table whose rows have keys of two sorts, or are records and versions at once, would be wrong in silence. Nothing here
asks Spark.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from glue_lib.errors import ConfigError

_ONE_ROW_A_KEY = ("upsert", "snapshot", "replace", "append")

ALLOWED: Mapping[str, Sequence[str]] = {**dict.fromkeys(_ONE_ROW_A_KEY, _ONE_ROW_A_KEY), "history": ("history",)}
"""Write mode of the tables -> those that may follow it."""

_SAME = ("key", "element_keys", "relationalize")


@dataclass(frozen=True)
class Terms:
    """The terms on which a stream's tables are written."""

    write: str
    key: tuple[str, ...] = ()
    element_keys: Mapping[str, Any] = field(default_factory=dict)
    relationalize: str = "headwater"

    def to_json(self) -> dict[str, Any]:
        """Return what a commit says of them: what is left out is as usual."""
        return {name: _plain(value) for name, value in asdict(self).items() if value}

    def check(self, name: str, before: Mapping[str, Any] | None) -> None:
        """Refuse what does not go together with `before`, the terms in the tables' newest commit."""
        if before is None:  # no table, or one from before this was said
            return
        if wrong := self._broken(before):
            was, now = (f"`{wrong}: {_shown(terms)}`" for terms in (before.get(wrong), self.to_json().get(wrong)))
            told = _told(wrong, str(before["write"]))
            raise ConfigError(
                f"{name}: its tables were made with {was}, and the file says {now}; {told}. Write what it said before, "
                "or build the tables anew from the raw zone: `headwater load FILE --stream "
                f"{name.rpartition('.')[2]} --rebuild`"
            )

    def _broken(self, before: Mapping[str, Any]) -> str | None:
        if self.write not in ALLOWED.get(str(before["write"]), ALLOWED):
            return "write"
        if self.write == "replace":  # every row is written anew
            return None
        now = self.to_json()
        return next((name for name in _SAME if before.get(name) != now.get(name)), None)


def _told(wrong: str, mode: str) -> str:
    if wrong == "write":
        return f"behind `write: {mode}` only {', '.join(ALLOWED[mode])} can follow"
    return "rows that are stored would not be found by what the file says now"


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_shown(inner)}" for name, inner in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(map(str, value))}]"
    return "nothing" if value is None else str(value)


def _plain(value: Any) -> Any:
    """Return the value as JSON gives it back."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in sorted(value.items())}
    return [_plain(inner) for inner in value] if isinstance(value, Sequence) and not isinstance(value, str) else value
