"""Redirects: where an answer sends a request on, and how far that is followed."""

from glue_lib.api.address import linked
from glue_lib.api.exchange import Response
from glue_lib.api.hosts import Hosts
from glue_lib.api.request import Request
from glue_lib.errors import ApiError

#: So many redirects in a row are followed.
MOST = 5
_STATUSES = (301, 302, 303, 307, 308)


def redirected(request: Request, response: Response, url: str, hosts: Hosts) -> Request | None:
    """Return the request that a redirect of `url` leads to; None where the answer is no redirect of a GET.

    It may lead to the host of the base URL and to declared hosts, and never from https to http.
    """
    location = (response.header("Location") or "").strip()
    if response.status not in _STATUSES or request.method != "GET" or not location:
        return None
    try:
        return request.put("url", hosts.checked(linked(url, location)))
    except ApiError as error:
        raise ApiError(f"answered {response.status}: {error}") from None
