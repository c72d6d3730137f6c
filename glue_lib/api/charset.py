"""Charsets, by the names that Python has for them."""

from typing import Annotated

from pydantic import AfterValidator


def _is_charset(name: str) -> str:
    try:
        "a".encode(name or "utf-8").decode(name or "utf-8")
    except (LookupError, ValueError) as error:  # also `hex` and `rot13`, which are codecs and no charsets
        told = "is no charset that is known here, such as `utf-8`, `windows-1252`, `iso-8859-1` or `utf-16`"
        raise ValueError(f"`{name}` {told}") from error
    return name


Charset = Annotated[str, AfterValidator(_is_charset)]
"""`windows-1252`: the name of a charset that texts can be read in; empty where the file names none."""
