"""JSON: the records are sliced out of it as the bytes that were sent."""

from typing import Literal

from glue_lib.api import selection
from glue_lib.api.decoding.base import Complaint, Decoded, Decoder
from glue_lib.api.exchange import Response
from glue_lib.api.records import Records
from glue_lib.errors import ApiError


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
        body = _text(response)
        if wrong := complaint(body):
            raise ApiError(f"answered with an error in place of records: {wrong}")
        return Decoded(selection.records(body, records.path), body)


def _text(response: Response) -> bytes:
    try:
        return response.json_text()
    except (LookupError, UnicodeDecodeError) as error:
        raise ApiError("the body is not in the charset that `Content-Type` names") from error
