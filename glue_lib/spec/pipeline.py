"""A pipeline file: one source, its streams, and when and where AWS runs them."""

import ipaddress
import re
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from glue_lib.api.auth.base import Auth
from glue_lib.api.hosts import HostField
from glue_lib.api.limits import Limits
from glue_lib.api.retry import Retry
from glue_lib.api.tls import Tls
from glue_lib.errors import ConfigError
from glue_lib.kind import Kind, one_of
from glue_lib.spec import references
from glue_lib.spec.alarms import Alarms
from glue_lib.spec.draws import draws_of
from glue_lib.spec.function import Function
from glue_lib.spec.glue import Glue
from glue_lib.spec.maintenance import Maintenance
from glue_lib.spec.problem import no_such
from glue_lib.spec.schedule import Schedule
from glue_lib.spec.stream import Sent, Stream

NAME = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$"


def name(text: str) -> str:
    """Return a name that is fit for tables, folders and jobs; a ValueError says what is."""
    if not re.fullmatch(NAME[1:-1], text):
        raise ValueError(
            f"`{text}` does not fit; a name has lower-case letters, digits and single `_`, such as `{_fit(text)}`"
        )
    if len(text) > 60:
        raise ValueError(
            f"`{text}` has {len(text)} characters; 60 are allowed, since tables and jobs are named after it"
        )
    return text


def address(text: str) -> str:
    """Return the address that all paths are put behind, without a slash at its end; a ValueError says what is wrong."""
    if text.startswith("${"):
        return text
    match = re.fullmatch(r"https?://(?P<host>[^/?#\s]+)(?P<path>/[^?#\s]*)?", text)
    if not match:
        raise ValueError(
            "must be an address that begins with `https://` or `http://` and has no `?` or `#`, "
            "such as `https://api.example.org/v1`"
        )
    if "@" in match["host"]:
        raise ValueError("has a user or password in it; credentials belong in `auth:`")
    if wrong := _fault_of_host(match["host"]):
        raise ValueError(wrong)
    return text.rstrip("/")


def _fault_of_host(host: str) -> str | None:
    """Return what is wrong with a host and its port, or None; what a reference stands for is not known yet."""
    match = re.fullmatch(r"(\[(?P<v6>[^\[\]]*)\]|[^\[\]:]+)(:(?P<port>.*))?", re.sub(r"\$\{[^{}]*\}", "1", host))
    if not match:
        return f"`{host}` is no host; write `api.example.org`, `api.example.org:8443` or, of IPv6, `[::1]:8443`"
    port = match["port"]
    if port is not None and not (port.isascii() and port.isdecimal() and 0 < int(port) <= 65535):
        return f"has the port `{port}`; a port is a number from 1 to 65535"
    try:
        ipaddress.IPv6Address(match["v6"] or "::1")
    except ValueError:
        return f"`[{match['v6']}]` is no IPv6 address such as `[::1]`"
    return None


Name = Annotated[str, AfterValidator(name), Field(json_schema_extra={"pattern": NAME})]


class Pipeline(Kind):
    """A source and all that is done with it."""

    source: Name = Field(description="Name of the source: of its raw folder, its database and its jobs; unique.")
    description: str = Field("", description="What the source is, for people.")
    base_url: Annotated[str, AfterValidator(address)] = Field(
        description="Address that each stream's `path` is put behind.", examples=["https://api.example.org/v1"]
    )
    auth: one_of("glue_lib.api.auth", Auth) = Field(  # type: ignore[valid-type]
        "none", validate_default=True, description="How requests prove who they come from."
    )
    hosts: list[HostField] = Field(
        [],
        description="Hosts beside that of `base_url` to which redirects and links of the API may lead.",
        examples=[["files.example.org"]],
    )
    tls: Tls | None = Field(None, description="Client certificate and private authority, where the API wants them.")
    headers: dict[str, Sent] = Field({}, description="Headers of every request; may hold references.")
    limits: Limits = Field(default_factory=Limits, description="What the API allows; all streams share it.")
    retry: Retry = Field(default_factory=Retry, description="Which failed requests are tried again, and when.")
    database: Name = Field("", description="Database of the tables, the environment's prefix aside; default: `source`.")
    defaults: dict[str, Any] = Field({}, description="What every stream starts from.")
    streams: dict[Name, Stream] = Field(min_length=1, description="The endpoints that are read, by name.")
    schedule: Schedule | None = Field(None, description="When AWS runs the source; left out: only by hand.")
    maintenance: Maintenance = Field(default_factory=Maintenance, description="What is kept of the source, how long.")
    glue: Glue = Field(default_factory=Glue, description="The machines on which AWS Glue runs the source.")
    function: Function = Field(
        default_factory=Function, alias="lambda", description="The function that reads streams with `runs_on: lambda`."
    )
    alarms: Alarms = Field(default_factory=Alarms, description="When somebody is to be told about the source.")

    def model_post_init(self, _: Any) -> None:
        """Let the source name the database where the file does not."""
        if not self.database:
            object.__setattr__(self, "database", self.source)

    def stream(self, wanted: str) -> Stream:
        """Return the stream of that name."""
        if wanted not in self.streams:
            raise ConfigError(f"{self.source}: {no_such('stream', wanted, self.streams)}")
        return self.streams[wanted]

    def in_order(self, wanted: Iterable[str] = ()) -> list[Stream]:
        """Return the wanted streams (all, when none is named), each behind those whose records it takes or deletes."""
        ordered: dict[str, Stream] = {}

        def place(stream: Stream) -> None:
            for parent in (*stream.parents, *([stream.deletes] if stream.deletes else [])):
                place(self.stream(parent))
            ordered.setdefault(stream.name, stream)

        for stream in self.streams.values():
            place(stream)
        chosen = {self.stream(one).name for one in wanted} or set(ordered)
        return [stream for stream in ordered.values() if stream.name in chosen]

    def fields_asked_of(self, stream: str) -> list[str]:
        """Return the fields of that stream's records which fan-outs ask with, each once."""
        asked = [self.draws_of(child).get(stream, {}).values() for child in self.streams.values()]
        return list(dict.fromkeys(field for fields in asked for field in fields))

    def draws_of(self, stream: Stream) -> dict[str, dict[str, str]]:
        """Return the streams whose records a fan-out is asked with, and which field each of its values is there."""
        wanted = {one.name: one.wanted for one in self.streams.values()}
        return draws_of(stream.name, wanted, {one.name: one.carried for one in self.streams.values()})

    def kept(self) -> list[references.Reference]:
        """Return the references behind which a run may put other values than those it found."""
        return [found for text in self.auth.kept() for found in references.find(text)]

    def references(self) -> list[references.Reference]:
        """Return the secrets and environment variables that the source needs, each once."""
        texts = _texts([self.base_url, self.auth.model_dump(), self.headers, self.tls.model_dump() if self.tls else {}])
        return list(dict.fromkeys(found for text in texts for found in references.find(text)))


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict | list):
        items = value.values() if isinstance(value, dict) else value
        return [text for item in items for text in _texts(item)]
    return [value] if isinstance(value, str) else []


def _fit(text: str) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text).lower()
    fit = "_".join(part for part in re.split(r"[^a-z0-9]+", words) if part).lstrip("0123456789_")
    return fit or "donations"
