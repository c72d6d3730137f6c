"""Any kind's errors are told in our words, whatever it is made of."""

from typing import Annotated, Literal

import pytest
from pydantic import Field, ValidationError, field_validator

from glue_lib.kind import Kind
from glue_lib.spec import document, layers, wrong


class Small(Kind):
    type: Literal["small"] = "small"
    size: int = Field(1, gt=0, le=9)


class Large(Kind):
    type: Literal["large"] = "large"
    small: str  # the name of another kind


class Box(Kind):
    label: str = Field("x", min_length=1, max_length=3, pattern="^[a-z]*$")
    either: int | str = 0
    statuses: tuple[int, ...] = ()
    shape: Annotated[Small | Large, Field(discriminator="type")] = Small()
    boxes: dict[str, "Box"] = Field({})
    inner: Small | None = None
    odd: str = ""

    @field_validator("odd")
    @classmethod
    def _fails(cls, value: str) -> str:
        raise ValueError(
            "Invalid something string: 'x'" if value == "library" else f"`{value}` is odd; allowed is even"
        )


def told(yaml: str, model: type[Kind] = Box) -> list[str]:
    root = document.read(yaml).root
    assert root is not None
    with pytest.raises(ValidationError) as caught:
        model.model_validate(layers.plain(root), strict=False)
    return [problem.told("x") for problem in wrong.problems(caught.value, model, root)]


@pytest.mark.parametrize(
    ("yaml", "error"),
    [
        ("label: ''", "label: must not be empty; at least 1 is needed"),
        ("label: abcd", "label: is too long; at most 3 are allowed"),
        ("label: A", "label: `A` does not fit; allowed is what matches `^[a-z]*$`"),
        ("either: []", "either: must be a whole number or text; found a list"),
        ("either:", "either: is empty; it must be a whole number or text"),
        ("statuses: 5", "statuses: must be a list, such as `[id]`; found `5`"),
        ("shape: {type: small, size: 0}", "shape.size: must be more than 0; found `0`"),
        ("shape: {type: small, size: 10}", "shape.size: must be at most 9; found `10`"),
        ("inner: {size: 0}", "inner.size: must be more than 0; found `0`"),
        ("inner: x", "inner: must be a mapping (lines of `key: value`); found `x`"),
        ("shape: {type: large, small: 1}", "shape.small: must be text; found `1`; write it in quotes"),
        ("shape: {type: large}", "shape.small: is missing; `large` needs small"),
        ("boxes: {a: {boxes: {b: {lable: x}}}}",
         "boxes.a.boxes.b.lable: is not a field here; allowed are boxes, either, inner, label, odd, shape, statuses; "
         "did you mean `label`?"),
        ("odd: strange", "odd: `strange` is odd; allowed is even"),
        ("odd: library", "odd: `library` is not allowed here"),
    ],
)  # fmt: skip
def test_each_error_names_field_finding_and_what_is_allowed(yaml, error):
    assert told(yaml) == [f"x:1: {error}"]


def test_an_item_of_a_list_has_its_own_line():
    assert told("statuses:\n  - 429\n  - all\n  - 5.5") == [
        "x:3: statuses[1]: must be a whole number; found `all`",
        "x:4: statuses[2]: must be a whole number; found `5.5`",
    ]


def test_a_long_finding_is_cut():
    assert told("inner: " + "y" * 99) == [
        f"x:1: inner: must be a mapping (lines of `key: value`); found `{'y' * 57}...`"
    ]


def test_an_error_that_nobody_foresaw_shows_no_library_text():
    class Strange(Kind):
        moment: bytes = Field(b"", description="When it happens.", examples=["noon"])

    assert told("moment: 5", Strange) == ["x:1: moment: `5` is not allowed here: When it happens; for example `noon`"]
