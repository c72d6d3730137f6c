"""Where secrets are found, and that no error tells one."""

import json
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from glue_lib.errors import ConfigError
from glue_lib.runtime.secrets import resolver, variable_of

VALUE = "do-not-show"


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield boto3.client("secretsmanager")


def file_of(folder: Path, content: Any) -> str:
    path = folder / "secrets.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return str(path)


def test_a_secret_comes_from_its_environment_variable():
    resolve = resolver({"HEADWATER_SECRET_HEADWATER_DONORBOX_API_KEY": VALUE})

    assert resolve("Token ${secret:headwater/donorbox#api_key}") == f"Token {VALUE}"


def test_an_environment_variable_of_any_name_is_a_reference_of_its_own():
    assert resolver({"HOST": "eu1"})("https://${env:HOST}.example.org") == "https://eu1.example.org"


def test_a_variable_is_named_after_secret_and_field():
    assert variable_of("headwater/donor-box", "api.key") == "HEADWATER_SECRET_HEADWATER_DONOR_BOX_API_KEY"
    assert variable_of("token", None) == "HEADWATER_SECRET_TOKEN"


def test_a_secret_comes_from_the_file(tmp_path: Path):
    resolve = resolver({"HEADWATER_SECRETS_FILE": file_of(tmp_path, {"a/b": {"key": VALUE}, "whole": "text"})})

    assert resolve("${secret:a/b#key} ${secret:whole}") == f"{VALUE} text"


def test_the_environment_wins_over_the_file(tmp_path: Path):
    file = file_of(tmp_path, {"a": {"key": "old"}})

    assert resolver({"HEADWATER_SECRETS_FILE": file, "HEADWATER_SECRET_A_KEY": "new"})("${secret:a#key}") == "new"


def test_numbers_in_a_secret_stay_as_they_are_written(tmp_path: Path):
    resolve = resolver(
        {"HEADWATER_SECRETS_FILE": file_of(tmp_path, '{"a": {"pin": 1.10, "id": 12345678901234567890}}')}
    )

    assert resolve("${secret:a#pin} ${secret:a#id}") == "1.10 12345678901234567890"


def test_a_secret_comes_from_secrets_manager_when_nothing_else_has_it(vault: Any, tmp_path: Path):
    vault.create_secret(Name="a/b", SecretString=json.dumps({"key": VALUE}))
    vault.create_secret(Name="text", SecretString=" 007 ")

    resolve = resolver({"HEADWATER_SECRETS_FILE": file_of(tmp_path, {"another": "x"})})

    assert resolve("${secret:a/b#key}") == VALUE
    assert resolve("${secret:text}") == " 007 "


def test_a_secret_is_asked_for_once_an_execution_and_again_by_the_next(vault: Any):
    vault.create_secret(Name="a", SecretString="old")
    resolve = resolver({})
    resolve("${secret:a}")

    vault.put_secret_value(SecretId="a", SecretString="new")

    assert resolve("${secret:a}") == "old"
    assert resolver({})("${secret:a}") == "new"


def test_a_missing_secret_is_told_with_the_places_it_can_be_put(vault: Any):
    with pytest.raises(ConfigError) as error:
        resolver({})("${secret:a/b#key}")

    assert "${secret:a/b}: not found (ResourceNotFoundException)" in str(error.value)
    assert "`HEADWATER_SECRET_A_B_KEY`" in str(error.value)


def test_a_missing_environment_variable_is_told():
    with pytest.raises(ConfigError, match="environment variable `HOST` is not set"):
        resolver({})("${env:HOST}")


@pytest.mark.parametrize("stored", [{"other": VALUE}, VALUE, [VALUE]])
def test_a_missing_field_is_told_without_what_the_secret_holds(stored: Any, tmp_path: Path):
    with pytest.raises(ConfigError) as error:
        resolver({"HEADWATER_SECRETS_FILE": file_of(tmp_path, {"a": stored})})("${secret:a#key}")

    assert "${secret:a#key}: the secret has no field `key`" in str(error.value)
    assert VALUE not in _all_of(error.value)


