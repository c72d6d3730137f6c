"""Missing parents: records of a parent stream of which the API knows nothing when their children are asked for."""

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from glue_lib.errors import ApiError
from glue_lib.kind import Kind


class MissingParent(Kind):
    """What it means when the API does not know a parent whose children are asked for.

    By default a 404 or 410 sets the parent aside: the run goes on without it, and its evidence tells how many were
    missing and which were the first. When all are missing, the run fails: then it is the path that is wrong.

    An API that answers 404 for a parent without children, and one of which no parent may be missing:

        missing_parent: empty
        missing_parent: error

    The answer of a parent that was closed, here with status 200:

        {"ok": false, "error": "not_in_channel"}

        missing_parent: {then: set_aside, errors: [not_in_channel, channel_not_found]}

    An API that refuses what the key may not see, one parent at a time:

        missing_parent: {statuses: [403, 404, 410]}
    """

    then: Literal["set_aside", "empty", "error"] = Field(
        "set_aside", description="Note the parent and go on, take it for one without records, or fail."
    )
    statuses: list[Annotated[int, Field(ge=400, le=499)]] = Field(
        [404, 410], description="Statuses that say that the parent is missing."
    )
    errors: list[Annotated[str, Field(min_length=3)]] = Field(
        [], description="Words in the API's error that say so, whatever its status."
    )

    def means(self, error: ApiError) -> bool:
        """Return whether an error says that the parent is missing, and may be."""
        if self.then == "error":
            return False
        return error.status in self.statuses or any(
            re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", str(error)) for word in self.errors
        )


def _from_text(value: Any) -> Any:
    return {"then": value} if isinstance(value, str) else value


MissingParentField = Annotated[MissingParent, BeforeValidator(_from_text, json_schema_input_type=str | MissingParent)]
"""What to do, as a word or with the answers that mean it."""
