import pytest
from pydantic import TypeAdapter, ValidationError

from glue_lib.shape.contract import Contract, ContractField


@pytest.mark.parametrize(
    ("written", "policies"),
    [
        ("evolve", ("evolve", "evolve", "evolve")),
        ("discard_row", ("discard_row", "discard_row", "discard_row")),
        ({"columns": "freeze"}, ("evolve", "freeze", "evolve")),
        ({"tables": "freeze", "types": "discard_value"}, ("freeze", "evolve", "discard_value")),
    ],
)
def test_one_word_is_for_all_and_a_mapping_for_each(written, policies):
    contract = TypeAdapter(ContractField).validate_python(written)

    assert (contract.policy("tables"), contract.policy("columns"), contract.policy("types")) == policies


def test_what_is_not_said_evolves():
    assert Contract() == TypeAdapter(ContractField).validate_python("evolve")


@pytest.mark.parametrize("written", ["strict", {"columns": "strict"}, {"rows": "freeze"}, ["freeze"]])
def test_other_words_are_refused(written):
    with pytest.raises(ValidationError):
        TypeAdapter(ContractField).validate_python(written)
