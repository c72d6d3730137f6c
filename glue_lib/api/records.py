"""Records: where they stand in an answer, and what they look like there."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_serializer, model_validator

from glue_lib.api import query
from glue_lib.kind import Kind

_DOTTED = re.compile(r"[^\s.\[\]{}()*?|&,'\"`\\]+(\.[^\s.\[\]{}()*?|&,'\"`\\]+)*\Z")
_COLUMNS = re.compile(r"body\.[^\[\]]+(\[\]\.[^\[\]]+)?\Z")


def is_dotted(text: str) -> bool:
    """Whether the text is a path of bare keys such as `data` or `result.items`."""
    return _DOTTED.match(text) is not None and text.partition(".")[0] != "$"


def _is_plain(text: str) -> bool:
    return not text or is_dotted(re.sub(r'"[^"]+"', "key", text))


def _path(text: str) -> str:
    if not _is_plain(text) and (wrong := query.fault(text)):
        told = "is neither a dotted path to an array, such as `data` or `result.items`, nor a JMESPath expression"
        raise ValueError(f"`{text}` {told}{wrong}")
    return text


def _columns(given: str | list[str]) -> str | list[str]:
    if given == [] or (isinstance(given, str) and given != "first_row" and not _COLUMNS.match(given)):
        raise ValueError(
            f"`{given}` names no columns; allowed are a list of names, `first_row`, or a place in the answer such as "
            "`body.fields` (texts) or `body.fields[].name` (objects)"
        )
    return given


class Records(Kind):
    """Where the records of an answer stand, and what they look like there.

    The JSON:

        {"result": {"items": [{"id": 1}, {"id": 2}]}}

    The YAML:

        records: result.items

    A dotted path takes the records as the bytes that were sent, also from answers too long for memory. Any other
    JMESPath is evaluated on the decoded answer, which must not be long; numbers stay as they are written:

        {"groups": [{"rows": [{"id": 1}]}, {"rows": [{"id": 2}]}]}

        records: groups[].rows[]

    (It passes over what is null, and over groups without rows. Where it finds no record at all, and names a key that
    no object has where it looks, it is taken for misspelt: an error, or a warning where it filters.) So an answer that
    is one record is written `"[@]"`.

    Records under their ids (here two records, each with a field `id`):

        {"users": {"u1": {"name": "Ann"}, "u2": {"name": "Ben"}}}

        records: {path: users, keyed_as: id}

    Bare values (records `{"code": "CH"}` and `{"code": "LI"}`):

        {"countries": ["CH", "LI"]}

        records: {path: countries, value_as: code}

    Positional arrays, their column names in the answer, in the file, or in the first row:

        {"fields": [{"name": "id"}, {"name": "city"}], "rows": [[1, "Chur"], [2, "Bern"]]}

        records: {path: rows, columns: "body.fields[].name"}
        records: {path: rows, columns: [id, city]}
        records: {path: values, columns: first_row}

    One record spread over neighbours with the same `id` (their arrays are joined, all else must be equal):

        [{"id": 1, "lines": [{"n": 1}]}, {"id": 1, "lines": [{"n": 2}]}]

        records: {joined_by: id}

    An API that leaves the array out, or writes null, when there are no records:

        records: {path: data, missing: is_empty}
    """

    path: Annotated[str, AfterValidator(_path)] = Field(
        "", description="Dotted path to the records, or a JMESPath; empty when the answer is the array itself."
    )
    keyed_as: str | None = Field(None, description="The records are the values of an object; the field for their keys.")
    value_as: str | None = Field(None, description="The records are bare values; the field that holds them.")
    columns: Annotated[str | list[str], AfterValidator(_columns)] | None = Field(
        None, description="The records are arrays; the names of their columns, or where these stand."
    )
    joined_by: str | None = Field(None, description="Field by which neighbours are parts of one record.")
    missing: Literal["error", "null_is_empty", "is_empty"] = Field(
        "error", description="What it means when the records are null, or not there: an error unless the file says so."
    )

    @model_validator(mode="after")
    def _shapes_fit(self) -> Self:
        if self.columns and (self.value_as or self.keyed_as):
            raise ValueError("`columns` is for arrays, `value_as` and `keyed_as` are not; give one of them")
        if self.keyed_as and self.keyed_as == self.value_as:
            raise ValueError("`keyed_as` and `value_as` must be two different fields")
        if self.keyed_as and self.is_query:
            raise ValueError("`keyed_as` needs a dotted path to the object whose values are the records")
        return self

    @property
    def is_query(self) -> bool:
        """Whether the path is an expression, which needs the decoded answer."""
        return not _is_plain(self.path)

    @property
    def are_objects(self) -> bool:
        """Whether the records are plain objects in an array."""
        return not (self.keyed_as or self.value_as or self.columns)

    @property
    def columns_stand_in_the_answer(self) -> bool:
        """Whether the names of columns are known only when the whole answer is."""
        return isinstance(self.columns, str) and self.columns != "first_row"

    @property
    def named(self) -> str:
        """The place of the records, as errors name it."""
        return f"`{self.path}`" if self.path else "the body"

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
