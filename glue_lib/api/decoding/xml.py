"""XML: the elements at a path become JSON objects of texts."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from glue_lib.api import payload, selection, shapes
from glue_lib.api.body import Body
from glue_lib.api.charset import Charset
from glue_lib.api.decoding.base import Complaint, Decoded, Decoder, ErrorAnswer, refuse_json
from glue_lib.api.exchange import Response
from glue_lib.api.gathering import gathered
from glue_lib.api.place import DottedPath, keys
from glue_lib.api.records import Records
from glue_lib.api.xml_stream import XmlStream
from glue_lib.errors import ApiError


class XmlAnswers(Decoder):
    """The answer is an XML document, and the records are the elements at a path.

    The answer:

        <orders next="/orders?page=2">
          <order id="7"><city>Chur</city><tag>a</tag><tag>b</tag></order>
          <order id="8"><city/><tag>c</tag></order>
        </orders>

    The YAML:

        format: {type: xml, lists: [tag]}

    The records, `records: orders.order`:

        {"@id": "7", "city": "Chur", "tag": ["a", "b"]}
        {"@id": "8", "city": "", "tag": ["c"]}

    Attributes have an `@` in front, an element without attributes and elements is a text, and an element that stands
    several times is an array; `lists` names those that are arrays even where one stands alone. Text beside elements is
    `#text`. Names keep their prefix (`dc:title`), `xsi:nil` is null. What is around the records can be read as JSON:
    here the next page is at `body.orders."@next"`.
    """

    type: Literal["xml"] = "xml"
    lists: list[DottedPath] = Field([], description="Elements below a record, as dotted paths, that are always arrays.")
    encoding: Charset = Field(
        "", description="Charset; default: what `Content-Type` says, else what the document says."
    )

    is_export: ClassVar[bool] = True
    accept: ClassVar[str] = "application/xml, text/xml;q=0.9, application/json;q=0.5"
    heeds: ClassVar[tuple[str, ...]] = ("path", "value_as", "joined_by", "missing")

    def fault(self, records: Records) -> str | None:
        """Return what `records` says that an XML document cannot heed, or None."""
        if records.is_query:
            return f"`records: {records.path}`: in XML the records stand at a dotted path, such as `orders.order`"
        return super().fault(records)

    def decode(self, response: Response, records: Records, complaint: Complaint) -> Decoded:
        """Return the elements as JSON, and the document around them."""
        envelopes: list[bytes] = []

        def found() -> Iterator[bytes]:
            for body in payload.unpacked(response):
                document = self._document(body, records, self.encoding or response.charset, complaint)
                yield from shapes.shaped(records, document, b"")
                _check(document, records, complaint)
                envelopes.append(document.envelope)

        gathered_records = gathered(found())
        return Decoded(gathered_records, envelopes[0] if envelopes else b"")

    def _document(self, body: Body, records: Records, charset: str, complaint: Complaint) -> XmlStream:
        text = payload.in_utf8(body, charset)
        refuse_json(text, "XML", complaint)
        return XmlStream(
            text,
            keys(records.path),
            lists={keys(path) for path in self.lists},
            as_objects=records.are_objects,
            charset="utf-8" if charset or text is not body else "",  # else the document says it
        )


def _check(document: XmlStream, records: Records, complaint: Complaint) -> None:
    """Raise when a document tells of an error, or does not have the place of its records."""
    (outermost,) = selection.members(document.envelope).values() or (b"{}",)
    if wrong := complaint(document.envelope) or complaint(outermost):
        raise ErrorAnswer(wrong)
    if document.is_missing and records.missing != "is_empty":
        names = ", ".join(f"`{name}`" for name in selection.members(document.envelope))
        raise ApiError(f"the body has no {records.named}, where `records` should be; its outermost element is {names}")
