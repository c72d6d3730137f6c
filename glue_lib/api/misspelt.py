"""Misspelt expressions: a JMESPath passes over what is not there, so one with a typing error finds nothing, silently.

Such an expression names a key that none of the objects has which it looks at. An expression that finds nothing
because the arrays are empty, or because the key holds null, names no such key.
"""

from dataclasses import dataclass, field
from typing import Any

import jmespath
from jmespath.visitor import TreeInterpreter

_Node = dict[str, Any]
_KEY = "field"


@dataclass
class _Walk:
    """Goes where an expression goes, and notes what was not there."""

    unknown: list[str] = field(default_factory=list)
    is_filtered: bool = False

    def along(self, node: _Node, values: list[Any]) -> list[Any]:
        """Return what the values lead to; of a key that some of them have, those that have it."""
        children = node["children"]
        match node["type"]:
            case "field":
                return self._under(node["value"], values)
            case "subexpression" | "pipe" | "index_expression":
                for child in children:
                    values = self.along(child, values)
                return values
            case "flatten":
                return [[each for one in _elements(values, self, children[0]) for each in _flat(one)]]
            case "projection":
                return [self.along(children[1], _elements(values, self, children[0]))]
            case "value_projection":
                objects = [one for one in self.along(children[0], values) if isinstance(one, dict)]
                return [self.along(children[1], [each for one in objects for each in one.values()])]
            case "filter_projection":
                self.is_filtered = True
                looked_at = _elements(values, self, children[0])
                for name in _keys(children[2]):
                    self._under(name, looked_at)
                return [self.along(children[1], [one for one in looked_at if _evaluated(children[2], one)])]
            case "multi_select_list" | "multi_select_dict" | "key_val_pair":
                return [each for child in children for each in self.along(child, values)]
        return [found for value in values if (found := _evaluated(node, value)) is not None]

    def _under(self, name: str, values: list[Any]) -> list[Any]:
        objects = [value for value in values if isinstance(value, dict)]
        if objects and not any(name in one for one in objects):
            self.unknown.append(name)
        return [one[name] for one in objects if one.get(name) is not None]


def unknown_key(expression: str, value: Any) -> tuple[str | None, bool]:
    """Return the first key of an expression that no object has where it looks, and whether the expression filters.

    What a filter takes out is taken out on purpose, and a key that it asks for may well be optional.
    """
    walk = _Walk()
    walk.along(jmespath.compile(expression).parsed, [value])
    return (walk.unknown[0] if walk.unknown else None), walk.is_filtered


def _elements(values: list[Any], walk: _Walk, node: _Node) -> list[Any]:
    return [each for one in walk.along(node, values) if isinstance(one, list) for each in one]


def _flat(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _evaluated(node: _Node, value: Any) -> Any:
    return TreeInterpreter().visit(node, value)


def _keys(node: Any) -> list[str]:
    """Return the keys of the elements that a filter asks for, not those inside of their values."""
    if node["type"] == _KEY:
        return [node["value"]]
    if node["type"] in ("subexpression", "index_expression", "projection", "flatten", "literal"):
        return _keys(node["children"][0]) if node["children"] else []
    return [key for child in node["children"] for key in _keys(child)]
