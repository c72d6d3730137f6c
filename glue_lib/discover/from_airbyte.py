"""Airbyte's low-code manifests (`DeclarativeSource`), as far as they map."""

import re
from typing import Any

from glue_lib.discover import manifest, names
from glue_lib.discover.foreign import EMPTY, Import, as_text, elements, mapping, plain
from glue_lib.discover.manifest import Manifest, only, path_of, quoted, span, templates
from glue_lib.discover.noted import Noted
from glue_lib.spec.document import Node

_PLACES = {"request_parameter": "query", "header": "header", "body_json": "body", "body_data": "body"}
_DECODERS = {"JsonlDecoder": "ndjson", "XmlDecoder": "xml", "CsvDecoder": "csv"}


def imported(root: Node, source: str) -> Import:
    """Return the pipeline that a manifest says."""
    return Importer(root, source).imported()


class Importer:
    """One manifest on its way."""

    def __init__(self, root: Node, source: str) -> None:
        self._manifest, self._into = Manifest(root), Import(source)
        self._root = root
        self._bases: dict[str, Node] = {}

    def imported(self) -> Import:
        """Return the pipeline."""
        for one in elements(self._root.child("streams")):
            self._stream(self._manifest.component(one))
        for name in ("dynamic_streams", "concurrency_level", "api_budget"):
            if (node := self._root.child(name)) is not None:
                self._into.lose(node, "has no counterpart" + ("; see `limits:`" if name != "dynamic_streams" else ""))
        return self._into

    def _stream(self, stream: Node) -> None:
        kind = _type(stream)
        name = names.unlike(names.fit(as_text(self._child(stream, "name") or EMPTY)), self._into.streams)
        if kind not in ("DeclarativeStream", ""):
            self._into.lose(stream, f"a `{kind}` did not map")
            return
        retriever = self._child(stream, "retriever")
        if not retriever.value:
            self._into.lose(stream, "has no `retriever`; the stream is left out")
            return
        if _type(retriever) not in ("SimpleRetriever", ""):
            self._into.lose(retriever, f"a `{_type(retriever)}` did not map; the stream is left out")
            return
        made = self._read(stream, retriever)
        if made is None:
            return
        key = self._child(stream, "primary_key")
        fields = [as_text(one) for one in elements(key) if not isinstance(one.value, list)]
        fields += [
            ".".join(as_text(each) for each in elements(one)) for one in elements(key) if isinstance(one.value, list)
        ]
        if key.value is not None and not isinstance(key.value, dict | list):
            fields = [as_text(key)]
        if fields:
            made["key"] = fields
        cursor = self._cursor(stream, made)
        if cursor:
            made["cursor"] = cursor
        made["write"] = (
            "upsert" if cursor and fields else Noted("append", (), ("a cursor without a key",)) if cursor else "replace"
        )
        for lost in ("transformations", "state_migrations", "file_uploader"):
            if (node := stream.child(lost)) is not None:
                self._into.lose(node, "has no counterpart: records are landed as they come")
        self._into.streams[name] = made

    def _read(self, stream: Node, retriever: Node) -> dict[str, Any] | None:
        requester = self._child(retriever, "requester")
        if _type(requester) not in ("HttpRequester", ""):
            self._into.lose(requester, f"a `{_type(requester)}` did not map; the stream is left out")
            return None
        made: dict[str, Any] = {"path": self._path(requester, retriever)}
        parents = self._parents(retriever)
        made["path"] = self._with_parents(made["path"], parents, self._child(requester, "path"))
        if as_text(self._child(requester, "http_method")).upper() == "POST":
            made["method"] = "POST"
        params = self._sent(requester, "request_parameters", parents)
        params |= {name: hole for name, hole in parents.items() if name.startswith("query.")}
        params = {name.removeprefix("query."): value for name, value in params.items()}
        headers = self._sent(requester, "request_headers", parents)
        body = self._sent(requester, "request_body_json", parents) or self._sent(
            requester, "request_body_data", parents
        )
        self._error_handler(requester)
        paginator = self._child(retriever, "paginator")
        pagination = self._pagination(paginator, params)
        made |= {key: value for key, value in (("params", params), ("headers", headers), ("body", body)) if value}
        selector = self._child(retriever, "record_selector")
        made["records"] = self._records(selector)
        made["pagination"] = pagination
        decoder = _DECODERS.get(_type(self._child(retriever, "decoder")))
        if decoder:
            made["format"] = decoder
            made["records"] = ""
        self._auth(requester)
        return made

    def _path(self, requester: Node, retriever: Node) -> str:
        base = as_text(self._child(requester, "url_base")) or as_text(self._child(requester, "url"))
        path = as_text(self._child(requester, "path"))
        base = self._configured(base, self._child(requester, "url_base"), as_environment=True).rstrip("/")
        if not self._into.base_url:
            self._into.base_url = base or "https://api.example.org"
        elif base and base != plain_url(self._into.base_url):
            self._into.lose(requester, f"its `url_base` is another one (`{base}`); a pipeline has one `base_url`")
        return f"/{self._configured(path, self._child(requester, 'path')).lstrip('/')}"

    def _configured(self, text: str, node: Node, *, as_environment: bool = False) -> str:
        """Return a text with its settings filled: by their default, by a reference, or by their own name."""

        def value(found: re.Match[str]) -> str:
            path = path_of(found[1])
            if not path or path[0] != "config":
                return found[0]
            default = self._default(path[-1])
            if default is not None:
                return default
            if as_environment:
                return f"${{env:{names.fit(path[-1]).upper()}}}"
            self._into.lose(node, f"the setting `{path[-1]}` must be written into the file, in the place of its name")
            return path[-1].upper()

        return re.sub(r"\{\{\s*(.*?)\s*\}\}", value, text)

    def _default(self, name: str) -> str | None:
        specification = self._root.at("spec", "connection_specification", "properties", name, "default")
        return as_text(specification) if specification and not isinstance(specification.value, dict | list) else None

    def _parents(self, retriever: Node) -> dict[str, str]:
        """Return what fan-outs fill in: by the partition's field, and by the place of a request option."""
        router = self._child(retriever, "partition_router")
        routers = elements(router) or ([router] if router.value else [])
        found: dict[str, str] = {}
        for one in (self._manifest.component(each, mapping(retriever.child("$parameters"))) for each in routers):
            if _type(one) != "SubstreamPartitionRouter":
                self._into.lose(one, f"a `{_type(one)}` did not map; write a stream for each value")
                continue
            for config in elements(one.child("parent_stream_configs")):
                self._parent(self._manifest.component(config, mapping(one.child("$parameters"))), found)
        return found

    def _parent(self, config: Node, found: dict[str, str]) -> None:
        parent = self._child(config, "stream")
        name = names.fit(as_text(self._child(parent, "name")))
        hole = f"{{{name}.{as_text(self._child(config, 'parent_key')) or 'id'}}}"
        found[as_text(self._child(config, "partition_field"))] = hole
        option = self._child(config, "request_option")
        place = _PLACES.get(as_text(option.child("inject_into") or EMPTY)) if option.value else None
        if place == "query":
            found[f"query.{as_text(option.child('field_name') or EMPTY)}"] = hole
        elif option.value:
            self._into.lose(option, "this place of a parent's field did not map")
        if self._child(config, "incremental_dependency").value is True:
            self._into.lose(config, "`incremental_dependency`: see `only_changed: true`")

    def _with_parents(self, text: str, parents: dict[str, str], node: Node) -> str:
        for template in templates(text):
            path = path_of(template)
            if path and path[0] in ("stream_slice", "stream_partition") and path[-1] in parents:
                text = re.sub(r"\{\{\s*" + re.escape(template) + r"\s*\}\}", parents[path[-1]].replace("\\", ""), text)
        if "{{" in text and any(
            (path_of(each) or [""])[0] not in ("stream_interval", "stream_slice") for each in templates(text)
        ):
            self._into.lose(node, f"the template in `{text}` did not map")
        return re.sub(r"\s+", "%20", text) if text.startswith("/") else text

    def _sent(self, requester: Node, field: str, parents: dict[str, str]) -> dict[str, Any]:
        provider = self._child(requester, "request_options_provider")
        given = self._child(requester, field)
        given = given if given.value else self._child(provider, field)
        if isinstance(given.value, str):
            self._into.lose(given, "a text in the place of a mapping did not map")
            return {}
        sent: dict[str, Any] = {}
        for name, node in mapping(given).items():
            if name.startswith("$") or name == "type":
                continue
            node = self._manifest.filled(node, requester)
            if isinstance(node.value, dict | list):
                sent[name] = plain(node)
                continue
            text = as_text(node)
            whole = path_of(only(text) or "")
            if whole and whole[0] == "config" and self._default(whole[-1]) is None:
                self._into.lose(node, f"the setting `{whole[-1]}` must be written into the file")
                continue
            sent[name] = self._with_parents(self._configured(text, node), parents, node)
        return sent

    def _error_handler(self, requester: Node) -> None:
        handler = self._child(requester, "error_handler")
        if (handler.value and _type(handler) not in ("", "DefaultErrorHandler")) or handler.child("response_filters"):
            self._into.lose(
                handler, "its rules did not map; `retry:` and `error:` say which answers are asked again, or errors"
            )

    def _records(self, selector: Node) -> Any:
        extractor = self._child(selector, "extractor")
        if _type(extractor) not in ("DpathExtractor", ""):
            self._into.lose(extractor, f"a `{_type(extractor)}` did not map")
        if self._child(selector, "record_filter").value:
            self._into.lose(self._child(selector, "record_filter"), "a filter did not map: all records are landed")
        path = self._child(extractor, "field_path")
        if isinstance(path.value, str) and path.value:
            return path.value
        keys = [as_text(self._manifest.filled(one, extractor)) for one in elements(path)]
        if any("{{" in key for key in keys):
            self._into.lose(path, "a template in the path of records did not map")
            return Noted("", (), ("say where the records are",))
        if "*" in keys:
            return ".".join("[]" if key == "*" else key for key in keys).replace(".[]", "[]").removeprefix("[].")
        return quoted(keys)

    def _pagination(self, paginator: Node, params: dict[str, Any]) -> Any:
        if _type(paginator) in ("NoPagination", ""):
            return "none"
        strategy = self._child(paginator, "pagination_strategy")
        option, size = self._child(paginator, "page_size_option"), self._child(strategy, "page_size")
        option = option if option.value else self._child(paginator, "limit_option")
        size = size if size.value is not None else self._child(paginator, "page_size")
        if (
            option.value
            and size.value is not None
            and _PLACES.get(as_text(option.child("inject_into") or EMPTY)) == "query"
        ):
            params.setdefault(as_text(self._child(option, "field_name")), self._configured(as_text(size), size))
        token = self._child(paginator, "page_token_option")
        match _type(strategy):
            case "OffsetIncrement":
                return {"type": "offset", "write": self._place(token, "query.offset")}
            case "PageIncrement":
                start = manifest.value_of(strategy.child("start_from_page"), 0)
                return {"type": "page", "write": self._place(token, "query.page"), "start": int(start or 0)}
            case "CursorPagination":
                return self._cursor_pages(strategy, token)
        self._into.lose(strategy, f"a `{_type(strategy)}` did not map")
        return Noted("none", (), ("the paginator did not map",))

    def _cursor_pages(self, strategy: Node, token: Node) -> Any:
        node = self._child(strategy, "cursor_value")
        path = path_of(only(as_text(node)) or "")
        if path is None or path[0] not in ("response", "headers", "last_record"):
            self._into.lose(
                node, f"the template `{as_text(node)}` did not map; say in `pagination:` where the next page stands"
            )
            return Noted("none", (), ("the paginator did not map",))
        if path[0] == "headers" and path[1:2] == ["link"]:
            return {"type": "link"}
        root = {"response": "body", "headers": "header", "last_record": "last_record"}[path[0]]
        read = f"{root}.{quoted(path[1:])}"
        end = self._end(self._child(strategy, "stop_condition"))
        is_url = _type(token) == "RequestPath" or as_text(token.child("inject_into") or EMPTY) == "path"
        if is_url:
            return {"type": "next_url", "read": read, **end}
        return {"type": "token", "read": read, "write": self._place(token, "query.cursor"), **end}

    def _end(self, node: Node) -> dict[str, str]:
        """Return where the answer says that there is more, or no more."""
        text = (only(as_text(node)) or "").strip() if node.value else ""
        negated = re.fullmatch(r"not\s+(.*)|(.*?)\s*(?:is\s+false|==\s*[Ff]alse|is\s+not\s+true)", text)
        inner = next(filter(None, negated.groups())) if negated else re.sub(r"\s*(is\s+true|==\s*[Tt]rue)$", "", text)
        path = path_of(inner)
        if path and path[0] == "response" and len(path) > 1:
            return {"more" if negated else "last": f"body.{quoted(path[1:])}"}
        if text:
            self._into.lose(node, f"the condition `{text}` did not map; a stream ends where no token comes")
        return {}

    def _place(self, option: Node, default: str) -> str:
        place = _PLACES.get(as_text(option.child("inject_into") or EMPTY))
        name = as_text(self._child(option, "field_name")) or ".".join(
            as_text(one) for one in elements(option.child("field_path"))
        )
        return f"{place}.{name}" if place and name else default

    def _cursor(self, stream: Node, made: dict[str, Any]) -> dict[str, Any] | None:
        sync = self._child(stream, "incremental_sync")
        if not sync.value:
            return None
        if _type(sync) != "DatetimeBasedCursor":
            self._into.lose(sync, f"a `{_type(sync)}` did not map; see `cursor:`")
            return None
        cursor: dict[str, Any] = {"field": as_text(self._child(sync, "cursor_field"))}
        for end, option in (("from", "start_time_option"), ("until", "end_time_option")):
            if (node := self._child(sync, option)).value:
                cursor[end] = self._place(node, f"query.{end}")
        self._in_texts(made, cursor)
        if style := self._format(sync):
            cursor["format"] = style
        start = self._child(sync, "start_datetime")
        text = as_text(self._child(start, "datetime")) if isinstance(start.value, dict) else as_text(start)
        if re.match(r"\d{4}-\d\d", text):
            cursor["start"] = text
        elif text:
            self._into.lose(start, "where the first run begins is a setting; write it as `start:`")
            cursor["start"] = "2020-01-01"
        for ours, theirs in (("lookback", "lookback_window"), ("slice", "step")):
            node = self._child(sync, theirs)
            if node.value is None:
                continue
            length = span(as_text(node))
            if length and (ours != "slice" or "until" in cursor):
                cursor[ours] = length
            elif not length:
                self._into.lose(node, f"the duration `{as_text(node)}` did not map; see `{ours}:`")
        if "from" not in cursor:
            cursor.pop("until", None)
            cursor.pop("slice", None)
        return cursor

    def _in_texts(self, made: dict[str, Any], cursor: dict[str, Any]) -> None:
        """Take the bounds of a window out of parameters that have them: whole, or inside of a text."""
        names_of = {"start_time": ("from", "since"), "end_time": ("until", "until")}
        for part, place in (("params", "query"), ("body", "body")):
            for name, text in list(made.get(part, {}).items()):
                for template in templates(text) if isinstance(text, str) else ():
                    path = path_of(template)
                    if not path or path[0] not in ("stream_interval", "stream_slice") or path[-1] not in names_of:
                        continue
                    end, hole = names_of[path[-1]]
                    if only(text) == template:
                        cursor[end] = f"{place}.{name}"
                        del made[part][name]
                    else:
                        text = re.sub(r"\{\{\s*" + re.escape(template) + r"\s*\}\}", f"{{{hole}}}", text)
                        cursor[end] = f"text.{hole}"
                        made[part][name] = text
            if part in made and not made[part]:
                del made[part]

    def _format(self, sync: Node) -> str:
        text = as_text(self._child(sync, "datetime_format"))
        known = {"%s": "epoch_s", "%ms": "epoch_ms", "%s_as_float": "epoch_s"}
        if text in known:
            return known[text]
        if text.startswith("%Y-%m-%dT%H:%M:%S") or not text:
            return ""
        if re.search(r"%(_ms|epoch|f|z)", text):
            self._into.lose(self._child(sync, "datetime_format"), f"the format `{text}` is taken as ISO 8601")
            return ""
        return text

    def _auth(self, requester: Node) -> None:
        node = self._child(requester, "authenticator")
        if self._into.auth or not node.value or _type(node) == "NoAuth":
            return
        if _type(node) == "SelectiveAuthenticator":
            self._into.lose(node, "of several ways to sign, the first is taken")
            first = next(iter(mapping(self._child(node, "authenticators")).values()), None)
            node = self._manifest.component(first)
        self._into.auth = self._signed(node)

    def _signed(self, node: Node) -> Any:
        def secret(name: str, default: str) -> str:
            given = self._child(node, name)
            path = path_of(only(as_text(given)) or "") if given.value else None
            if given.value and path is None and "{{" not in as_text(given):
                return self._into.secret(default, given)
            return f"${{secret:{self._into.source}#{re.sub(r'[^A-Za-z0-9_]', '_', path[-1]) if path else default}}}"

        match _type(node):
            case "BearerAuthenticator":
                return {"type": "bearer", "token": secret("api_token", "token")}
            case "BasicHttpAuthenticator":
                made = {"type": "basic", "username": secret("username", "username")}
                has_password = as_text(self._child(node, "password"))
                return made | ({"password": secret("password", "password")} if has_password else {})
            case "ApiKeyAuthenticator":
                option = self._child(node, "inject_into")
                header = as_text(self._child(node, "header")) or "X-Api-Key"
                return {
                    "type": "api_key",
                    "write": self._place(option, f"header.{header}"),
                    "key": secret("api_token", "api_key"),
                }
            case "OAuthAuthenticator":
                url = self._configured(as_text(self._child(node, "token_refresh_endpoint")), node, as_environment=True)
                made = {"token_url": url, "client_id": secret("client_id", "client_id")}
                made |= {"client_secret": secret("client_secret", "client_secret"), "client_in": "body"}
                if as_text(self._child(node, "grant_type")) == "client_credentials":
                    return {"type": "oauth2_client_credentials", **made}
                return {
                    "type": "oauth2_refresh_token",
                    **made,
                    "refresh_token": secret("refresh_token", "refresh_token"),
                }
        self._into.lose(node, f"a `{_type(node)}` did not map; see `auth:` in docs/apis.md")
        return None

    def _child(self, node: Node, name: str) -> Node:
        return self._manifest.child(node, name) or EMPTY_TEXT


EMPTY_TEXT = Node(None, (), None, "")


def plain_url(url: Any) -> str:
    """Return a base URL, whatever is said of it."""
    return str(url.value if isinstance(url, Noted) else url)


def _type(node: Node) -> str:
    found = node.child("type")
    return as_text(found) if found is not None else ""
