"""Records: where they stand in an answer, and what they look like there."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_serializer

from glue_lib.kind import Kind

_DOTTED = re.compile(r"[^\s.\[\]{}()*?|&,'\"`\\]+(\.[^\s.\[\]{}()*?|&,'\"`\\]+)*\Z")


def is_dotted(text: str) -> bool:
    """Whether the text is a path of bare keys such as `data` or `result.items`."""
    return _DOTTED.match(text) is not None and text.partition(".")[0] != "$"


def _path(text: str) -> str:
    if text and not is_dotted(re.sub(r'"[^"]+"', "key", text)):
        raise ValueError(f"`{text}` is no dotted path to an array, such as `data` or `result.items`")
    return text


class Records(Kind):
    """Where the records of an answer stand.

    The JSON:

        {"result": {"items": [{"id": 1}, {"id": 2}]}}

    The YAML:

        records: result.items
    """

    path: str = Field("", description="Path to the records; empty when the answer is the array itself.")

    @model_serializer(mode="wrap")
    def _written(self, as_mapping: Any) -> Any:
        """Return what the file said: a bare path where there is nothing else."""
        written = as_mapping(self)
        return self.path if self == Records(path=self.path) else written


def from_text(value: Any) -> Any:
    """Let a bare path stand for `{path: …}`; a ValueError says how one is written."""
    return {"path": _path(value)} if isinstance(value, str) else value


RecordsField = Annotated[Records, BeforeValidator(from_text, json_schema_input_type=str | Records)]
"""`records: data.items`, or a mapping that says more."""
