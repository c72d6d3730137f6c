"""The request asks for what comes after the last record, by a condition on a field that all are sorted by."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from pydantic import Field, field_validator

from glue_lib.api.number import NumberText, exact_json
from glue_lib.api.page import Page
from glue_lib.api.pagination.base import Pagination
from glue_lib.api.place import AnswerPlace, PagePlace
from glue_lib.api.request import Request
from glue_lib.errors import ApiError


class KeysetPages(Pagination):
    """The request asks at `write` for the records whose field `read` comes after that of the last record.

    The API must sort by that field, and no two records may have the same value of it; numbers are held to that, and
    texts to differ from one record to the next. `template` makes the condition: `{last}` stands for the value, whose
    quotes are doubled where the template puts it between single quotes. A condition that the stream has there already
    stays in front, joined by `joined_by`. The stream ends with an empty page, or as `more`, `last` or `full_page` say.

    The JSON:

        [{"id": 7}, {"id": 9}]           # GET /rows?$order=id
        [{"id": 12}]                     # GET /rows?$order=id&$where=id > 9
        []                               # GET /rows?$order=id&$where=id > 12, the end

    The YAML:

        params: {$order: id}
        pagination: {type: keyset, read: last_record.id, write: query.$where, template: "id > {last}"}

    A field of texts, and the bare value as a parameter:

        pagination: {type: keyset, read: last_record.code, write: query.where, template: "code > '{last}'"}

        pagination: {type: keyset, read: last_record.id, write: query.since_id}
    """

    type: Literal["keyset"] = "keyset"
    read: AnswerPlace = Field(
        "last_record.id", description="The field that all records are sorted by, `last_record.…`."
    )
    write: PagePlace = Field(description="Where the condition goes in the request.")
    template: str = Field("{last}", description="The condition; `{last}` stands for the value of the last record.")
    joined_by: str = Field(" AND ", description="What joins the condition to one that the stream has there already.")
    descending: bool = Field(
        False, description="The records come in falling order: the condition asks for what is smaller."
    )

    @field_validator("read")
    @classmethod
    def _of_a_record(cls, place: str) -> str:
        if not place.startswith("last_record."):
            raise ValueError(f"`{place}` is no field of the records, such as `last_record.id`")
        return place

    @field_validator("template")
    @classmethod
    def _with_a_hole(cls, template: str) -> str:
        if "{last}" not in template:
            raise ValueError(f"`{template}` has no `{{last}}`, where the last record's value goes")
        return template

    def next_request(self, page: Page) -> Request | None:
        """Return the request for what comes after the last record, or None at the end."""
        goes_on = self.goes_on(page)
        if goes_on is False:
            return None
        if not page.records:
            if goes_on or (sign := self.sign_of_more(page)):
                raise ApiError(f"`{self.more or self.last or sign}` says that more follow, but the page is empty")
            return None
        last = self._last(page)
        return self._condition(page.request, last).carry(last=exact_json(last))

    def _condition(self, request: Request, last: Any) -> Request:
        if self.template == "{last}":
            return request.put(self.write, last)
        condition = self.template.replace("{last}", self._quoted(exact_json(last)))
        own = request.carried["own"] if "last" in request.carried else request.get(self.write)
        return request.carry(own=own).put(self.write, f"{own}{self.joined_by}{condition}" if own else condition)

    def _quoted(self, value: str) -> str:
        return value.replace("'", "''") if "'{last}'" in self.template else value

    def _last(self, page: Page) -> Any:
        before: str | None = page.request.carried.get("last")
        last = None
        for value in self._values(page):
            if before is not None and not self._comes_after(value, before):
                order = "descending" if self.descending else "ascending"
                raise ApiError(
                    f"`{self.read}` is `{value}` after `{before}`; the records must be sorted by it, {order}, and each "
                    "must have its own: ask the API for that order with `params`"
                )
            before, last = value, value
        return last

    def _values(self, page: Page) -> Iterator[Any]:
        for record in page.records:
            value = Page(page.request, page.number, (record,)).json_at(self.read)
            if not isinstance(value, str) or not value:
                raise ApiError(f"a record has no text or number at `{self.read.removeprefix('last_record.')}`")
            yield value

    def _comes_after(self, value: str, before: str) -> bool:
        if not isinstance(value, NumberText):
            return value != before  # each API sorts texts in its own way
        try:
            return Decimal(value) < Decimal(before) if self.descending else Decimal(value) > Decimal(before)
        except InvalidOperation:
            return True  # a number after a text
