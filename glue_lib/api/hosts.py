"""Hosts: where requests may go beside the host of `base_url`, and which of them see the credentials."""

import re
from dataclasses import dataclass, replace
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, field_validator

from glue_lib.api.address import is_absolute, port_of, same_host, url_of
from glue_lib.api.request import Request
from glue_lib.errors import ApiError
from glue_lib.kind import Kind

_HOST = re.compile(r"(?P<name>[a-z0-9_-]+(\.[a-z0-9_-]+)*)(:\d{1,5})?")


class Host(Kind):
    """A host to which redirects and links of the API may lead.

    Requests go there without credentials, as a storage that serves an export by a link needs none. The host may serve
    the source's records only: what it says is believed as the API's own word.

    The YAML, with a second API host that wants the credentials too:

        hosts: [files.example.org, {host: eu.api.example.org, credentials: true}]
    """

    host: str = Field(description="Name of the host, with `:port` where that is not the usual one.")
    credentials: bool = Field(False, description="Whether requests to it carry the source's credentials.")

    @field_validator("host")
    @classmethod
    def _is_host(cls, text: str) -> str:
        if not _HOST.fullmatch(text.lower()):
            raise ValueError(f"`{text}` is no host; write its name alone, such as `files.example.org`")
        return text.lower()

    def serves(self, url: str) -> bool:
        """Return whether a URL is one of this host."""
        parts = urlsplit(url)
        name, _, port = self.host.partition(":")
        return parts.hostname == name and port_of(url) == (int(port) if port else port_of(f"{parts.scheme}://{name}"))


def _from_text(value: Any) -> Any:
    return {"host": value} if isinstance(value, str) else value


HostField = Annotated[Host, BeforeValidator(_from_text, json_schema_input_type=str | Host)]
"""A host, or its bare name where it takes no credentials."""


@dataclass(frozen=True)
class Hosts:
    """The host of the base URL and those declared beside it."""

    base_url: str
    declared: tuple[Host, ...] = ()

    def url_of(self, request: Request) -> str:
        """Return the absolute URL of a request; one that leads to another host is an error."""
        if not is_absolute(request.path):
            return url_of(self.base_url, request)
        url = self.checked(request.path)
        return url_of(url, replace(request, path=url))

    def checked(self, url: str) -> str:
        """Return a URL that the API gave, if it may be followed: over https wherever the base URL is."""
        for host in self.declared:
            for candidate in (url, _secure(url)):
                if host.serves(candidate) and self._is_safe(candidate):
                    return same_host(candidate, candidate)  # refuses what parsers read differently
        try:
            return same_host(self.base_url, url)
        except ApiError as error:
            raise ApiError(f"{error}{self._remedy(url)}") from None

    def take_credentials(self, url: str) -> bool:
        """Return whether a URL that may be followed is asked with the source's credentials."""
        if any(host.credentials and host.serves(url) for host in self.declared):
            return True
        try:
            return same_host(self.base_url, url) == url
        except ApiError:
            return False

    def _remedy(self, url: str) -> str:
        """Return what to do where a refused URL is right: a host may be declared already, on another port."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https"):
            return ""
        known = next((one.host for one in self.declared if one.host.partition(":")[0] == parts.hostname), None)
        if known is None:
            return "; where that is right, name it under `hosts`"
        if not self._is_safe(url):
            return f"; `hosts` names `{known}`, but what is asked over https leads to https only"
        told = f"{parts.hostname}:{port_of(url)}"
        return f"; `hosts` names `{known}`, which is another port; where that is right, write `{told}`"

    def _is_safe(self, url: str) -> bool:
        scheme = urlsplit(url).scheme
        return scheme == "https" or (scheme == "http" and urlsplit(self.base_url).scheme == "http")


def _secure(url: str) -> str:
    parts = urlsplit(url)
    return "https" + url[len("http") :] if parts.scheme == "http" and parts.port is None else url
