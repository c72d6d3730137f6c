"""Secrets: on AWS from Secrets Manager, elsewhere from an environment variable or a file; asked for when used.

`${secret:headwater/donorbox#api_key}` is looked for, in this order, in the environment variable
`HEADWATER_SECRET_HEADWATER_DONORBOX_API_KEY`, in the JSON file that `HEADWATER_SECRETS_FILE` names
(`{"headwater/donorbox": {"api_key": "…"}}`), and in Secrets Manager, whose value is a JSON object or, for a reference
without a field, any text. A value that an API replaces is written back to the file or to Secrets Manager.
"""

import json
import logging
import os
import re
import threading
from collections.abc import Mapping
from typing import Any

from glue_lib.errors import ConfigError
from glue_lib.runtime import secrets_file, secrets_manager
from glue_lib.spec import references

# At DEBUG these tell what a secret holds.
_TALKATIVE = ("botocore.parsers", "botocore.endpoint", "botocore.hooks", "botocore.auth", "botocore.httpsession")


class Resolver:
    """Puts values in the place of a text's references; it asks for each secret once, and threads may share it."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._environment = environment
        self._stored: dict[str, Any] = {}
        self._lock = threading.RLock()
        for name in _TALKATIVE:
            logging.getLogger(name).setLevel(logging.INFO)

    def __call__(self, text: str) -> str:
        """Return the text with its references resolved."""
        return references.resolve(text, self._secret, self._environment)

    def keep(self, reference: str, value: str) -> None:
        """Store a new value where a reference points to; what cannot be written to is an error."""
        found = references.find(reference)
        if len(found) != 1 or str(found[0]) != reference or found[0].store != "secret":
            raise ConfigError(f"{reference}: only a reference to a secret, and nothing else, can be written to")
        name, field = found[0].name, found[0].field
        variable = variable_of(name, field)
        if variable in self._environment:
            raise ConfigError(f"{reference}: the environment variable `{variable}` holds it and cannot be written to")
        with self._lock:
            path = self._environment.get("HEADWATER_SECRETS_FILE")
            if path and name in secrets_file.read(path):
                secrets_file.write(path, name, field, value)
            else:
                secrets_manager.write(name, field, value)
            self._stored.pop(name, None)

    def reload(self) -> None:
        """Ask for every secret again: another execution may have replaced one."""
        with self._lock:
            self._stored.clear()

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to another machine without any value; there its own environment is asked."""
        return (Resolver, ())

    def _secret(self, name: str, field: str | None) -> str:
        variable = variable_of(name, field)
        if variable in self._environment:
            return self._environment[variable]
        with self._lock:
            if name not in self._stored:
                self._stored[name] = self._found(name, variable)
            return _value(self._stored[name], name, field)

    def _found(self, name: str, variable: str) -> Any:
        path = self._environment.get("HEADWATER_SECRETS_FILE")
        stored = secrets_file.read(path).get(name) if path else None
        return secrets_manager.read(name, variable) if stored is None else stored


def resolver(environment: Mapping[str, str] = os.environ) -> Resolver:
    """Return what puts values in the place of a text's references."""
    return Resolver(environment)


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
