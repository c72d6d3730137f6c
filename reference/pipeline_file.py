"""The pages about the pipeline file: from the JSON Schema, whose words are the docstrings and fields of the kinds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from glue_lib.api.auth.base import Auth
from glue_lib.api.decoding.base import Decoder
from glue_lib.api.pagination.base import Pagination
from glue_lib.kind import Kind, members
from glue_lib.lake.write.base import WriteMode
from glue_lib.spec.pipeline import Pipeline
from glue_lib.spec.schema import schema
from glue_lib.spec.stream import Stream
from reference.keys import Link, Schema, keys
from reference.markdown import anchor, prose

FILE = "pipeline-file.md"
_INTRO = """# Pipeline file

Every key that a pipeline file may have; unknown keys are errors. Where a `type` needs no other key, its name alone
stands for the whole mapping: `auth: none` is `auth: {type: none}`. Nothing (`~`) in a stream takes away what `defaults`
gave.
Editors show this page's words while you type, by the schema that the first line of a file names:

```yaml
# yaml-language-server: $schema=pipeline.schema.json
```

Texts may hold references: `${secret:name#field}` comes from AWS Secrets Manager, outside of AWS from an environment
variable or a file of secrets; `${env:NAME}` from the environment.
"""
_STREAM = """
`defaults` has the same keys, and every stream starts from it: mappings are merged key by key, all else is replaced.
"""


@dataclass(frozen=True)
class Family:
    """A field whose values are kinds, told apart by their `type`; each family is a page of its own."""

    field: str
    title: str
    lead: str
    kinds: Mapping[str, type[Kind]]


FAMILIES = {
    "authentication.md": Family(
        "auth",
        "Authentication",
        "How requests prove who they come from. Credentials are references, and go to the host of `base_url` alone.",
        members("glue_lib.api.auth", Auth),
    ),
    "pagination.md": Family(
        "pagination",
        "Pagination",
        "How the next page is asked for, and how a stream's end is proven.",
        members("glue_lib.api.pagination", Pagination),
    ),
    "formats.md": Family(
        "format",
        "Formats of answers",
        "What the answers are written in. Gzip and zip are recognised by their first bytes, whatever the format.",
        members("glue_lib.api.decoding", Decoder),
    ),
    "write-modes.md": Family(
        "write",
        "Write modes",
        "How the rows of a run get into the table.",
        members("glue_lib.lake.write", WriteMode),
    ),
}


def pages() -> dict[str, str]:
    """Return the pages by their names."""
    return {FILE: _file(), **{page: _family(page, family) for page, family in FAMILIES.items()}}


@cache
def mappings() -> Mapping[str, type[Kind]]:
    """Return the class of each mapping of a pipeline file, by its name in the schema."""
    known = {kind.__name__: kind for kind in _all(Kind)}
    return {name: known[name] for name in schema()["$defs"] if name != "Defaults"}


def _all(kind: type[Kind]) -> Iterator[type[Kind]]:
    for below in kind.__subclasses__():
        yield below
        yield from _all(below)


@cache
def _schema() -> Schema:
    return schema()


def _file() -> str:
    parts = [_INTRO, "## The file\n", keys(Pipeline, _schema(), _linking(FILE))]
    parts += ["## A stream\n", prose(Stream.__doc__), _STREAM, _keys_of("Stream", FILE)]
    for name in _below():
        parts += [f"## {_title(name)} {{: #{anchor(name)} }}\n", _section(name, FILE)]
    return "\n".join(parts)


def _family(page: str, family: Family) -> str:
    parts = [f"# {family.title}\n", f"{family.lead} `{family.field}:` is one of these.\n"]
    for kind, one in family.kinds.items():
        parts += [f"## `{kind}` {{: #{anchor(kind)} }}\n", _section(one.__name__, page)]
    return "\n".join(parts)


def _section(name: str, page: str) -> str:
    return f"{prose(mappings()[name].__doc__)}\n{_keys_of(name, page)}"


def _keys_of(name: str, page: str) -> str:
    return keys(mappings()[name], _schema()["$defs"][name], _linking(page))


def _below() -> list[str]:
    """Return the mappings below the file and its streams that are no kinds of a family."""
    of_families = {kind.__name__ for family in FAMILIES.values() for kind in family.kinds.values()}
    return [name for name in mappings() if name not in {"Stream"} | of_families]


def _title(name: str) -> str:
    """Return the keys under which a mapping stands, else its name."""
    return ", ".join(f"`{place}`" for place in sorted(set(_places(name)))) or name


def _places(name: str) -> Iterator[str]:
    for mapping in (_schema(), *_schema()["$defs"].values()):
        for key, field in mapping.get("properties", {}).items():
            if f"'#/$defs/{name}'" in str(field):
                yield key


def _linking(page: str) -> Link:
    """Return what makes links to the mappings, as seen from a page."""

    def link(name: str) -> str:
        there, place, told = _address(name)
        return f"[{told}]({'' if there == page else there}#{place})"

    return link


def _address(name: str) -> tuple[str, str, str]:
    """Return the page on which a mapping is described, its anchor there, and what a link to it says."""
    for page, family in FAMILIES.items():
        for kind, one in family.kinds.items():
            if one.__name__ == name:
                return page, anchor(kind), f"`{kind}`"
    return FILE, "a-stream" if name in ("Stream", "Defaults") else anchor(name), "mapping"
