"""AWS Glue's REST connection types: the JSON of `RegisterConnectionType`, as far as it maps."""

import re
from typing import Any

from glue_lib.discover import names
from glue_lib.discover.foreign import (
    EMPTY,
    Fields,
    Import,
    as_text,
    body_place,
    dotted_path,
    elements,
    found_at,
    mapping,
)
from glue_lib.discover.noted import Noted
from glue_lib.spec.document import Node

_PLACES = {"QUERY_PARAM": "query", "HEADER": "header", "BODY": "body", "PATH": "path"}


def registration(root: Node) -> Node | None:
    """Return the request of `RegisterConnectionType` in a file, also in the answer of `DescribeConnectionType`."""
    return next(found_at(root, "RestConfiguration"), None)


def imported(root: Node, source: str) -> Import:
    """Return the pipeline that a connection type says."""
    into = Import(source)
    request = Fields(root, into)
    properties = Fields(request.take("ConnectionProperties"), into)
    into.base_url = _base_url(properties.take("Url"), into)
    for node in elements(properties.take("AdditionalRequestParameters")):
        into.lose(node, f"the connection's parameter `{_named(node)}`; write it under `headers:` or `params:`")
    into.auth = _auth(Fields(request.take("ConnectorAuthenticationConfiguration"), into), into)
    rest = Fields(request.take("RestConfiguration"), into)
    common = rest.take("GlobalSourceConfiguration") or EMPTY
    for name, node in mapping(rest.take("EntityConfigurations")).items():
        _entity(name, Fields(node, into), common, into)
    rest.rest(("ValidationEndpointConfiguration",))
    properties.rest()
    request.rest(("ConnectionType", "IntegrationType", "Description", "Tags"))
    return into


def _base_url(node: Node | None, into: Import) -> Any:
    url = as_text((node or EMPTY).child("DefaultValue") or EMPTY)
    if re.match(r"https?://", url):
        return url.rstrip("/")
    if node is not None:
        into.lose(node, "the address is asked for when a connection is made; write it as `base_url`")
    return Noted("https://api.example.org", (), ("the connection type does not say where the API is served",))


def _entity(name: str, entity: Fields, common: Node, into: Import) -> None:
    own = Fields(entity.take("SourceConfiguration"), into)
    base = Fields(common, into)

    def taken(field: str) -> Node | None:
        return own.take(field) or base.take(field)

    path = as_text(taken("RequestPath") or EMPTY) or f"/{name}"
    path, cut, _ = path.partition("?")
    stream: dict[str, Any] = {"path": path if path.startswith("/") else f"/{path}"}
    if cut and (node := taken("RequestPath")):
        into.lose(node, "what follows `?` in the path; write it under `params:`")
    if as_text(taken("RequestMethod") or EMPTY) == "POST":
        stream["method"] = "POST"
    params: dict[str, Any] = {}
    for node in [*elements(base.take("RequestParameters")), *elements(own.take("RequestParameters"))]:
        _parameter(node, params, stream, into)
    response = Fields(taken("ResponseConfiguration"), into)
    records = response.text("ResultPath")
    found = dotted_path(records)
    if found is None:
        into.lose(response.node, f"the path `{records}` is no plain one; `records` takes a JMESPath")
    if (error := response.take("ErrorPath")) is not None:
        into.lose(error, "where errors stand: see `error:`; the usual places are known without it")
    pages = _pagination(Fields(taken("PaginationConfiguration"), into), params, stream, into)
    if params:
        stream["params"] = params
    stream["records"] = found or ""
    stream["pagination"] = pages
    if (node := taken("FilterConfiguration")) is not None:
        into.lose(node, "how filters are written: a stream that asks for what is new does it by `cursor:`")
    _schema(mapping(entity.take("Schema")), stream)
    stream["write"] = Noted("replace", (), ("Glue names no key and no cursor; with both, write `upsert`",))
    own.rest()
    entity.rest()
    into.streams[names.unlike(names.fit(name), into.streams)] = stream


def _parameter(node: Node, params: dict[str, Any], stream: dict[str, Any], into: Import) -> None:
    fields = Fields(node, into)
    name, value = fields.text("KeyOverride") or _named(node), fields.text("DefaultValue")
    place = fields.text("PropertyLocation", default="QUERY_PARAM")
    kind = fields.text("PropertyType")
    if kind == "UNUSED":
        return
    if kind in ("SECRET", "SECRET_OR_USER_INPUT") and not value:
        into.lose(node, f"parameter `{name}` is a secret; it belongs into `auth:`, as a reference")
    elif not value:
        into.lose(node, f"parameter `{name}` is asked for when a connection is made; write its value")
    elif place == "HEADER":
        stream.setdefault("headers", {})[name] = value
    elif place == "BODY":
        stream.setdefault("body", {})[name] = value
    elif place == "PATH":
        stream["path"] = stream["path"].replace(f"{{{name}}}", value)
    else:
        params[name] = value


