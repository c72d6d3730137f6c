"""How a proposed pipeline shows who is asking: from flags or from a specification, always as references."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from glue_lib.discover.noted import Noted
from glue_lib.discover.specification import Specification
from glue_lib.errors import ConfigError
from glue_lib.spec import document, layers, references

_LOOKS_SECRET = re.compile(r"(proxy-)?authorization|cookie|.*(api-?key|token|secret|password)", re.IGNORECASE)
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


def from_flags(
    *, bearer: str = "", basic: str = "", headers: Sequence[str] = (), query: str = "", auth: str = ""
) -> tuple[dict[str, Any] | None, dict[str, str]]:
    """Return the `auth:` and the `headers:` that flags say; a credential must be a reference."""
    kinds: list[dict[str, Any]] = []
    plain_headers: dict[str, str] = {}
    if bearer:
        kinds.append({"type": "bearer", "token": _reference("--bearer", bearer)})
    if basic:
        username, _, password = _split_pair(basic)
        kinds.append({"type": "basic", "username": username, **({"password": password} if password else {})})
        _reference("--basic", password or username)
    for header in headers:
        name, _, value = (part.strip() for part in header.partition(":"))
        if not _HEADER.fullmatch(name) or not value:
            raise ConfigError(f"--header: `{name}` is no header; write `Name: value`")
        if _LOOKS_SECRET.fullmatch(name) or references.find(value):
            kinds.append({"type": "api_key", "write": f"header.{name}", "key": _reference("--header", value)})
        else:
            plain_headers[name] = value
    if query:
        name, _, value = query.partition("=")
        kinds.append({"type": "api_key", "write": f"query.{name}", "key": _reference("--query", value)})
    if auth:
        kinds.append(_kind(auth))
    if len(kinds) > 1:
        raise ConfigError("more than one way to show who is asking is given; keep one, or write it in `--auth`")
    return (kinds[0] if kinds else None), plain_headers


def from_specification(specification: Specification, source: str) -> Noted | None:
    """Return the `auth:` of the first security scheme that a pipeline can use."""
    others: list[str] = []
    chosen: Noted | None = None
    for name, scheme in specification.security():
        found = _of_scheme(name, scheme, source)
        if found and chosen is None:
            chosen = found
        elif found:
            others.append(f"`{name}`")
    if chosen and others:
        return chosen.doubted(f"the specification also allows {', '.join(others[:5])}")
    return chosen


def _of_scheme(name: str, scheme: Mapping[str, Any], source: str) -> Noted | None:
    why = (f"security scheme `{name}`; put the credential where the reference points to",)
    kind, style = str(scheme.get("type")), str(scheme.get("scheme", "")).lower()
    if kind == "basic" or (kind == "http" and style == "basic"):
        auth = {"type": "basic", "username": _secret(source, "username"), "password": _secret(source, "password")}
        return Noted(auth, why)
    if kind == "http" and style == "digest":
        auth = {"type": "digest", "username": _secret(source, "username"), "password": _secret(source, "password")}
        return Noted(auth, why)
    if kind == "http":
        doubts = () if style == "bearer" else (f"its scheme is `{style}`",)
        return Noted({"type": "bearer", "token": _secret(source, "token")}, why, doubts)
    place = {"header": "header", "query": "query", "cookie": "cookie"}.get(str(scheme.get("in")))
    if kind.lower() == "apikey" and place and isinstance(scheme.get("name"), str):
        write = f"{place}.{scheme['name']}"
        if write.lower() == "header.authorization":
            told = ("a word such as `Bearer` or `Token` may belong before the reference",)
            return Noted({"type": "api_key", "write": write, "key": _secret(source, "api_key")}, why, told)
        return Noted({"type": "api_key", "write": write, "key": _secret(source, "api_key")}, why)
    if kind == "oauth2":
        return _of_oauth2(scheme, source, why)
    if kind == "openIdConnect":
        doubts = ("OpenID Connect; where tokens expire, take one of the `oauth2_…` kinds",)
        return Noted({"type": "bearer", "token": _secret(source, "token")}, why, doubts)
    return None


def _of_oauth2(scheme: Mapping[str, Any], source: str, why: tuple[str, ...]) -> Noted:
    flows = scheme.get("flows") if isinstance(scheme.get("flows"), dict) else {str(scheme.get("flow")): scheme}
    assert isinstance(flows, dict)
    client = {"client_id": _secret(source, "client_id"), "client_secret": _secret(source, "client_secret")}
    kinds: dict[str, tuple[str, dict[str, str]]] = {
        "clientCredentials": ("oauth2_client_credentials", client),
        "application": ("oauth2_client_credentials", client),
        "authorizationCode": ("oauth2_refresh_token", client | {"refresh_token": _secret(source, "refresh_token")}),
        "accessCode": ("oauth2_refresh_token", client | {"refresh_token": _secret(source, "refresh_token")}),
        "password": (
            "oauth2_password",
            client | {"username": _secret(source, "username"), "password": _secret(source, "password")},
        ),
    }
    for flow, (kind, fields) in kinds.items():
        found = flows.get(flow)
        url = found.get("tokenUrl") if isinstance(found, dict) else None
        if isinstance(url, str) and re.match(r"/(?!/)|https?://[^/?#\s]", url):
            scopes = found.get("scopes") if isinstance(found, dict) else None
            named = ", ".join(str(one) for one in list(scopes)[:8]) if isinstance(scopes, dict) else ""
            doubts = (f"`scope:` may be needed; there are {named}",) if named else ()
            return Noted({"type": kind, "token_url": url, **fields}, why, doubts)
    doubts = ("an OAuth 2.0 flow that needs a person; this takes a token that you have",)
    return Noted({"type": "bearer", "token": _secret(source, "token")}, why, doubts)


def _secret(source: str, field: str) -> str:
    return f"${{secret:{source}#{field}}}"


def _reference(flag: str, text: str) -> str:
    if wrong := references.fault(text):
        raise ConfigError(f"{flag}: {wrong}")
    if not references.find(text):
        raise ConfigError(f"{flag}: takes a reference and no credential; allowed: {references.FORMS}")
    return text.strip()


def _split_pair(text: str) -> tuple[str, str, str]:
    """Split `user:password` at the first colon that is not inside of a reference."""
    found = re.fullmatch(r"((?:\$\{[^}]*\}|[^:$]|\$(?!\{))*)(?::(.*))?", text)
    return (found[1], ":", found[2] or "") if found else (text, "", "")


def _kind(text: str) -> dict[str, Any]:
    read = document.read(text)
    value = layers.plain(read.root) if read.root and not read.problems else None
    if not isinstance(value, dict) or "type" not in value:
        raise ConfigError('--auth: is no mapping such as `{type: bearer, token: "${env:TOKEN}"}`')
    return value
