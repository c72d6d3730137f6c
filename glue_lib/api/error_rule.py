"""The error rule: how an answer of status 200 is told to be an error."""

import json
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from glue_lib.api import selection
from glue_lib.api.place import BodyPlace
from glue_lib.api.verdict import complaint, is_error
from glue_lib.api.wording import shortened
from glue_lib.errors import ApiError
from glue_lib.kind import Kind


class ErrorRule(Kind):
    """What makes an answer of status 200 an error, beside its missing records.

    Without a rule these are: `ok` or `success` that is false, `status` that is `error`, `fail` or `failure`, and an
    `error` or `errors` that is not empty. The values of its own that an API uses are added:

        {"code": "FAILED", "text": "no such report", "rows": []}

        error: {when: body.code, is: [FAILED, EXPIRED], message: body.text}
        error: {when: body.code, is_not: ["0"]}

    An API whose good answers look like errors, since their own fields have these names:

        error: none
    """

    when: BodyPlace | None = Field(None, description="Where the answer says that it is an error.")
    values: list[str] = Field(
        [], alias="is", description="Values there that mean an error; default: any but no, 0, ok."
    )
    is_not: list[str] = Field([], description="The values there that mean no error, in place of `is`.")
    message: BodyPlace | None = Field(None, description="Where the answer says what went wrong.")
    recognise: bool = Field(True, description="Whether the usual signs of an error count too.")

    @model_validator(mode="after")
    def _when_is_given(self) -> Self:
        if self.when is None and (self.values or self.is_not or self.message):
            raise ValueError("`when` is missing: where the answer says that it is an error, such as `body.status`")
        if self.values and self.is_not:
            raise ValueError("`is` and `is_not` say the same thing; give one of them")
        return self

    def complaint(self, body: bytes) -> str | None:
        """Return what a JSON body says that went wrong, or None."""
        declared = self._declared(body) if self.when and body.lstrip()[:1] == b"{" else None
        return declared or (complaint(body) if self.recognise else None)

    def _declared(self, body: bytes) -> str | None:
        found = _at(body, self.when or "")
        if found is None or not self._is_error(found):
            return None
        said = _at(body, self.message) if self.message else None
        return _words(said) if said else f"`{self.when}` is `{_words(found)}`"

    def _is_error(self, found: bytes) -> bool:
        if self.values or self.is_not:
            return (_words(found) in self.values) if self.values else (_words(found) not in self.is_not)
        return is_error(found)


def _at(body: bytes, place: str) -> bytes | None:
    try:
        return selection.raw(body, place.removeprefix("body."))
    except selection.Truncated:
        raise
    except ApiError:
        return None  # nothing can be said by what is not there


def _words(found: bytes) -> str:
    value = json.loads(found, parse_int=str, parse_float=str) if found[:1] not in b"tfn" else found.decode()
    return shortened(value if isinstance(value, str) else found.decode(errors="replace"), 200)


def _from_text(value: Any) -> Any:
    words = {"none": {"recognise": False}, "recognised": {}}
    if isinstance(value, str) and value not in words:
        raise ValueError(f"`{value}` is no rule; allowed are `none`, `recognised`, or a mapping with `when`")
    return words[value] if isinstance(value, str) else value


ErrorField = Annotated[ErrorRule, BeforeValidator(_from_text, json_schema_input_type=str | ErrorRule)]
"""`error: none`, or a mapping that says what an error is."""
