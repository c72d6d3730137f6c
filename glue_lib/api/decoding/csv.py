"""CSV: a header and rows become JSON objects of texts, exactly as they stand between the delimiters."""

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Annotated, ClassVar, Literal, Never, Self

import msgspec
from pydantic import AfterValidator, Field, model_validator

from glue_lib.api import payload
from glue_lib.api.body import Body
from glue_lib.api.bounds import LONGEST
from glue_lib.api.charset import Charset
from glue_lib.api.decoding.base import Complaint, Decoded, Decoder, lines_of, refuse_json, refuse_markup
from glue_lib.api.exchange import Response
from glue_lib.api.gathering import gathered
from glue_lib.api.records import Records
from glue_lib.api.selection import Truncated
from glue_lib.errors import ApiError

csv.field_size_limit(LONGEST)  # for the whole process: Python's own limit of 128 KiB is met by real exports

Row = tuple[int, list[str]]
"""The line of the text that a row ends on, and its fields."""


def _character(text: str) -> str:
    if len(text) != 1 or text in '\r\n"':
        raise ValueError(f'`{text}` must be one character, such as `;` (in double quotes, a tab is `"\\t"`)')
    return text


class CsvAnswers(Decoder):
    r"""The answer is a table: a line with the names of columns, and a line for each record.

    The answer:

        id;city
        1;Chur
        2;"Bern; the ""capital"" city"

    The YAML:

        format: {type: csv, delimiter: ";"}

    Every value is a text, as it stands there: `types:` says what it is. A field that is empty is an empty text; where
    an empty field, or a word, means that there is no value:

        format: {type: csv, nulls: ["", "NULL"]}

    A text without names in its first line, or with some lines of other text before them:

        format: {type: csv, columns: [id, city]}
        format: {type: csv, skip_lines: 3}

    Behind the first page, an answer without a byte has no records.

    A text whose charset nobody names, and that is not UTF-8:

        format: {type: csv, encoding: windows-1252}
    """

    type: Literal["csv"] = "csv"
    delimiter: Annotated[str, AfterValidator(_character)] = Field(",", description="What stands between two fields.")
    escape: Annotated[str, AfterValidator(_character)] | None = Field(
        None, description="What stands before a quote inside a quoted field, where it is not another quote."
    )
    quoted: bool = Field(True, description="Whether `\"` quotes fields; false for texts that have it as they have `'`.")
    columns: list[str] | None = Field(
        None, description="Names of the columns, where the text does not begin with them."
    )
    skip_lines: int = Field(0, ge=0, description="Lines before the names of the columns.")
    nulls: list[str] = Field([], description="Texts that mean that a field has no value; quoted or not.")
    encoding: Charset = Field("", description="Charset of the text; default: what `Content-Type` says, else UTF-8.")

    is_export: ClassVar[bool] = True
    may_be_empty: ClassVar[bool] = True
    accept: ClassVar[str] = "text/csv, application/json;q=0.5"
    heeds: ClassVar[tuple[str, ...]] = ("joined_by", "missing")

    @model_validator(mode="after")
    def _columns_are_named(self) -> Self:
        if self.columns == []:
            raise ValueError("`columns` is empty; leave it out where the text begins with the names of its columns")
        return self

    def decode(self, response: Response, records: Records, complaint: Complaint) -> Decoded:
        """Return a record for each row; a row with more or fewer fields than there are columns is an error."""
        bodies = payload.documents(response, self.encoding)
        return Decoded(gathered(chain.from_iterable(self._records(body, records, complaint) for body in bodies)))

    def _records(self, body: Body, records: Records, complaint: Complaint) -> Iterator[bytes]:
        refuse_markup(body, "CSV")
        refuse_json(body, "CSV", complaint)
        rows = _Rows(body, self)
        columns = self.columns or rows.header()
        if columns is None:
            if records.missing == "is_empty":
                return
            raise Truncated("the body is empty; not even the names of columns came")
        names = _told_apart(columns)
        for line, fields in rows:
            if len(fields) != len(names):
                rows.refuse(line, len(fields), len(names))
            yield msgspec.json.encode(dict(zip(names, self._values(fields), strict=True)))

    def _values(self, fields: list[str]) -> Sequence[str | None]:
        return [None if field in self.nulls else field for field in fields] if self.nulls else fields


class _Rows:
    """The rows of a text with the lines on which they end; empty lines are none."""

    def __init__(self, body: Body, written: CsvAnswers) -> None:
        self._body = body
        self._text = io.TextIOWrapper(body.open(), encoding="utf-8", newline="")
        for _ in range(written.skip_lines):
            self._text.readline()
        self._skipped = written.skip_lines
        self._rows = csv.reader(
            lines_of(self._text),
            delimiter=written.delimiter,
            quotechar='"' if written.quoted else None,
            quoting=csv.QUOTE_MINIMAL if written.quoted else csv.QUOTE_NONE,
            doublequote=written.escape is None,
            escapechar=written.escape,
            strict=True,
        )

    def header(self) -> list[str] | None:
        return next((fields for _, fields in self), None)

    def __iter__(self) -> Iterator[Row]:
        while True:
            try:
                fields = next(self._rows)
            except StopIteration:
                return
            except csv.Error as error:
                self._refuse(str(error))
            except UnicodeDecodeError as error:
                told = "the body is not UTF-8, and nobody names its charset; `format` can: `encoding: windows-1252`"
                raise ApiError(told) from error
            if fields:
                yield self._line, fields

    @property
    def _line(self) -> int:
        return self._skipped + self._rows.line_num

    def _refuse(self, wrong: str) -> Never:
        if "unexpected end of data" in wrong:
            raise Truncated("the CSV of the body is cut off within a quoted field")
        raise ApiError(f"line {self._line} of the body is not valid CSV: {wrong}; check `delimiter` and `quoted`")

    def refuse(self, line: int, found: int, expected: int) -> Never:
        """Raise for a row that has another number of fields; the last one of a text without an end is cut."""
        if found < expected and next(self._rows, None) is None and not _ends_with_a_line(self._body):
            raise Truncated(f"the CSV of the body is cut off in line {line}")
        raise ApiError(f"line {line} of the body has {found} fields, but there are {expected} columns")


def _told_apart(columns: Sequence[str]) -> list[str]:
    """Return the names; one that is empty, or stands there already, is told apart by its place."""
    named: dict[str, None] = {}
    for number, column in enumerate(columns, 1):
        name = column.strip() or f"column_{number}"
        while name in named:
            name = f"{name}_{number}"
        named[name] = None
    return list(named)


def _ends_with_a_line(body: Body) -> bool:
    with body.open() as reader:
        reader.seek(max(0, body.size - 1))
        return reader.read(1) in (b"\n", b"\r")
