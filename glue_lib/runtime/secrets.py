"""Secrets: on AWS from Secrets Manager, elsewhere from an environment variable or a file; asked for when used.

`${secret:headwater/donorbox#api_key}` is looked for, in this order, in the environment variable
`HEADWATER_SECRET_HEADWATER_DONORBOX_API_KEY`, in the JSON file that `HEADWATER_SECRETS_FILE` names
(`{"headwater/donorbox": {"api_key": "…"}}`), and in Secrets Manager, whose value is a JSON object or, for a reference
without a field, any text.
"""

import json
import os
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from glue_lib.errors import ConfigError
from glue_lib.spec import references


def resolver(environment: Mapping[str, str] = os.environ) -> Callable[[str], str]:
    """Return what puts values in the place of a text's references; it asks for each secret once."""

    @cache
    def secret(name: str, field: str | None) -> str:
        variable = variable_of(name, field)
        if variable in environment:
            return environment[variable]
        stored = _from_file(name, environment.get("HEADWATER_SECRETS_FILE"))
        return _value(from_aws(name, variable) if stored is None else stored, name, field)

    from_aws = cache(_from_aws)
    return lambda text: references.resolve(text, secret, environment)


def variable_of(name: str, field: str | None) -> str:
    """Return the environment variable that can hold a secret."""
    return re.sub(r"\W+", "_", f"HEADWATER_SECRET_{name}_{field or ''}").strip("_").upper()


def _value(stored: Any, name: str, field: str | None) -> str:
    """Return what the reference means of a stored secret, which is a text or, in a file, any JSON."""
    if field is None:
        return _text(stored)
    fields = _parsed(stored) if isinstance(stored, str) else stored
    if not isinstance(fields, dict) or field not in fields:
        raise ConfigError(f"${{secret:{name}#{field}}}: the secret has no field `{field}`")
    return _text(fields[field])


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, parse_int=str, parse_float=str)  # numbers stay as they are written
    except ValueError:
        return None


def _from_file(name: str, path: str | None) -> Any:
    if not path:
        return None
    try:
        stored = _parsed(Path(path).expanduser().read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        stored = None
    if not isinstance(stored, dict):
        raise ConfigError(f"HEADWATER_SECRETS_FILE: `{path}` is no readable file with a JSON object")
    return stored.get(name)


def _from_aws(name: str, variable: str) -> str:
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return str(boto3.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"])
    except (BotoCoreError, ClientError, KeyError) as error:
        code = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
        raise ConfigError(
            f"${{secret:{name}}}: not found ({code}); put it into Secrets Manager, or for a run outside AWS set "
            f"`{variable}` or name a JSON file in HEADWATER_SECRETS_FILE"
        ) from None
