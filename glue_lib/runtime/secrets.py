"""Secrets: on AWS from Secrets Manager, elsewhere from an environment variable or a file; asked for when used.

`${secret:headwater/donorbox#api_key}` is looked for, in this order, in the environment variable
`HEADWATER_SECRET_HEADWATER_DONORBOX_API_KEY`, in the JSON file that `HEADWATER_SECRETS_FILE` names
(`{"headwater/donorbox": {"api_key": "…"}}`), and in Secrets Manager, whose value is a JSON object or, for a reference
without a field, any text. What was read from Secrets Manager is kept for the execution.
"""

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

from glue_lib.errors import ConfigError


def secret(name: str, field: str | None) -> str:
    """Return the value of a secret, or of one field of it; a ConfigError says where to put a missing one."""
    variable = variable_of(name, field)
    if variable in os.environ:
        return os.environ[variable]
    stored = _from_file(name)
    if stored is None:
        stored = _from_aws(name, variable)
    return _field(stored, name, field)


def variable_of(name: str, field: str | None) -> str:
    """Return the environment variable that can hold a secret."""
    return re.sub(r"\W+", "_", f"HEADWATER_SECRET_{name}_{field or ''}").strip("_").upper()


def _field(stored: Any, name: str, field: str | None) -> str:
    if field is None:
        return stored if isinstance(stored, str) else json.dumps(stored)
    if not isinstance(stored, dict) or field not in stored:
        raise ConfigError(f"${{secret:{name}#{field}}}: the secret has no field `{field}`")
    return str(stored[field])


def _from_file(name: str) -> Any:
    path = os.environ.get("HEADWATER_SECRETS_FILE")
    if not path:
        return None
    try:
        return json.loads(Path(path).read_text()).get(name)
    except (OSError, ValueError, AttributeError) as error:
        raise ConfigError(f"HEADWATER_SECRETS_FILE: `{path}` is no readable JSON object ({type(error).__name__})") from None


@cache
def _from_aws(name: str, variable: str) -> Any:
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        text = boto3.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"]
    except (BotoCoreError, ClientError, KeyError) as error:
        code = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
        raise ConfigError(
            f"${{secret:{name}}}: not found ({code}); put it into Secrets Manager, or for a run outside AWS set "
            f"`{variable}` or name a JSON file in HEADWATER_SECRETS_FILE"
        ) from None
    try:
        return json.loads(text)
    except ValueError:
        return text
