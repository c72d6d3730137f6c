"""JSON: the records are sliced out of it as the bytes that were sent."""

from collections.abc import Iterable
from itertools import chain
from typing import Literal

from glue_lib.api import payload, query, selection, shapes
from glue_lib.api.body import Body
from glue_lib.api.decoding.base import Complaint, Decoded, Decoder, ErrorAnswer
from glue_lib.api.exchange import Response
from glue_lib.api.gathering import gathered
from glue_lib.api.giant import GiantJson
from glue_lib.api.records import Records
from glue_lib.errors import ApiError

_MOST_DECODED = 16 * 2**20
_MOST_LOOKED_AT = 2**16
_MOST_HELD = 2 * 2**20  # longer ones are sliced a window at a time: two million `{}` fit in 8 MiB


class JsonAnswers(Decoder):
    """The answer is one JSON text, and the records are an array in it.

    The JSON:

        {"data": [{"id": 1}, {"id": 2}], "total": 2}

    The YAML (what is taken when `format` is left out):

        format: json
    """

    type: Literal["json"] = "json"

    def decode(self, response: Response, records: Records, complaint: Complaint) -> Decoded:
        """Return the records as they were sent."""
        try:
            found = [_decoded(body, records, complaint) for body in payload.documents(response)]
        except selection.Truncated:
            raise
        except ApiError as error:
            error.args = (f"{error}{_hint(response)}",)
            raise
        if not found:
            raise ApiError("the zip of the body holds no file")
        if len(found) == 1:
            return found[0]
        return Decoded(gathered(chain.from_iterable(one.records for one in found)), found[0].envelope)


def _hint(response: Response) -> str:
    """Return which format a body is likely to be in, by its `Content-Type`, or else by its first line."""
    said = (response.header("Content-Type") or "").lower()
    first, _, rest = response.body.start(_MOST_LOOKED_AT).strip().partition(b"\n")
    is_lines = first.rstrip().endswith(b"}") and rest.lstrip().startswith(b"{")
    formats = {"csv": "csv", "xml": "xml", "ndjson": "ndjson", "jsonl": "ndjson", "json-seq": "ndjson"}
    found = next((kind for word, kind in formats.items() if word in said), "ndjson" if is_lines else None)
    return f"; is it `format: {found}`?" if found else ""


def _decoded(body: Body, records: Records, complaint: Complaint) -> Decoded:
    if records.is_query:
        return _queried(body, records, complaint)
    if body.is_spooled or body.size > _MOST_HELD:
        return _streamed(body, records, complaint)
    text = body.read()
    _check(text, complaint)
    if records.are_objects and records.missing == "error":
        return Decoded(selection.records(text, records.path), text)
    return Decoded(tuple(_found(text, records)), text)


def _check(text: bytes, complaint: Complaint) -> None:
    if wrong := complaint(text):
        raise ErrorAnswer(wrong)


def _found(text: bytes, records: Records) -> Iterable[bytes]:
    if is_missing(text, records):
        return ()
    if records.keyed_as:
        return shapes.keyed(_members(text, records.path), records)
    return shapes.shaped(records, selection.elements(selection.container(text, records.path)), text)


def _members(text: bytes, path: str) -> list[tuple[str, bytes]]:
    if selection.is_empty(selection.raw(text, path) or b"null"):
        return []
    return selection.pairs(selection.container(text, path, "an object"))


def is_missing(envelope: bytes, records: Records) -> bool:
    """Return whether an envelope lacks its records in a way that the file allows."""
    if records.missing == "error":
        return False
    found = selection.raw(envelope, records.path)
    return found == b"null" or (found is None and records.missing == "is_empty")


def _queried(body: Body, records: Records, complaint: Complaint) -> Decoded:
    if body.size > _MOST_DECODED:
        raise ApiError(
            f"the body has {body.size / 2**20:.0f} MiB, and an expression in `records` can be evaluated on at most "
            f"{_MOST_DECODED >> 20}; ask for smaller pages, or give a dotted path"
        )
    text = body.read()
    _check(text, complaint)
    selection.raw(text, "")  # says what a text is that is no JSON
    found = query.found(text, records.path)
    if found is None and records.missing == "error":
        raise ApiError(f"{records.named} finds nothing in the body, and `records` must be an array")
    doubt = None if found or records.missing == "is_empty" else _overlooked(text, records)
    return Decoded(tuple(shapes.shaped(records, found or (), text)), text, doubt)


def _overlooked(text: bytes, records: Records) -> str | None:
    """Return why an expression that found no record is in doubt; one that names what is not there is an error."""
    key, is_filtered = query.overlooked(text, records.path)
    if key is None:
        return None
    told = f"{records.named} finds no records, and no object has `{key}` where it looks for it"
    if is_filtered:
        return f"{told}; check the spelling"
    raise ApiError(f"{told}; check the spelling, or where that means that there are none, write `missing: is_empty`")


def _streamed(body: Body, records: Records, complaint: Complaint) -> Decoded:
    """Return the records of an answer that is too long to hold."""
    if records.keyed_as:
        giant = GiantJson(body, records.path, opening=b"{", sliced=lambda inside: _keyed(inside, records))
        found = gathered(giant)
    elif records.columns_stand_in_the_answer:  # perhaps behind the rows
        giant = GiantJson(body, records.path)
        rows = gathered(map(shapes.on_one_line, giant))
        found = gathered(shapes.shaped(records, rows, giant.envelope))
    else:
        giant = GiantJson(body, records.path)
        found = gathered(shapes.shaped(records, giant, b""))
    _check(giant.envelope, complaint)
    if not giant.found and not is_missing(giant.envelope, records):
        selection.container(giant.envelope, records.path)  # says what stands there instead
    return Decoded(found, giant.envelope)


def _keyed(inside: bytes, records: Records) -> list[bytes]:
    return list(shapes.keyed(selection.pairs(b"{" + inside + b"}"), records))
