"""Which columns the values at a path go to: a stored column never changes its type, and no value is lost.

A value goes to the first of its targets that holds it exactly: the plain column, then `<column>__<type>`, at last its
text in `<column>__string`, or in `<column>__number` for a number, so that `12` and `"12"` never look alike. Columns
that the table has are known by their comment, so that they keep their names.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from glue_lib.landing.notes import Notes
from glue_lib.shape.names import column_name, folded, told_apart
from glue_lib.shape.paths import Path, text
from glue_lib.shape.types import EPOCHS, MOMENTS, TEXT, UTC, column_type, family, holds, is_number, natural


@dataclass(frozen=True)
class Target:
    """A column that values can go to; `comment` says which path they come from."""

    name: str
    type: str
    comment: str
    is_stored: bool = False
    read_as: str = ""  # `epoch_s`, `epoch_ms` or `utc`, where a value becomes a moment by that rule alone

    @property
    def wanted(self) -> str:
        """Return what a value must be, to go here: of the column's type, a count since 1970, or a moment by UTC."""
        return self.read_as or self.type


@dataclass(frozen=True)
class Stored:
    """The columns of a table that exists: by comment, their name and type."""

    columns: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def of(self, path: Path) -> Iterator[tuple[str, str]]:
        """Yield name and type of the column of a path and of its variants."""
        for comment, column in self.columns.items():
            if comment == text(path) or comment.startswith(variant_comment(path)):
                yield column


def variant_comment(path: Path, word: str = "") -> str:
    """Return the comment of the column `<column>__<word>`, which holds what the path's plain column cannot."""
    return f"{text(path)} as {word}"


class Columns:
    """The columns of one table, while a layout gives them out."""

    def __init__(self, stored: Stored, *, recognise: bool = False) -> None:
        self._recognise = recognise  # moments in texts
        self._given = {comment: Target(*column, comment, is_stored=True) for comment, column in stored.columns.items()}
        self._taken = {folded(target.name) for target in self._given.values()}

    def targets(self, path: Path, kinds: Sequence[str], notes: Notes, hint: str = "") -> dict[str, tuple[Target, ...]]:
        """Return, for each kind of scalar at a path, its targets in order; the last of them holds all its values.

        A type that the pipeline file demands (`hint`) is tried first for every kind of value.
        """
        own = {"string": TEXT, "boolean": "boolean", "number": natural(notes) if "number" in kinds else ""}
        moment = notes.moment if self._recognise and kinds == ("string",) else ""
        plain = self._plain(path, hint, moment or own[kinds[0]])
        if plain.type == moment:  # where another run made it text, it stays text
            own["string"] = moment
        found = {}
        for kind in kinds:
            tried = self._for_numbers if kind == "number" else self._for_others
            chain = [plain] if hint or _may_hold(plain, kind) else []
            more = tried(path, plain, own[kind], kinds)
            while not (chain and _holds_all(chain[-1], kind, own[kind], notes)):
                chain.append(next(more))
            found[kind] = tuple(dict.fromkeys(chain))
        return found

    def _plain(self, path: Path, hint: str, own: str) -> Target:
        plain = self._column(path, text(path), column_name(path), column_type(hint or own))
        rule = hint if hint in EPOCHS else UTC if not hint else ""
        if rule and plain.type == "timestamp":
            plain = self._given[plain.comment] = replace(plain, read_as=rule)
        return plain

    def _for_numbers(self, path: Path, plain: Target, own: str, kinds: Sequence[str]) -> Iterator[Target]:
        variants = [target for target in self._given.values() if target.comment.startswith(variant_comment(path))]
        # First those that are there: where a number goes is not to depend on the numbers that come along.
        yield from [target for target in variants if is_number(target.type)]
        if own != TEXT:
            yield self._variant(path, plain, own)
        is_alone = plain.type == TEXT and "string" not in kinds and variant_comment(path, "number") not in self._given
        yield plain if is_alone else self._variant(path, plain, TEXT, word="number")

    def _for_others(self, path: Path, plain: Target, own: str, kinds: Sequence[str]) -> Iterator[Target]:
        yield plain if plain.type == own else self._variant(path, plain, own)
        yield self._variant(path, plain, TEXT)

    def _variant(self, path: Path, plain: Target, kind: str, word: str = "") -> Target:
        word = word or family(kind)
        return self._column(path, variant_comment(path, word), f"{plain.name}__{word}", kind)

    def _column(self, path: Path, comment: str, name: str, kind: str) -> Target:
        if comment not in self._given:
            free = told_apart(name, path, self._taken)
            self._taken.add(folded(free))
            self._given[comment] = Target(free, kind, comment)
        return self._given[comment]


def _may_hold(plain: Target, kind: str) -> bool:
    """Say whether the plain column is worth a try for values of this kind, also where it was made for others."""
    return is_number(plain.type) if kind == "number" else kind == "string" and plain.type in MOMENTS


def _holds_all(target: Target, kind: str, own: str, notes: Notes) -> bool:
    """Say whether the column is certain to hold every value of this kind."""
    if kind == "number":
        return target.type == TEXT or holds(target.type, notes)
    return target.type in (own, TEXT)
