"""Cookies that a request carries: single values inside the one header `Cookie`."""

import re
from collections.abc import Mapping

from glue_lib.errors import ApiError

_FORBIDDEN = re.compile(r"[;,\s\x00-\x1f\x7f]")


def read(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the cookies of some headers, by their names."""
    header = next((value for name, value in headers.items() if name.lower() == "cookie"), "")
    pairs = (pair.strip().partition("=") for pair in header.split(";"))
    return {name: value for name, _, value in pairs if name}


def put(headers: Mapping[str, str], name: str, value: str) -> dict[str, str]:
    """Return the headers with one more cookie, in place of one of the same name."""
    if _FORBIDDEN.search(value):
        raise ApiError(f"the value for cookie `{name}` has a character that no cookie can have")
    others = {key: kept for key, kept in headers.items() if key.lower() != "cookie"}
    return {**others, "Cookie": "; ".join(f"{key}={kept}" for key, kept in {**read(headers), name: value}.items())}
