"""Keys that stay the same from run to run: hashes of what identifies a row in the source.

A root's `_hw_key` is the hex of the first 128 bits of SHA-256 over the canonical JSON of its key values, each tagged
with its kind, so that `12` and `"12"` differ. A child's hashes its parent's key, its array and its position.
"""

from collections.abc import Sequence

_TAGS = {"string": "s", "number": "n", "boolean": "b"}


def root_key(values: Sequence[Sequence[tuple[str, str]]]) -> str:
    """Return the SQL of a root's key; per key column, the SQL of its value under each kind that it was seen as."""
    return _digest(f"to_json(array({', '.join(_tagged(kinds) for kinds in values)}))")


def place_key(run_id: str, slice_number: str, part: str, line: str) -> str:
    """Return the SQL of the key of a record that nothing identifies but where it was landed."""
    return _digest(f"concat_ws('/', '{run_id}', {slice_number}, {part}, {line})")


def child_key(parent: str, array: str, index: str) -> str:
    """Return the SQL of a child's key: under its parent's key, in the array of this name, at this position."""
    literal = array.replace("\\", "\\\\").replace("'", "\\'")
    return _digest(f"concat_ws('/', {parent}, '{literal}', {index})")


def _tagged(kinds: Sequence[tuple[str, str]]) -> str:
    tagged = [f"concat('{_TAGS[kind]}:', cast({value} as string))" for kind, value in kinds]
    return f"coalesce({', '.join(tagged)})"


def _digest(text: str) -> str:
    return f"substring(sha2({text}, 256), 1, 32)"
