"""What says that a parent is missing."""

import pytest

from glue_lib.api.missing import MissingParent
from glue_lib.errors import ApiError


def error(status: int | None, text: str = "answered") -> ApiError:
    made = ApiError(text)
    made.status = status
    return made


@pytest.mark.parametrize(
    ("rule", "status", "text", "means"),
    [
        (MissingParent(), 404, "answered 404", True),
        (MissingParent(), 410, "answered 410", True),
        (MissingParent(), 403, "answered 403", False),
        (MissingParent(), None, "answered 404", False),
        (MissingParent(then="empty"), 404, "answered 404", True),
        (MissingParent(then="error"), 404, "answered 404", False),
        (MissingParent(statuses=[403]), 403, "", True),
        (MissingParent(statuses=[403]), 404, "", False),
        (MissingParent(errors=["not_in_channel"]), 200, "an error in place of records: not_in_channel", True),
        (MissingParent(errors=["in_channel"]), 200, "an error in place of records: not_in_channel", False),
        (MissingParent(errors=["a.b"]), 200, "error: a-b", False),
        (MissingParent(errors=["not_in_channel"], then="error"), 200, "not_in_channel", False),
    ],
)
def test_only_what_the_file_says_is_a_missing_parent(rule: MissingParent, status: int | None, text: str, means: bool):
    assert rule.means(error(status, text)) is means


@pytest.mark.parametrize("statuses", [[200], [500]])
def test_neither_success_nor_trouble_of_the_api_is_a_missing_parent(statuses: list[int]):
    with pytest.raises(ValueError, match="statuses"):
        MissingParent.model_validate({"statuses": statuses})
