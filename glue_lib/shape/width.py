"""No table gets as many columns as an object has ids: such an object is to be declared as a map."""

from collections.abc import Iterator

from glue_lib.errors import ShapeError
from glue_lib.landing.notes import Notes
from glue_lib.shape.paths import EACH, Path, dotted, text

WIDEST = 5_000  # columns: far above any form that people fill in, and about what a catalog and a reader still take


def check_width(stream: str, columns: int, notes: Notes) -> None:
    """Raise a ShapeError where a table would be wider; it names the object with most keys, and the remedy."""
    if columns <= WIDEST:
        return
    path, keys = max(_objects(notes, ()), key=lambda one: one[1])
    remedy = f"if they are ids, declare it by `types: {{{dotted(path)}: map}}`, for a row an entry"
    raise ShapeError(
        f"{stream}: `{text(path)}` has {keys} different keys, and a table has at most {WIDEST} columns; "
        f"{remedy if path else 'if they are ids, let `records` read them one by one'}. No table was changed"
    )


def _objects(notes: Notes, path: Path) -> Iterator[tuple[Path, int]]:
    yield path, len(notes.fields)
    for key, below in notes.fields.items():
        yield from _objects(below, (*path, key))
    if notes.element is not None:
        yield from _objects(notes.element, (*path, EACH))
