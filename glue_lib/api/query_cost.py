"""Query cost: what a GraphQL answer says about the points that are left; its limit counts points, not requests.

{"data": {...}, "extensions": {"cost": {"requestedQueryCost": 252, "actualQueryCost": 102, "throttleStatus":
    {"maximumAvailable": 2000, "currentlyAvailable": 1898, "restoreRate": 100}}}}
"""

import json
import re
from typing import Any

from glue_lib.api.exchange import Response
from glue_lib.api.rate_headers import Allowance
from glue_lib.api.resets import LONGEST_SECONDS

_TAIL = 4096  # bytes at the end of the answer in which the cost stands
_EXTENSIONS = re.compile(r'"extensions"\s*:\s*(?=\{)')
_DECODER = json.JSONDecoder()


def query_cost(response: Response) -> Allowance | None:
    """Return how many more queries such as this one can be paid for, and when one more can."""
    body = response.body
    if body.is_spooled:  # a page so long is none of GraphQL's, whose costs forbid it
        return None
    tail = body.read()[-_TAIL:]
    if b'"throttleStatus"' not in tail:
        return None
    text = tail.decode(errors="replace")
    for found in reversed(list(_EXTENSIONS.finditer(text))):
        try:
            extensions, _ = _DECODER.raw_decode(text, found.end())
            return _allowance(extensions["cost"])
        except (KeyError, TypeError, ValueError, RecursionError):
            continue
    return None


def _allowance(cost: dict[str, Any]) -> Allowance | None:
    status = cost["throttleStatus"]
    price, left = float(cost["requestedQueryCost"] or 1), float(status["currentlyAvailable"])
    most, per_second = float(status["maximumAvailable"]), float(status["restoreRate"])
    if not (price > 0 and left >= 0 and most > 0 and per_second > 0):
        return None
    seconds = (price - left % price) / per_second
    if seconds > LONGEST_SECONDS:
        return None
    return Allowance("query cost", left // price, max(1.0, most // price), seconds)
