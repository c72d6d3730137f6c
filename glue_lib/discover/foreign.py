"""Other tools' files: values that know their line, and an account of all that did not map."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from glue_lib.discover import reading
from glue_lib.discover.noted import Noted, one_line
from glue_lib.errors import ConfigError
from glue_lib.spec import document, references
from glue_lib.spec.document import Node
from glue_lib.spec.problem import dotted

EMPTY = Node({}, (), None)


@dataclass(frozen=True)
class Unmapped:
    """Something of a foreign file that the pipeline does not say."""

    line: int | None
    field: str
    what: str

    def told(self, name: str) -> str:
        """Return the line that its reader sees."""
        place = f"{name}:{self.line}:" if self.line else f"{name}:"
        return one_line(f"{place} {self.field + ': ' if self.field else ''}{self.what}")


@dataclass
class Import:
    """A pipeline that is made out of a foreign file."""

    source: str
    base_url: Any = ""
    auth: Any = None
    headers: dict[str, Any] = field(default_factory=dict)
    limits: Any = None
    streams: dict[str, Any] = field(default_factory=dict)
    unmapped: list[Unmapped] = field(default_factory=list)

    def lose(self, node: Node, what: str) -> None:
        """Say that something at a place did not map."""
        found = Unmapped(node.line, dotted(node.path), what)
        if found not in self.unmapped:
            self.unmapped.append(found)

    def tree(self) -> dict[str, Any]:
        """Return the pipeline file as a tree."""
        tree: dict[str, Any] = {"source": self.source, "base_url": self.base_url}
        if self.auth:
            tree["auth"] = self.auth
        if self.headers:
            tree["headers"] = self.headers
        told = ("a careful guess; take what the API's manual allows",)
        tree["limits"] = self.limits or Noted({"requests_per_second": 5, "concurrency": 2}, (), told)
        tree["streams"] = self.streams
        return tree

    def secret(self, field_name: str, node: Node | None) -> str:
        """Return the reference for a credential: that of the file, or a new one in the place of the credential."""
        text = node.value if node and isinstance(node.value, str) else ""
        if references.find(text) and references.fault(text) is None:
            return text
        if node and text:
            self.lose(node, f"the file holds a credential; store it in field `{field_name}` of secret `{self.source}`")
        return f"${{secret:{self.source}#{field_name}}}"


class Fields:
    """The fields of a foreign mapping; those that nobody took are told in the end."""

    def __init__(self, node: Node | None, into: Import) -> None:
        self.node = node or EMPTY
        self._into, self._taken = into, {"type"}

    def take(self, *names: str) -> Node | None:
        """Return the first of some fields that is there, and take all of them for told."""
        self._taken.update(names)
        found = (self.node.child(name) for name in names)
        return next((node for node in found if node is not None and node.value is not None), None)

    def text(self, *names: str, default: str = "") -> str:
        """Return a field as text."""
        node = self.take(*names)
        return default if node is None or isinstance(node.value, dict | list) else as_text(node)

    def rest(self, ignored: Collection[str] = (), told: str = "has no counterpart") -> None:
        """Tell what was not taken."""
        if isinstance(self.node.value, dict):
            for name, node in self.node.value.items():
                if name not in self._taken and name not in ignored and node.value not in (None, "", False):
                    self._into.lose(node, told)


def read(text: str, name: str) -> Node:
    """Return a JSON or YAML text as a tree that knows its lines, where it is not too long for that."""
    found = document.read(text)
    if found.root is not None and not any(problem.text.startswith("has the tag") for problem in found.problems):
        return found.root
    if found.problems and "has the tag" in found.problems[0].text:
        raise ConfigError(f"{found.problems[0].told(name)}")
    value = reading.read(text, name)
    if _size(value) > _MOST_VALUES:
        raise ConfigError(f"{name}: unfolds without end")
    return document.given(value, ())


def plain(node: Node) -> Any:
    """Return a tree's values alone."""
    if isinstance(node.value, Mapping):
        return {key: plain(child) for key, child in node.value.items()}
    return [plain(child) for child in node.value] if isinstance(node.value, list) else node.value


def as_text(node: Node) -> str:
    """Return a scalar as it is written."""
    if node.value is None or node.value == {}:
        return ""
    return node.value if isinstance(node.value, str) else node.written or json.dumps(node.value, default=str)


def mapping(node: Node | None) -> dict[str, Node]:
    """Return the fields of a mapping; of anything else, none."""
    return node.value if node is not None and isinstance(node.value, dict) else {}


def elements(node: Node | None) -> list[Node]:
    """Return the elements of a list; of anything else, none."""
    return node.value if node is not None and isinstance(node.value, list) else []


def body_place(path: str) -> str | None:
    """Return a JSONPath such as `$.paging.next` as a place in the body; None where it is no plain path."""
    found = dotted_path(path)
    return f"body.{found}" if found else None


def dotted_path(path: str) -> str | None:
    """Return a JSONPath as a dotted path: `$.data.items[*]` is `data.items`; None where it is no plain one."""
    text = re.sub(r"^\$\.?", "", path.strip())
    text = re.sub(r"(\.?\[\*\]|\.\*)$", "", text)
    text = re.sub(r"\[['\"]([^'\"\[\]]+)['\"]\]", r'."\1"', text).removeprefix(".")
    keys = re.findall(r'"[^"]+"|[^."]+', text)
    if any(not key.startswith('"') and re.search(r"[\s\[\]{}()*?|&,'`\\]", key) for key in keys):
        return None
    return ".".join(key.strip('"') if re.fullmatch(r'"[\w@$-]+"', key) else key for key in keys)


def found_at(node: Node, *keys: str) -> Iterator[Node]:
    """Yield the mappings of a tree that have all of some keys, the outer ones first."""
    waiting = [node]
    while waiting:
        one = waiting.pop(0)
        if isinstance(one.value, dict):
            if all(key in one.value for key in keys):
                yield one
            waiting += one.value.values()
        elif isinstance(one.value, list):
            waiting += one.value


_MOST_VALUES = 500_000


def _size(value: Any) -> int:
    """Return how many values there are once all aliases are unfolded, as far as that is told."""
    waiting, count = [value], 0
    while waiting and count <= _MOST_VALUES:
        one = waiting.pop()
        count += 1
        waiting += one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
    return count
