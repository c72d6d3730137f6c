"""What a stream says of its nested values: types demanded for paths, objects that are maps, elements with a key.

A path passes through arrays without a mark; the entries of a map are `*`: `prices.*.amount`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from glue_lib.api.records import is_dotted

_ANY = "*"
_MAP = "map"


def is_nested(path: str) -> bool:
    """Whether the text is a path such as `amount`, `line_items.price` or `prices.*.amount`."""
    first, *others = path.split(".")
    return is_dotted(".".join([first, *("any" if step == _ANY else step for step in others)]))


def typed_paths(values: dict[str, str]) -> dict[str, str]:
    """Return the demanded types; a ValueError says which path is wrong."""
    for path in values:
        if not is_nested(path):
            raise ValueError(f"`{path}` is no path such as `amount`, `line_items.price` or `prices.*.amount`")
        if missing := next((map_ for map_ in _maps_in(path) if values.get(map_) != _MAP), None):
            raise ValueError(f"`{path}`: `*` stands for the entries of a map; declare it by `{missing}: map`")
    return values


def element_keys(values: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return the fields that identify elements, by array; a ValueError says what is wrong."""
    for array, fields in values.items():
        if not is_nested(array):
            raise ValueError(f"`{array}` is no path of an array such as `line_items` or `line_items.taxes`")
        if wrong := next((name for name in fields if not is_dotted(name)), None):
            raise ValueError(f"`{array}`: `{wrong}` is no field of an element such as `id` or `variant.id`")
        if not fields or len(set(fields)) < len(fields):
            raise ValueError(f"`{array}`: name the fields that identify an element, each once")
    return values


def faults(
    types: Mapping[str, str], keys: Mapping[str, Sequence[str]], named: Mapping[str, Sequence[str]], relationalize: str
) -> Iterator[str]:
    """Yield what does not fit together; `named` are the fields that other parts of a stream speak of, by that part."""
    maps = [path for path, type_ in types.items() if type_ == _MAP]
    for part, fields in named.items():
        for field in fields:
            if map_ := next((path for path in maps if f"{field}.".startswith(f"{path}.")), None):
                yield f"`{part}` names `{field}`, and `{map_}` is a map, which has no columns here"
    for array in keys:
        if map_ := next((path for path in _maps_in(array) if path not in maps), None):
            told = f"`*` stands for the entries of a map; declare it by `types: {{{map_}: map}}`"
            yield f"`element_keys`: `{array}`: {told}"
    if relationalize == "glue" and (maps or keys):
        yield (
            "`relationalize: glue` tells elements by their position only; for maps and `element_keys` write "
            "`relationalize: headwater`"
        )


def _maps_in(path: str) -> Iterator[str]:
    steps = path.split(".")
    yield from (".".join(steps[:place]) for place, step in enumerate(steps) if step == _ANY)


def _listed(values: Any) -> Any:
    if not isinstance(values, dict):
        return values
    return {array: [fields] if isinstance(fields, str) else fields for array, fields in values.items()}


ElementKeys = Annotated[
    dict[str, list[str]],
    BeforeValidator(_listed, json_schema_input_type=dict[str, str | list[str]]),
    AfterValidator(element_keys),
]
"""The fields that identify an element in its array: one or several for each array."""
