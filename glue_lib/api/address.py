"""Addresses: the URL of a request, and the rule that no request leaves the host that the pipeline file names."""

import re
from urllib.parse import SplitResult, quote, unquote_plus, urlencode, urljoin, urlsplit

from glue_lib.api.request import Request
from glue_lib.api.wording import shortened
from glue_lib.errors import ApiError, ConfigError

_PORTS = {"http": 80, "https": 443}
# Parsers disagree about these, and a URL that two parsers read differently can leave the host unseen.
_AMBIGUOUS = re.compile(r"[\\\s\x00-\x1f\x7f]")


def url_of(base_url: str, request: Request) -> str:
    """Return the absolute URL of a request, every value percent-encoded."""
    if is_absolute(request.path):
        url = same_host(base_url, request.path)
    else:
        path = re.sub(r"\{([^{}]+)\}", lambda hole: _filled(hole[1], request), request.path).lstrip("/")
        url = f"{base_url.rstrip('/')}/{path}" if path else base_url
    query = urlencode(request.query, doseq=True, quote_via=quote)
    return url + ("&" if "?" in url else "?") + query if query else url


def is_absolute(path: str) -> bool:
    """Return whether a path is a whole URL."""
    return re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*://", path) is not None


def linked(url: str, link: str) -> str:
    """Return the absolute URL of a link that an answer to `url` gave; what nobody can read as a URL is an error."""
    try:
        found = urljoin(url, link.strip())
    except ValueError:
        found = ""
    if not found or _parts(found) is None:
        raise ApiError("the API points to what is no URL: its host or its port cannot be read")
    return found


def same_host(base_url: str, url: str) -> str:
    """Return `url`, if credentials for `base_url` may be sent there; https is kept where only the scheme differs."""
    url = url.replace(" ", "%20")  # some APIs write their links by hand; a host with a space stays no host of ours
    base, other = _parts(base_url), _parts(url)
    if base is None:
        raise ConfigError("base_url: is no URL: its host or its port cannot be read")
    if other is None:
        raise ApiError("an address is no URL: its host or its port cannot be read")
    if other.scheme not in _PORTS:
        raise ApiError(f"the API points to `{shortened(other.scheme, 20)}:`, which is no address to ask")
    if _AMBIGUOUS.search(url) or "@" in other.netloc or other.hostname != base.hostname:
        raise ApiError(f"the API points to another host, `{other.hostname}`; credentials go to `{base.hostname}` only")
    # APIs behind a proxy often write their own links with `http`, without a port.
    if (base.scheme, other.scheme, other.port) == ("https", "http", None):
        return same_host(base_url, "https" + url[len("http") :])
    if (base.scheme, port_of(base_url)) != (other.scheme, port_of(url)):
        raise ApiError(
            f"the API points to `{other.scheme}` on port {port_of(url)}; "
            f"credentials go to `{base.scheme}` on port {port_of(base_url)} of `{base.hostname}` only"
        )
    return url


def _parts(url: str) -> SplitResult | None:
    """Return the parts of a URL, or None where its host or its port cannot be read."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 (it is looked at when it is asked for, and not before)
    except ValueError:
        return None
    return parts


def port_of(url: str) -> int | None:
    """Return the port of a URL, that of its scheme where it names none."""
    parts = urlsplit(url)
    return parts.port or _PORTS.get(parts.scheme)


def without_query(url: str, name: str) -> str:
    """Return `url` without the query parameter `name`."""
    address, mark, query = url.partition("?")
    kept = [pair for pair in query.split("&") if unquote_plus(pair.partition("=")[0]) != name]
    return address + mark + "&".join(kept) if kept else address


def _filled(name: str, request: Request) -> str:
    value = request.fill.get(name, "")
    # An empty value or a dot segment would ask another endpoint.
    if value in ("", ".", ".."):
        raise ApiError(f"`{{{name}}}` of path `{request.path}` has no usable value: `{value}`")
    return quote(value, safe="")