@pytest.mark.parametrize("content", [f"{{broken {VALUE}", f'["{VALUE}"]', None])
def test_a_file_that_is_no_json_object_is_told_without_its_content(content: str | None, tmp_path: Path):
    path = file_of(tmp_path, content) if content else str(tmp_path / "nowhere.json")

    with pytest.raises(ConfigError) as error:
        resolver({"HEADWATER_SECRETS_FILE": path})("${secret:a}")

    assert f"HEADWATER_SECRETS_FILE: `{path}`" in str(error.value)
    assert VALUE not in _all_of(error.value)


def _all_of(error: BaseException | None) -> str:
    """Return all that a stack trace would show of an error and its causes."""
    return f"{error!r} {_all_of(error.__cause__)} " if error else ""


def test_a_replaced_value_goes_to_the_file_and_to_whoever_asks_next(tmp_path: Path):
    as_text = r'"{\"token\": \"old\", \"n\": 7.50}"'
    text = f'{{"a": {{"token": "old", "pin": 1.10}}, "b": {as_text}, "c": "whole", "n": 12345678901234567890}}'
    path = file_of(tmp_path, text)
    Path(path).chmod(0o600)
    resolve = resolver({"HEADWATER_SECRETS_FILE": path})
    assert resolve("${secret:a#token}") == "old"

    for reference in ("${secret:a#token}", "${secret:b#token}", "${secret:c}"):
        resolve.keep(reference, f"new of {reference[9]}")

    assert resolve("${secret:a#token}, ${secret:b#token}, ${secret:c}") == "new of a, new of b, new of c"
    assert resolver({"HEADWATER_SECRETS_FILE": path})("${secret:a#token} ${secret:a#pin}") == "new of a 1.10"
    assert '"n": 12345678901234567890' in Path(path).read_text() and '\\"n\\":7.50' in Path(path).read_text()
    assert Path(path).stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["secrets.json"]


def test_a_replaced_value_goes_to_secrets_manager(vault: Any):
    vault.create_secret(Name="a", SecretString='{"token": "old", "pin": 1.10}')
    resolve = resolver({})
    assert resolve("${secret:a#token}") == "old"

    resolve.keep("${secret:a#token}", "new")

    assert resolve("${secret:a#token}") == resolver({})("${secret:a#token}") == "new"
    assert vault.get_secret_value(SecretId="a")["SecretString"] == '{"token":"new","pin":1.10}'


def test_what_another_execution_replaced_is_seen_after_a_reload(vault: Any):
    vault.create_secret(Name="a", SecretString="old")
    resolve = resolver({})
    resolve("${secret:a}")
    vault.put_secret_value(SecretId="a", SecretString="new")

    resolve.reload()

    assert resolve("${secret:a}") == "new"


@pytest.mark.parametrize(
    ("reference", "told"),
    [
        ("${secret:held#token}", "the environment variable `HEADWATER_SECRET_HELD_TOKEN` holds it"),
        ("${env:TOKEN}", "only a reference to a secret"),
        ("Token ${secret:a}", "only a reference to a secret"),
        ("${secret:absent#token}", "cannot be written to (ResourceNotFoundException)"),
        ("${secret:text#token}", "the secret has no fields to write to"),
    ],
)
def test_what_cannot_be_written_to_is_told_without_the_value(reference: str, told: str, vault: Any):
    vault.create_secret(Name="text", SecretString="plain")

    with pytest.raises(ConfigError) as error:
        resolver({"HEADWATER_SECRET_HELD_TOKEN": "old"}).keep(reference, VALUE)

    assert told in str(error.value)
    assert VALUE not in _all_of(error.value)


def test_no_value_travels_with_a_resolver(tmp_path: Path):
    resolve = resolver({"HEADWATER_SECRETS_FILE": file_of(tmp_path, {"a": VALUE})})
    resolve("${secret:a}")

    assert VALUE.encode() not in pickle.dumps(resolve)


def test_asking_aws_for_a_secret_logs_nothing_of_it_at_any_level(vault: Any, caplog: pytest.LogCaptureFixture):
    vault.create_secret(Name="a", SecretString=json.dumps({"key": VALUE}))
    caplog.clear()

    with caplog.at_level("DEBUG"):
        resolver({})("${secret:a#key}")

    assert caplog.records
    assert VALUE not in caplog.text
