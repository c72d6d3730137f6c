"""Relationalize with keys that stay: Glue's names for tables and columns, none of its moving ids.

As in Glue, structs become dotted columns, an array becomes a table `<root>_<path>` with `id`, `index` and
`<path>.val…`, and its column in the parent holds the key that the child's `id` repeats. Other than in Glue, that key
is a hash which is the same in every run, nulls stay null, an empty array makes no row, and no table is joined: the
keys travel down inside the elements.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from awsglue.dynamicframe import DynamicFrame, DynamicFrameCollection
from awsglue.transforms import GlueTransform

from glue_lib.errors import ShapeError
from glue_lib.lake.frame import KEY
from glue_lib.shape.keys import child_key, told_apart
from glue_lib.shape.sql import quoted

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# After so many arrays within each other, elements are kept and the plan begins anew: the code that Spark makes of a
# plan grows faster than its length, and compiling that of 16 levels took minutes.
_LEVELS = 6

NO_LABELS: Mapping[str, str] = {}

OwnKey = Callable[[str], str]
"""From the SQL of an element to that of what identifies it in its array, null where nothing does."""

NO_OWN_KEYS: Mapping[str, OwnKey] = {}


class Relationalize(GlueTransform):  # type: ignore[misc]
    """Flattens a DynamicFrame whose rows have a key column into a collection of frames: the root's and one an array.

    `carry` names further columns of the root that every table repeats; they and the key keep their names. The parent's
    key is a child's `id`, and a child has its own key under the same name as the root. `labels` gives an array column
    the text that its elements' keys hash, where that must not depend on the column's name. `own_keys` gives it what
    identifies its elements; those of other arrays are told apart by position. `staging_path` is taken as AWS's own
    transform takes it; nothing is staged here.
    """

    def __call__(
        self,
        frame: DynamicFrame,
        staging_path: str = "",
        name: str = "roottable",
        key: str = KEY,
        carry: Sequence[str] = (),
        labels: Mapping[str, str] = NO_LABELS,
        own_keys: Mapping[str, OwnKey] = NO_OWN_KEYS,
    ) -> DynamicFrameCollection:
        if clash := {"id", "index", "val"} & {key, *carry}:
            raise ShapeError(
                f"{name}: `{min(clash)}` is a column that child tables get; rename the one in the key first"
            )
        context = frame.glue_ctx
        tables = _Walk(name, key, tuple(carry), labels, own_keys).root(frame.toDF())
        frames = {table: DynamicFrame.fromDF(rows, context, table) for table, rows in tables}
        return DynamicFrameCollection(frames, context)


@dataclass(frozen=True)
class _Value:
    column: str  # its Glue name: the dotted path from the root
    sql: str
    kind: Any  # Spark type

    def flat(self) -> Iterator["_Value"]:
        """Yield the scalars and arrays that a value consists of, structs opened."""
        if self.kind.typeName() != "struct":
            yield self
            return
        for field in self.kind.fields:
            inner = _Value(f"{self.column}.{field.name}", f"{self.sql}.{quoted(field.name)}", field.dataType)
            yield from inner.flat()


@dataclass(frozen=True)
class _Walk:
    name: str
    key: str
    carry: tuple[str, ...]
    labels: Mapping[str, str]
    own_keys: Mapping[str, OwnKey]

    def root(self, rows: "DataFrame") -> Iterator[tuple[str, "DataFrame"]]:
        own = {self.key, *self.carry}
        values = [_Value(field.name, quoted(field.name), field.dataType) for field in rows.schema.fields]
        yield from self._table(rows, self.name, [value for value in values if value.column not in own], ())

    def _table(
        self, rows: "DataFrame", name: str, values: Sequence[_Value], places: Sequence[str]
    ) -> Iterator[tuple[str, "DataFrame"]]:
        flat = [leaf for value in values for leaf in value.flat()]
        arrays = [leaf for leaf in flat if leaf.kind.typeName() == "array"]
        columns = [f"{self._cell(leaf)} as {quoted(leaf.column)}" for leaf in flat]
        yield name, rows.selectExpr(quoted(self.key), *places, *map(quoted, self.carry), *columns)
        for array in arrays:
            element = _Value(f"{array.column}.val", "val", array.kind.elementType)
            elements = self._elements(rows, array)
            if array.column.count(".val") % _LEVELS == _LEVELS - 1:
                elements = elements.localCheckpoint(eager=False)
            yield from self._table(elements, f"{self.name}_{array.column}", [element], ("id", "index"))

    def _cell(self, leaf: _Value) -> str:
        is_array = leaf.kind.typeName() == "array"
        return f"case when {leaf.sql} is not null then {quoted(self.key)} end" if is_array else leaf.sql

    def _elements(self, rows: "DataFrame", array: _Value) -> "DataFrame":
        carried = tuple(map(quoted, self.carry))
        parents = (f"{quoted(self.key)} as id", *carried)
        label = self.labels.get(array.column, array.column)
        own_key = self.own_keys.get(array.column)
        if own_key is None:
            elements = rows.selectExpr(*parents, f"posexplode({array.sql}) as (index, val)")
            place, value = "index", "val"
        else:
            owns = f"transform({array.sql}, element -> {own_key('element')}) as owns"
            both = rows.selectExpr(*parents, f"{array.sql} as vals", owns).selectExpr(
                "id", *carried, "vals", f"{told_apart('owns')} as owns"
            )
            pairs = "zip_with(vals, owns, (val, own) -> named_struct('val', val, 'own', own))"
            elements = both.selectExpr("id", *carried, f"posexplode({pairs}) as (index, pair)")
            place, value = "pair.own", "pair.val as val"
        key = f"{child_key('id', label, place)} as {quoted(self.key)}"
        return elements.selectExpr(key, "id", "index", *carried, value)
