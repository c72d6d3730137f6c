"""A kind is one frozen class: its fields are its YAML keys, its method its behaviour, its docstring its reference.

A family of kinds (pagination, auth, write modes) is a package; each kind is a class in a module of it, told apart by
its `type`. Adding a kind is adding a module: nothing else names it.
"""

import importlib
import pkgutil
from functools import reduce
from operator import or_
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class Kind(BaseModel):
    """Base of every class that is written in a pipeline file: frozen, and unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def members(package: str, family: type[Kind]) -> dict[str, type[Kind]]:
    """Return the kinds of `family` that stand in the modules of `package`, by their `type`, in alphabetical order."""
    root = importlib.import_module(package)
    for module in pkgutil.iter_modules(root.__path__):
        importlib.import_module(f"{package}.{module.name}")
    there = [kind for kind in _descendants(family) if kind.__module__.startswith(f"{package}.")]
    found = {kind.model_fields["type"].default: kind for kind in there if "type" in kind.model_fields}
    return dict(sorted(found.items()))


def one_of(package: str, family: type[Kind]) -> Any:
    """Return the pydantic type `one kind of this family`; a bare word `x` is short for `{type: x}`."""
    kinds = tuple(members(package, family).values())
    union = reduce(or_, kinds[1:], kinds[0])
    choice = Annotated[union, Field(discriminator="type")] if len(kinds) > 1 else union
    return Annotated[choice, BeforeValidator(lambda value: {"type": value} if isinstance(value, str) else value)]


def _descendants(family: type[Kind]) -> list[type[Kind]]:
    direct = family.__subclasses__()
    return direct + [deeper for kind in direct for deeper in _descendants(kind)]