def _pagination(pages: Fields, params: dict[str, Any], stream: dict[str, Any], into: Import) -> Any:
    cursor = Fields(pages.take("CursorConfiguration"), into)
    offset = Fields(pages.take("OffsetConfiguration"), into)
    if cursor.node is EMPTY and offset.node is EMPTY:
        return Noted("none", (), ("the connection type says nothing of further pages",))
    made = _cursor(cursor, into) if cursor.node is not EMPTY else _offset(offset, into)
    limit = Fields(cursor.take("LimitParameter") or offset.take("LimitParameter"), into)
    if (key := limit.text("Key")) and (size := limit.text("DefaultValue")):
        if limit.text("PropertyLocation", default="QUERY_PARAM") == "BODY":
            stream.setdefault("body", {})[key] = int(size) if size.isdecimal() else size
        else:
            params[key] = size
    return made


def _cursor(cursor: Fields, into: Import) -> Any:
    page = Fields(cursor.take("NextPage"), into)
    value = Fields(page.take("Value"), into)
    path, header = value.text("ContentPath"), value.text("HeaderKey")
    read = f"header.{header}" if header else body_place(path) if path else None
    place = _PLACES.get(page.text("PropertyLocation", default="QUERY_PARAM"), "query")
    if read is None:
        into.lose(page.node, "where the next page stands did not map")
        return Noted("none", (), ("the paginator did not map",))
    if header.lower() == "link":
        return {"type": "link"}
    if key := page.text("Key"):
        return {"type": "token", "read": read, "write": f"{place}.{key}"}
    return Noted({"type": "next_url", "read": read}, (), ("no parameter is named, so the value is taken for a URL",))


def _offset(offset: Fields, into: Import) -> Any:
    parameter = Fields(offset.take("OffsetParameter"), into)
    place = _PLACES.get(parameter.text("PropertyLocation", default="QUERY_PARAM"), "query")
    made: dict[str, Any] = {"type": "offset", "write": f"{place}.{parameter.text('Key', default='offset')}"}
    if (first := parameter.text("DefaultValue")) not in ("", "0") and first.isdecimal():
        made["start"] = int(first)
    return made


def _schema(fields: dict[str, Node], stream: dict[str, Any]) -> None:
    """Take the types that numbers as text or moments need; all others are found in the records."""
    wanted = {"TIMESTAMP": "timestamp", "DATE": "date"}
    types = {}
    for name, node in fields.items():
        kind = as_text(node.child("FieldDataType") or EMPTY)
        if kind in wanted and re.fullmatch(r"[\w.]+", name):
            types[as_text(node.child("Name") or EMPTY) or name] = wanted[kind]
    if types:
        stream["types"] = types


def _auth(config: Fields, into: Import) -> Any:
    kinds = [as_text(one) for one in elements(config.take("AuthenticationTypes"))]
    oauth = Fields(config.take("OAuth2Properties"), into)
    custom = Fields(config.take("CustomAuthenticationProperties"), into)
    config.take("BasicAuthenticationProperties")
    config.rest()
    if "OAUTH2" in kinds:
        return _oauth(oauth, into)
    if "BASIC" in kinds:
        return {"type": "basic", "username": into.secret("username", None), "password": into.secret("password", None)}
    if "CUSTOM" in kinds:
        parameters = elements(custom.take("AuthenticationParameters"))
        for node in parameters[1:]:
            into.lose(node, f"a second parameter of custom auth, `{_named(node)}`; see `also:` of `type: api_key`")
        if parameters:
            place = _PLACES.get(as_text(parameters[0].child("PropertyLocation") or EMPTY), "header")
            name = as_text(parameters[0].child("KeyOverride") or EMPTY) or _named(parameters[0])
            key = into.secret(names.fit(_named(parameters[0])), None)
            return {"type": "api_key", "write": f"{place if place != 'path' else 'header'}.{name}", "key": key}
    if "IAM" in kinds:
        into.lose(config.node, "requests signed by IAM: see `auth: {type: sigv4}`")
    return None


def _oauth(oauth: Fields, into: Import) -> Any:
    grant = oauth.text("OAuth2GrantType")
    names_of = {
        "CLIENT_CREDENTIALS": "ClientCredentialsProperties",
        "AUTHORIZATION_CODE": "AuthorizationCodeProperties",
    }
    properties = Fields(oauth.take(names_of.get(grant, "JWTBearerProperties")), into)
    url = as_text((properties.take("TokenUrl") or EMPTY).child("DefaultValue") or EMPTY)
    if not re.match(r"https?://|/", url):
        into.lose(oauth.node, "where tokens are given is not said; write it as `token_url`")
        url = "/oauth/token"
    client = {"token_url": url, "client_id": into.secret("client_id", None)}
    client["client_secret"] = into.secret("client_secret", None)
    for one in (
        "ClientId",
        "ClientSecret",
        "RequestMethod",
        "ContentType",
        "RedirectUri",
        "Prompt",
        "AuthorizationCode",
    ):
        properties.take(one)
    properties.take("AuthorizationCodeUrl")
    scope = as_text((properties.take("Scope") or EMPTY).child("DefaultValue") or EMPTY)
    client |= {"scope": scope} if scope else {}
    properties.rest()
    if grant == "CLIENT_CREDENTIALS":
        return {"type": "oauth2_client_credentials", **client}
    if grant == "AUTHORIZATION_CODE":
        return {"type": "oauth2_refresh_token", **client, "refresh_token": into.secret("refresh_token", None)}
    into.lose(oauth.node, f"the grant `{grant}`: see `auth: {{type: oauth2_jwt_bearer}}`")
    return None


def _named(node: Node) -> str:
    return as_text(node.child("Name") or EMPTY) or "value"
