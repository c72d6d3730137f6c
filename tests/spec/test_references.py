"""References: found, checked, and resolved only when asked."""

import pytest

from glue_lib.errors import ConfigError
from glue_lib.spec.references import Reference, fault, find, resolve


def test_finds_secrets_their_fields_and_environment_variables():
    text = "${secret:headwater/donorbox#api_key}:${secret:plain}@${env:HOST}"
    assert find(text) == [
        Reference("secret", "headwater/donorbox", "api_key"),
        Reference("secret", "plain"),
        Reference("env", "HOST"),
    ]


def test_a_reference_reads_as_it_is_written():
    assert [str(one) for one in find("${secret:a#b} ${env:C}")] == ["${secret:a#b}", "${env:C}"]


@pytest.mark.parametrize("text", ["plain", "{campaigns.id}", "$5", "${env:A}${secret:b#c}", ""])
def test_whole_references_and_other_text_have_no_fault(text):
    assert fault(text) is None


@pytest.mark.parametrize(
    "text", ["${secrets:a#b}", "${API_KEY}", "${secret:}", "${secret:a#}", "${env:A-B}", "${env:A", "${secret:a b}"]
)
def test_what_only_looks_like_a_reference_is_told_the_allowed_forms(text):
    assert "`${secret:name#field}`" in fault(text)


def test_resolves_in_place():
    secrets = {("a", "b"): "S", ("whole", None): "W"}
    text = resolve("x-${secret:a#b}-${secret:whole}-${env:E}", lambda name, field: secrets[name, field], {"E": "v"})
    assert text == "x-S-W-v"


def test_a_value_that_looks_like_a_reference_is_not_resolved_again():
    assert resolve("${env:A}", lambda name, field: "", {"A": "${env:B}", "B": "x"}) == "${env:B}"


def test_a_missing_environment_variable_is_named():
    with pytest.raises(ConfigError, match=r"\$\{env:NOPE\}: the environment variable `NOPE` is not set"):
        resolve("${env:NOPE}", lambda name, field: "", {})
