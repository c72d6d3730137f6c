"""A batch: several parents asked for by one request of a fan-out."""

from typing import Any

from pydantic import Field, model_validator

from glue_lib.kind import Kind


class Batch(Kind):
    """How many parents one request asks for, and how their values are written where one would stand.

    The request, for `params: {ids: "{users.id}"}`, and for `params: {"ids[]": "{users.id}"}`:

        GET /profiles?ids=17,18,19
        GET /profiles?ids[]=17&ids[]=18&ids[]=19

    The YAML:

        path: /profiles
        params: {ids: "{users.id}"}
        batch: 50

    A JSON body takes an array where the placeholder is a whole value, `body: {ids: "{users.id}"}`. Within a text the
    values stand one behind the other, such as in a query:

        params: {q: "SELECT Id FROM Contact WHERE AccountId IN ('{accounts.Id}')"}
        batch: {size: 200, joined_by: "','"}

    No single parent brought such a record, so records carry no parent's values and `key` identifies them alone. Other
    placeholders in the path keep one value a request, and their values are carried:
    `path: "/teams/{users.team}/profiles"` asks for fifty users of one team at a time.
    """

    size: int = Field(gt=1, le=10_000, description="How many parents one request asks for.")
    joined_by: str = Field(",", description="What stands between two values in a text.")
    repeated: bool = Field(False, description="Whether a parameter is sent once for each value, also without `[]`.")

    @model_validator(mode="before")
    @classmethod
    def _of_size(cls, value: Any) -> Any:
        return {"size": value} if isinstance(value, int | str) else value
