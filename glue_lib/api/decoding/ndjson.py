"""NDJSON: one JSON value a line."""

from typing import ClassVar, Literal

from glue_lib.api import selection
from glue_lib.api.decoding.base import Complaint, Decoded, Decoder
from glue_lib.api.exchange import Response
from glue_lib.api.records import Records
from glue_lib.errors import ApiError


class NdjsonAnswers(Decoder):
    r"""Every line of the answer is a record; also called JSON Lines.

    The answer:

        {"id": 1}
        {"id": 2}

    The YAML:

        format: ndjson
    """

    type: Literal["ndjson"] = "ndjson"
    accept: ClassVar[str] = "application/x-ndjson, application/jsonl, application/json"

    def decode(self, response: Response, records: Records, complaint: Complaint) -> Decoded:
        """Return the lines as they were sent."""
        lines = [line.strip() for line in response.json_text().split(b"\n") if line.strip()]
        if len(lines) == 1 and (wrong := complaint(lines[0])):
            raise ApiError(f"answered with an error in place of records: {wrong}")
        return Decoded(selection.records(b"[" + b",".join(lines) + b"]", records.path))
