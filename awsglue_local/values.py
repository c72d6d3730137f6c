"""The small values that `awsglue` makes in the JVM and hands back to it: they travel through unchanged."""

import json
from dataclasses import dataclass
from typing import Any

from py4j.java_gateway import JavaObject

from awsglue_local.absent import StandIn, absent
from awsglue_local.casts import is_type

SAME = ""  # the type that the source has


@dataclass(frozen=True)
class JsonOptions(StandIn):
    """Options of a source, sink or transform, written as JSON by `awsglue`."""

    text: str
    jvm_name = "JsonOptions"

    @classmethod
    def of(cls, options: dict[str, Any]) -> "JsonOptions":
        return cls(json.dumps(options))

    def values(self) -> dict[str, Any]:
        """Return the options as a dict; `callSite` is `awsglue`'s own and left out."""
        return {name: value for name, value in json.loads(self.text or "{}").items() if name != "callSite"}


@dataclass(frozen=True)
class CallSite(StandIn):
    """Where in the script a transform was called, for Glue's error records."""

    site: str
    info: str
    jvm_name = "CallSite"


@dataclass(frozen=True)
class ResolveSpec(StandIn):
    """What to do with the choice at a path: `("price", "cast:double")`."""

    path: str
    action: str
    jvm_name = "ResolveSpec"

    @classmethod
    def apply(cls, path: str, action: str) -> "ResolveSpec":
        return cls(path, action)


@dataclass(frozen=True)
class MappingSpec(StandIn):
    """One line of an `apply_mapping`: from a source path and type to a target path and type."""

    source: str
    source_type: str
    target: str
    target_type: str
    jvm_name = "MappingSpec"

    @classmethod
    def apply(cls, parts: tuple[str, ...]) -> "MappingSpec":
        """Return the line. Of the shorter tuples no source tells the meaning: two are paths, the third is a type."""
        if len(parts) == 4:
            return cls(*parts)
        if len(parts) == 2:
            return cls(parts[0], SAME, parts[1], SAME)
        types = [is_type(part) for part in parts[1:]]
        if types == [True, False]:
            return cls(parts[0], parts[1], parts[2], SAME)
        if types == [False, True]:
            return cls(parts[0], SAME, parts[1], parts[2])
        absent(
            f"apply_mapping with the tuple {parts}",
            "it is not clear which one is the type; give (source path, source type, target path, target type)",
        )


def values_of(sequence: Any) -> list[Any]:
    """Return the members of what `toSeq` made: of stand-ins a tuple, of texts a sequence in Spark's JVM."""
    if isinstance(sequence, JavaObject):
        return [sequence.apply(position) for position in range(sequence.size())]
    return list(sequence)
