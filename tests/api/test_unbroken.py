"""Every way of paging brings all records, however often it is broken off and however many pages are asked for ahead."""

import json

import pytest

from glue_lib.api.exchange import Response
from glue_lib.api.limits import Limits
from glue_lib.api.pagination.continuation import ContinuationPages
from glue_lib.api.pagination.keyset import KeysetPages
from glue_lib.api.pagination.link import LinkPages
from glue_lib.api.pagination.offset import OffsetPages
from glue_lib.api.pagination.page import NumberedPages
from glue_lib.api.pagination.range import RangePages
from glue_lib.api.pagination.token import TokenPages
from glue_lib.api.request import Request
from glue_lib.api.seen import Seen
from tests.api.liars import Asked, page, read

# However often a walk is broken off, and however many pages are asked for ahead


def keyed(asked):
    """A server of twenty records that knows every way to go on."""
    ids = range(1, 21)
    after = int(asked.text("after") or asked.body.get("after") or (asked.text("where") or "0").rpartition(" ")[2])
    start = asked.number("offset") or 3 * (asked.number("page", 1) - 1) or after
    if span := asked.headers.get("Range"):
        start = int(span.partition("=")[2].partition("-")[0])
    found = ids[start : start + 3]
    last = found[-1] if found else None
    body = page(*found, next=last, total=20, pair={"after": last} if found else {})
    headers = {"Content-Range": f"items {start}-{start + len(found) - 1}/20" if found else "items */20"}
    link = {"Link": f'</v1/things?after={last}>; rel="next"'} if start + 3 < 20 else {}
    return Response(206, headers | link, json.dumps(body).encode())


WAYS = [
    TokenPages(read="body.next", write="query.after"),
    TokenPages(read="body.next", write="body.after"),
    ContinuationPages(read="body.pair", write="query"),
    ContinuationPages(values={"query.after": "body.pair.after"}),
    KeysetPages(write="query.where", template="id > {last}"),
    NumberedPages(),
    NumberedPages(total="body.total"),
    OffsetPages(),
    OffsetPages(total="body.total"),
    OffsetPages(total="body.total", overlap=1),
    RangePages(size=3),
    LinkPages(),
]


@pytest.mark.parametrize("pagination", WAYS, ids=lambda kind: kind.type)
def test_a_walk_that_is_broken_off_after_every_page(api, pagination):
    api.always(lambda sent: keyed(Asked(sent)))
    landed, request, walked = [], Request("/things"), Seen()
    while request is not None:
        walk = api.client().pages(request, pagination=pagination, records="data", seen=walked)
        found = next(walk)
        landed += [json.loads(record)["id"] for record in found.records]
        request = Request.from_stored(json.loads(json.dumps(found.next.stored()))) if found.next else None

    assert landed == list(range(1, 21))


@pytest.mark.parametrize("pagination", WAYS, ids=lambda kind: kind.type)
def test_pages_that_are_asked_for_ahead(api, pagination):
    landed = read(api, keyed, pagination, limits=Limits(requests_per_second=1e6, concurrency=4), threads_ahead=4)

    assert landed == list(range(1, 21))
