"""Embedded lists that an API cuts: a record holds the first elements, and the rest stands at an endpoint of its own."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from glue_lib.api import selection
from glue_lib.api.number import plain
from glue_lib.api.page import Page
from glue_lib.api.pagination.base import Pagination, is_true, whole_number
from glue_lib.api.place import DottedPath, keys
from glue_lib.api.reading import Reading
from glue_lib.api.records import Records, RecordsField
from glue_lib.api.request import Request
from glue_lib.api.splice import extended, spliced
from glue_lib.errors import ApiError
from glue_lib.kind import Kind, one_of

_HOLE = re.compile(r"(?<!\$)\{([^{}\s]+)\}")


@dataclass(frozen=True)
class Rest:
    """What is to be asked for the rest of one list: a request, and the page that it comes behind, if there is one."""

    request: Request
    behind: Page | None


class EmbeddedList(Kind):
    """A list inside the records that is cut after some elements is read from its own endpoint, and stands there whole.

    The JSON of a record:

        {"id": "i1", "lines": {"data": [{"id": "l1"}, {"id": "l2"}], "has_more": true, "url": "/v1/invoices/i1/lines"}}

    The YAML; the rest is asked for as if the embedded list were the first page of that endpoint:

        complete:
          - list: lines.data
            url: lines.url
            records: data
            pagination: {type: token, read: last_record.id, write: query.starting_after, more: body.has_more}

    An endpoint whose pages look otherwise is read from its start, when `more` or `total` says that the list is cut:

        {"key": "A-1", "fields": {"comment": {"comments": [{"id": "1"}], "total": 70}}}

        complete:
          - list: fields.comment.comments
            total: fields.comment.total
            path: "/issue/{key}/comment"
            records: comments
            pagination: {type: offset, write: query.startAt, total: body.total}

    While lists are there, and none of their records has `more` or `total`, the place is taken for mistyped: an error.
    An API that writes it only beside a list that is cut:

        complete:
          - {list: tags, more: tags_cut, missing: is_whole, path: "/orders/{id}/tags", records: tags}

    `{key}` stands for that field of the record as it is landed, in the path, in parameters and in the body. The
    stream's `headers` are sent with these requests, too.
    """

    array: DottedPath = Field(
        alias="list", min_length=1, description="The list in the record.", examples=["lines.data"]
    )
    path: str | None = Field(None, description="Endpoint of the list behind `base_url`.")
    url: DottedPath | None = Field(None, description="Field of the record that holds the URL of the endpoint.")
    method: Literal["GET", "POST"] = Field("GET", description="HTTP method.")
    params: dict[str, str] = Field({}, description="Query parameters of the endpoint.")
    body: dict[str, Any] | None = Field(None, description="JSON body of the endpoint's requests.")
    records: RecordsField = Field(Records(), description="Where the elements stand in the endpoint's answers.")
    pagination: one_of("glue_lib.api.pagination", Pagination) = Field(  # type: ignore[valid-type]
        "none", validate_default=True, description="How the next page of the endpoint is asked for."
    )
    more: DottedPath | None = Field(None, description="Field of the record that says that its list is cut.")
    total: DottedPath | None = Field(None, description="Field of the record that says how long the list really is.")
    missing: Literal["error", "is_whole"] = Field(
        "error", description="What it means when no record with a list has `more` or `total`."
    )

    @model_validator(mode="after")
    def _can_be_found(self) -> Self:
        if (self.path is None) == (self.url is None):
            raise ValueError("give either `path` or `url`, where the endpoint of the list is")
        if self.path is not None and not self.path.startswith("/"):
            raise ValueError(f"`path`: `{self.path}` must begin with `/`; it is put behind `base_url`")
        if not self.reads_all and not self._is_like_its_endpoint:
            raise ValueError(
                "say by `more` or `total` when a list is cut; without them the list is taken for the first page of its "
                "endpoint, and `list` must end with what `records` says, as `lines.data` with `data`"
            )
        return self

    @property
    def reads_all(self) -> bool:
        """Whether a cut list is read from its start; else the embedded part is the first page of its endpoint."""
        return self.more is not None or self.total is not None

    @property
    def reading(self) -> Reading:
        """Return how answers of the endpoint become elements."""
        return Reading(self.records)

    def rest(self, record: bytes, page: Page, prefix: bytes = b"") -> Rest | None:
        """Return what is to be asked for a record of `page`; None when its list is whole.

        `prefix` is the start of the landed record, with its parent's values.
        """
        array = self._array(record)
        held = selection.elements(array) if array else []
        if self.reads_all:
            return Rest(self._request(record, page, prefix), None) if self._says_more(record, len(held)) else None
        return None if array is None else self._behind(record, held, page, prefix)

    @property
    def needs_proof(self) -> bool:
        """Whether a record must show that the place which says that a list is cut is not mistyped."""
        return self.reads_all and self.missing == "error"

    def proves(self, record: bytes) -> bool | None:
        """Return whether a record has the place that says that its list is cut; None where it has no list."""
        array = self._array(record)
        if array is None or selection.is_empty(array):
            return None
        return any(selection.raw(record, place) is not None for place in (self.more, self.total) if place)

    def unproven(self) -> ApiError:
        """Return the error of records of which none has that place."""
        places = " nor ".join(f"`{place}`" for place in (self.more, self.total) if place)
        told = f"records have `{self.array}`, but none so far has {places}, which says that the list is cut"
        return ApiError(f"{told}; check `complete`, or where that means that it is whole, write `missing: is_whole`")

    def completed(self, record: bytes, found: Sequence[bytes]) -> bytes:
        """Return the record with the elements that its `rest` brought."""
        array = self._array(record)
        if not self.reads_all:
            return spliced(record, keys(self.array), extended(array or b"[]", found))
        count = len(selection.elements(array)) if array else 0
        total = self._total(record)
        if len(found) <= count or (total is not None and len(found) < total):
            cut = f"{count} of {total}" if total is not None else f"{count}"
            told = f"`{self.array}` has {cut} elements and is cut, but its endpoint brought {len(found)}"
            raise ApiError(f"{told}; check `complete`")
        return spliced(record, keys(self.array), extended(b"[]", found))

    def _array(self, record: bytes) -> bytes | None:
        found = selection.raw(record, self.array)
        return found if found and found.startswith(b"[") else None

    def _behind(self, record: bytes, held: Sequence[bytes], page: Page, prefix: bytes) -> Rest | None:
        """Return what is behind the embedded list, which is the first page of its endpoint."""
        outside = keys(self.array)[: -len(keys(self.records.path))]
        body = selection.raw(record, ".".join(f'"{key}"' for key in outside)) or b"{}"
        request, lacking = self._perhaps(record, page, prefix)
        first_request = self.pagination.first_request(request)
        first = Page(first_request, 1, tuple(held), body=body, url=page.url, hosts=page.hosts)
        following = self.pagination.next_request(first)
        if following and lacking and not following.path:
            raise lacking
        if following and following.fingerprint() == first_request.fingerprint():
            # What `url` holds is the link to the next page itself: no page was asked for with it yet.
            first = replace(first, request=Request("", self.method))
        return Rest(following, first) if following else None

    def _perhaps(self, record: bytes, page: Page, prefix: bytes) -> tuple[Request, ApiError | None]:
        """Return the endpoint's request; one without a path where the record does not lead to it, and why.

        Whole lists often have no URL, and a next link that is a URL itself needs no other.
        """
        try:
            return self._request(record, page, prefix), None
        except ApiError as error:
            return Request("", self.method), error

    @property
    def _is_like_its_endpoint(self) -> bool:
        names, ending = keys(self.array), keys(self.records.path)
        return not self.records.is_query and bool(ending) and names[-len(ending) :] == ending

    def _says_more(self, record: bytes, count: int) -> bool:
        if self.more and is_true(selection.field(record, self.more)):
            return True
        total = self._total(record)
        return total is not None and total > count

    def _total(self, record: bytes) -> int | None:
        found = selection.field(record, self.total) if self.total else None
        return None if found is None else whole_number(found, self.total or "")

    def _request(self, record: bytes, page: Page, prefix: bytes) -> Request:
        def value(name: str) -> Any:
            found = _field(record, name, prefix)
            if found is None or isinstance(found, bool) or found == "":
                raise ApiError(f"the record has no usable `{name}`, which the endpoint of `{self.array}` needs")
            return found

        query = _filled(self.params, value)
        if self.url:
            return Request(page.resolve(str(value(self.url))), self.method, query, body=_filled(self.body, value))
        request = Request(str(self.path), self.method, query, body=_filled(self.body, value))
        for name in dict.fromkeys(_HOLE.findall(str(self.path))):
            request = request.put(f"path.{name}", value(name))
        return request


def _field(record: bytes, name: str, prefix: bytes) -> str | bool | None:
    """Return a field of the record as it is landed: with its parent's values in front."""
    carried = selection.field(prefix.rstrip(b", ") + b"}", name) if prefix else None
    return selection.field(record, name) if carried is None else carried


def _filled(value: Any, named: Callable[[str], Any]) -> Any:
    if isinstance(value, Mapping):
        return {key: _filled(inner, named) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, named) for inner in value]
    if not isinstance(value, str):
        return value
    whole = _HOLE.fullmatch(value)
    return plain(named(whole[1])) if whole else _HOLE.sub(lambda hole: str(named(hole[1])), value)
