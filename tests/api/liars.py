"""Servers for tests: each answers by what it is asked, for as long as it is asked."""

import json
from itertools import islice
from urllib.parse import parse_qs, urlsplit

from glue_lib.api.pagination.token import TokenPages
from glue_lib.api.request import Request

BASE = "https://api.example.org/v1"
MOST = 5000  # pages; a walk that goes on behind them has no end
TOKENS = TokenPages(read="body.next", write="query.cursor")


def read(api, server, pagination, *, request=None, **options):
    """The ids that a walk over the server's pages lands."""
    api.always(lambda sent: server(Asked(sent)))
    pages = api.client(**options).pages(request or Request("/things"), pagination=pagination, records="data")
    landed = [json.loads(record)["id"] for page in islice(pages, MOST) for record in page.records]
    assert len(api.sent) < MOST, "the walk has no end"
    return landed


class Asked:
    """What one request asks for."""

    def __init__(self, sent):
        self.url = sent.url
        self.headers = sent.headers
        self._query = parse_qs(urlsplit(sent.url).query, keep_blank_values=True)
        self.body = json.loads(sent.content) if sent.content else {}

    def text(self, name):
        return self._query.get(name, [None])[-1]

    def number(self, name, default=0):
        return int(self.text(name) or default)


def page(*ids, **beside):
    return {"data": [{"id": id_} for id_ in ids]} | beside


def numbered(count, size=2, **beside):
    """A server of so many records, asked for by page or offset, that says beside them what it wants."""

    def server(asked):
        start = asked.number("offset") if asked.text("offset") else size * (asked.number("page", 1) - 1)
        return page(*range(start, min(start + size, count)), **beside)

    return server
