"""GraphQL connections as Relay defines them: `pageInfo` says whether more follows and after which cursor."""

from functools import cached_property
from typing import Literal

from pydantic import Field

from glue_lib.api.page import Page
from glue_lib.api.pagination.base import Pagination
from glue_lib.api.pagination.token import TokenPages
from glue_lib.api.place import AnswerPlace, PagePlace
from glue_lib.api.request import Request


class RelayPages(Pagination):
    """A GraphQL connection: its `pageInfo.endCursor` goes into the query's variables, until `hasNextPage` is false.

    The JSON:

        {"data": {"orders": {"nodes": [{"id": 1}], "pageInfo": {"hasNextPage": true, "endCursor": "b"}}}}
        {"data": {"orders": {"nodes": [{"id": 2}], "pageInfo": {"hasNextPage": false, "endCursor": "c"}}}}

    The YAML:

        method: POST
        path: /graphql
        body: {query: "query($after: String) { orders(first: 100, after: $after) { nodes { id } pageInfo { … } } }"}
        records: data.orders.nodes
        pagination: {type: relay, connection: body.data.orders}
    """

    type: Literal["relay"] = "relay"
    connection: AnswerPlace = Field(description="Where the connection stands in the answer.")
    write: PagePlace = Field(
        "body.variables.after", description="Where its end goes in the request, among the query's variables."
    )

    def next_request(self, page: Page) -> Request | None:
        """Return the same query after the connection's end, or None at the end."""
        return self._tokens.next_request(page)

    def doubt(self, page: Page) -> str | None:
        """Return None: `hasNextPage` is there, or the answer is an error."""
        return None

    @cached_property
    def _tokens(self) -> TokenPages:
        more = None if self.last else self.more or f"{self.connection}.pageInfo.hasNextPage"
        read = f"{self.connection}.pageInfo.endCursor"
        return TokenPages(read=read, write=self.write, more=more, last=self.last, full_page=self.full_page)
