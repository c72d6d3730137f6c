"""Verdicts: what the body of an answer says about itself, whatever its status says."""

import html
import json
import re

from glue_lib.api import selection
from glue_lib.api.exchange import Response
from glue_lib.api.wording import shortened
from glue_lib.errors import ApiError

_MESSAGES = (
    *("message", "error_description", "error_message", "errorMessage", "errorMessages", "detail", "description"),
    *("title", "error", "errors"),
)
_XML_MESSAGE = re.compile(rb"<(?:\w+:)?(?:message|faultstring|errormessage|detail)(?: [^>]*)?>([^<]+)<", re.IGNORECASE)
_NO_ERROR = ("", "0", "false", "null", "none", "ok", "success", "no error", "no_error")
_FALSE = (b"false", b'"false"', b"0", b'"0"')
_EXPLANATION_BYTES = 2**16  # at the start of a refusal; what stands behind them is no explanation
_FAILED = (b'"error"', b'"fail"', b'"failure"')


def complaint(body: bytes) -> str | None:
    """Return what a successful answer says that went wrong, or None: some APIs report errors with status 200."""
    if not body.lstrip().startswith(b"{"):
        return None
    members = selection.members(body.strip())
    if any(members.get(flag, b"").lower() in _FALSE for flag in ("ok", "success")):
        return message(body) or "it says that it failed"
    if members.get("status", b"").lower() in _FAILED or any(is_error(members.get(key)) for key in ("error", "errors")):
        return message(body) or "it says that it is an error"
    return None


def message(body: bytes) -> str | None:
    """Return the short text with which an error's body explains itself, or None."""
    try:
        return _text(json.loads(body))
    except (ValueError, RecursionError):
        found = _XML_MESSAGE.search(body)
        return _text(html.unescape(found[1].decode(errors="replace"))) if found else None


def said(response: Response) -> str | None:
    """Return how a refusal explains itself, or None."""
    return message(response.body.start(_EXPLANATION_BYTES))


def is_error(value: bytes | None) -> bool:
    """Return whether a JSON value at a place for errors tells of one: it is there, not empty, and no word for none."""
    if value is None or value[:1] in b"[{":
        return value is not None and bool(value[1:-1].strip())
    try:
        return str(selection.field(b'{"error":' + value + b"}", "error") or "").lower() not in _NO_ERROR
    except ApiError:
        return True


def _text(value: object) -> str | None:
    if isinstance(value, list):
        return _text(value[0]) if value else None
    if isinstance(value, dict):
        return next((text for key in _MESSAGES if (text := _text(value.get(key)))), None)
    return shortened(value, 200) if isinstance(value, str) and value.strip() else None


def remedy(response: Response, secret_names: list[str]) -> str:
    """Return what a user can do about an answer that was refused."""
    secrets = ", ".join(f"`{name}`" for name in secret_names) or "`auth`"
    match response.status:
        case 401:
            return f"check {_secret(secrets)}"
        case 403:
            return f"check the scopes of {_secret(secrets)}"
        case 404 | 405 | 410:
            return "check `base_url` and `path`"
        case 429:
            return "lower `limits.requests_per_second`"
        case 304:
            return "nothing has changed, it says, which nobody asked; leave `If-…` out of `headers`"
        case status if 300 <= status < 400:
            return _remedy_of_a_redirect(response.header("Location"))
        case status if status < 500:
            return "check the stream's `params`"
    return "the API has trouble; run again later"


def _remedy_of_a_redirect(location: str | None) -> str:
    if not location or not location.strip():
        return "it leads on, but names no `Location`; check `base_url` and `path`"
    return f"redirects are not followed; if `{shortened(location, 120)}` is right, use it"


def _secret(names: str) -> str:
    return names if names == "`auth`" else f"secret {names}"
