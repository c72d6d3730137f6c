"""A JSON Web Token: claims that are signed with a private key, which itself never leaves."""

import textwrap
from typing import Any, Literal

from glue_lib.errors import ConfigError

Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA", "HS256"]


def json_web_token(claims: dict[str, Any], key: str, *, algorithm: str, key_id: str = "") -> str:
    """Return the signed token; `key` is a private key in PEM form, for HS256 a shared text."""
    try:
        import jwt
    except ImportError:
        raise ConfigError(
            "auth: signed tokens need the package `PyJWT[crypto]`; install the extra: pip install 'headwater[jwt]'; "
            "on Glue add `PyJWT` and `cryptography` to the modules that Terraform's `python_modules` lists"
        ) from None
    headers = {"kid": key_id} if key_id else None
    try:
        return jwt.encode(claims, key if algorithm == "HS256" else pem(key), algorithm=algorithm, headers=headers)
    except (ValueError, TypeError, NotImplementedError, jwt.PyJWTError):
        # `from None`: such an error may quote the key.
        raise ConfigError(f"auth.private_key: is no private key in PEM form that can sign with {algorithm}") from None


def pem(text: str) -> str:
    r"""Return a key with the line breaks that its way through variables took: `\n` as two letters, or spaces."""
    lines = text.strip().replace("\\n", "\n").replace("\r", "")
    if "\n" in lines or not lines.startswith("-----BEGIN "):
        return lines
    _, label, body, _ = lines.split("-----", 3)[0:4]
    word = label.removeprefix("BEGIN ")
    return "\n".join([f"-----{label}-----", *textwrap.wrap(body.replace(" ", ""), 64), f"-----END {word}-----"])
