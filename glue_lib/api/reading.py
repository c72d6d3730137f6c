"""Reading: how the answers of one stream are understood: their format, their records, and what counts as an error."""

from dataclasses import dataclass, field

from glue_lib.api.decoding.base import Complaint, Decoded, Decoder
from glue_lib.api.decoding.json import JsonAnswers
from glue_lib.api.exchange import Response
from glue_lib.api.records import Records
from glue_lib.api.verdict import complaint

_NO_CONTENT = 204


@dataclass(frozen=True)
class Reading:
    """Finds the records of an answer that was no error by its status."""

    records: Records = field(default_factory=Records)
    format: Decoder = field(default_factory=JsonAnswers)
    complaint: Complaint = complaint

    def decoded(self, response: Response) -> Decoded:
        """Return the records of the answer and what is around them; see `Decoder.decode` for what it raises."""
        if response.status == _NO_CONTENT:
            return Decoded()
        return self.format.decode(response, self.records, self.complaint)


def reading(records: "str | Reading") -> Reading:
    """Return how answers are read of which only the path to the records is given."""
    return records if isinstance(records, Reading) else Reading(Records(path=records))
