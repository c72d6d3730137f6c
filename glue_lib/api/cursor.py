"""The cursor: how far a stream has been read, and which windows to ask for next."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field, field_validator, model_validator

from glue_lib.api import moments
from glue_lib.api.duration import Duration, length
from glue_lib.api.place import DottedPath, RequestPlace
from glue_lib.api.request import Request
from glue_lib.errors import ApiError, ConfigError
from glue_lib.kind import Kind

_MOST_WINDOWS = 100_000


@dataclass(frozen=True)
class Window:
    """The span [start, end) of a cursor's field; an open side is None. Its bounds are ISO 8601 in UTC, or digits."""

    start: str | None
    end: str | None

    def __str__(self) -> str:
        return f"{self.start or ''}..{self.end or ''}"


class Cursor(Kind):
    """Only what changed since the last run is asked for.

    The JSON:

        {"data": [{"id": 1, "updated_at": "2026-01-31T08:30:00Z"}]}      # GET /things?since=2026-01-31T07:30:00Z

    The YAML:

        cursor: {field: updated_at, from: query.since, start: 2020-01-01, lookback: 1h}

    With an upper bound (`until`) a long time can be read in slices, each of which is whole by itself:

        cursor: {field: created, from: "query.created[gte]", until: "query.created[lt]", format: epoch_s, slice: 7d}
    """

    # A number, as in `start: 1000`, is as good as its text.
    model_config = ConfigDict(coerce_numbers_to_str=True)

    field: DottedPath  # where the value stands in a record
    from_: RequestPlace = Field(alias="from")  # where the lower bound goes in the request
    until: RequestPlace | None = None  # where the upper bound goes in the request
    start: str | None = None  # where the first run begins; without it, at the beginning
    format: str = "iso"  # iso, epoch_s, epoch_ms, integer, or a pattern such as `%Y-%m-%d`
    timezone: str = "UTC"  # of values and bounds that name none
    lookback: Duration | None = None  # asked for again, for records that appear late
    slice: Duration | None = None  # the length of the windows

    @field_validator("format")
    @classmethod
    def _is_format(cls, style: str) -> str:
        if style not in moments.FORMATS and "%" not in style:
            raise ValueError(f"`{style}` is not one of {', '.join(moments.FORMATS)}, nor a pattern such as `%Y-%m-%d`")
        return style

    @field_validator("timezone")
    @classmethod
    def _is_timezone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (LookupError, ValueError, OSError) as error:
            raise ValueError(f"`{name}` is no time zone; write one such as `America/New_York`") from error
        return name

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.slice and not self.until:
            raise ValueError("`slice` needs `until`: without an upper bound, every slice would hold all the later ones")
        if self.format == "integer" and (self.slice or self.lookback):
            raise ValueError("`slice` and `lookback` are lengths of time; with `format: integer` leave them out")
        if self.slice and not length(self.slice):
            raise ValueError("`slice` must be longer than nothing")
        if self.start is not None:
            self._moment(self.start)
        return self

    def windows(self, position: str | None, now: datetime, from_: str | None, to: str | None) -> list[Window]:
        """Return the windows to ask for: from `position` on, or, in a backfill, from `from_` to `to`.

        There is none when `position` has reached `now`, and one, open at its end, without `until`.
        """
        if to and not self.until:
            raise ConfigError("the stream's cursor has no `until`, so it cannot be read up to a given end")
        start, end = self._start(position, from_, to), self._end(now, to)
        if start is None or end is None:
            return [self._window(start, end)]
        if (from_ or to) and start >= end:
            raise ConfigError(f"there is nothing from {self._canonical(start)} to {self._canonical(end)}")
        step = length(self.slice) // timedelta(microseconds=1) if self.slice else max(1, end - start)
        if (end - start) // step > _MOST_WINDOWS:
            raise ConfigError(f"`slice` {self.slice} makes more than {_MOST_WINDOWS:,} slices; make it longer")
        return [self._window(low, min(low + step, end)) for low in range(start, end, step)]

    def apply(self, request: Request, window: Window) -> Request:
        """Return `request` with the bounds of `window`."""
        for place, bound in ((self.from_, window.start), (self.until, window.end)):
            if place and bound is not None:
                request = request.put(place, moments.write(self._moment(bound), self.format, self._zone))
        return request

    def latest(self, a: str | None, b: str | None) -> str | None:
        """Return the later of two values of the field, as it stands there."""
        if a is None or b is None:
            return b if a is None else a
        try:
            return a if self._moment(a) >= self._moment(b) else b
        except ValueError as error:
            raise ApiError(f"cursor field `{self.field}` is not in the format `{self.format}`: {error}") from error

    def canonical(self, value: str) -> str:
        """Return a value of the field as positions keep it: ISO 8601 in UTC, or digits."""
        return self._canonical(self._moment(value))

    def _start(self, position: str | None, from_: str | None, to: str | None) -> int | None:
        if from_:
            return self._given("`--from`", from_)
        if position is None or to:
            return None if self.start is None else self._moment(self.start)
        return self._given("the position", position) - (
            length(self.lookback) // timedelta(microseconds=1) if self.lookback else 0
        )

    def _end(self, now: datetime, to: str | None) -> int | None:
        if to:
            return self._given("`--to`", to)
        # Whole seconds, which every format but a coarser pattern can write: the position is what was asked for.
        return moments.of(now.replace(microsecond=0)) if self.until and self.format != "integer" else None

    def _given(self, name: str, text: str) -> int:
        try:
            return self._moment(text)
        except ValueError as error:
            raise ConfigError(f"{name} `{text}` is neither ISO 8601 nor in the format `{self.format}`") from error

    def _window(self, start: int | None, end: int | None) -> Window:
        return Window(*(None if bound is None else self._canonical(bound) for bound in (start, end)))

    def _moment(self, text: str) -> int:
        return moments.read(text, self.format, self._zone)

    def _canonical(self, moment: int) -> str:
        return moments.canonical(moment, self.format)

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)
