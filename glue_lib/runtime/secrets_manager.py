"""Secrets Manager: where secrets lie on AWS. No error tells what a secret holds."""

from typing import Any

import msgspec

from glue_lib.errors import ConfigError
from glue_lib.runtime.secrets_file import with_field


def read(name: str, variable: str) -> str:
    """Return a secret's text; `variable` is where it can stand outside AWS."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return str(_client().get_secret_value(SecretId=name)["SecretString"])
    except (BotoCoreError, ClientError, KeyError) as error:
        raise ConfigError(
            f"${{secret:{name}}}: not found ({_code(error)}); put it into Secrets Manager, or for a run outside "
            f"AWS set `{variable}` or name a JSON file in HEADWATER_SECRETS_FILE"
        ) from None


def write(name: str, field: str | None, value: str) -> None:
    """Put a value into a secret, in the place of all of it or of one field; the field's neighbours stay as they are."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        client = _client()
        stored = client.get_secret_value(SecretId=name)["SecretString"]
        text = value if field is None else bytes(with_field(msgspec.Raw(stored.encode()), name, field, value)).decode()
        client.put_secret_value(SecretId=name, SecretString=text)
    except (BotoCoreError, ClientError, KeyError) as error:
        told = f"${{secret:{name}}}: cannot be written to ({_code(error)}); allow `secretsmanager:PutSecretValue` on it"
        raise ConfigError(told) from None


def _client() -> Any:
    import boto3

    return boto3.client("secretsmanager")


def _code(error: Exception) -> str:
    from botocore.exceptions import ClientError

    return str(error.response["Error"]["Code"]) if isinstance(error, ClientError) else type(error).__name__
