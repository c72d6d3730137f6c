"""How a URL that an API gives becomes the next request."""

from collections.abc import Sequence
from urllib.parse import parse_qsl, urlsplit

from glue_lib.api.page import Page
from glue_lib.api.request import QueryValue, Request


def followed(page: Page, url: str, keep: Sequence[str] = ()) -> Request:
    """Return the request for a URL found in `page`, with those parameters in `keep` that the URL has dropped."""
    target = page.resolve(url)
    request = page.request.put("url", target)
    given = {name for name, _ in parse_qsl(urlsplit(target).query, keep_blank_values=True)}
    before = _parameters(page.request)
    for name in keep:
        if name in before and name not in given:
            request = request.put(f"query.{name}", before[name])
    return request


def _parameters(request: Request) -> dict[str, QueryValue]:
    return {**dict(parse_qsl(urlsplit(request.path).query, keep_blank_values=True)), **request.query}
