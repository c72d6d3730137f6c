"""What stands in a column: of each leaf that may go there, the values that no earlier column of its chain held."""

from collections.abc import Callable, Sequence

from glue_lib.shape.exact import first_held
from glue_lib.shape.layout import Leaf
from glue_lib.shape.targets import Target


def cell(target: Target, leaves: Sequence[Leaf], value: Callable[[Leaf], str]) -> str:
    """Return the SQL of a column; `value` gives that of a leaf."""
    pieces = []
    for leaf in leaves:
        if target in leaf.targets:
            chain = first_held(value(leaf), leaf.type, tuple(other.wanted for other in leaf.targets))
            pieces.append(chain[leaf.targets.index(target)])
    return pieces[0] if len(pieces) == 1 else f"coalesce({', '.join(pieces)})"
