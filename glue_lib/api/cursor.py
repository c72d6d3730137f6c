"""The cursor: how far a stream has been read, and which windows to ask for next."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field, field_validator, model_validator

from glue_lib.api import duration, moments
from glue_lib.api.duration import Step
from glue_lib.api.place import DottedPath, RequestPlace
from glue_lib.api.request import Request
from glue_lib.api.zone import ZoneName
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

    A window is [start, end): its end belongs to the next one. Where the API takes its bounds otherwise, say so, and
    records that stand exactly on a bound are neither lost nor read twice:

        cursor: {field: day, from: query.start_date, until: query.end_date, until_inclusive: true, format: "%Y-%m-%d"}

    Bounds inside of a longer text, which has holes for them, such as `q: "stamp >= {since} and stamp < {until}"`:

        cursor: {field: stamp, from: text.since, until: text.until, start: 2020-01-01}

    An API that cannot be asked for what is new is read whole, and records from before the position are left out. One
    that gives the newest first is left as soon as it gets there:

        cursor: {field: created_at, sorted: descending}

    An API that gives at most so many records for one query, however many there are: windows that hold more are halved.

        cursor: {field: modified, from: body.after, until: body.before, start: 2020-01-01, slice: 1mo, most: 10000}
    """

    # A number, as in `start: 1000`, is as good as its text.
    model_config = ConfigDict(coerce_numbers_to_str=True)

    field: DottedPath = Field(description="Where the value stands in a record.")
    from_: RequestPlace | None = Field(
        None,
        alias="from",
        description="Where the lower bound goes in the request; left out: what is known is left out after it came.",
    )
    until: RequestPlace | None = Field(None, description="Where the upper bound goes in the request.")
    from_exclusive: bool = Field(False, description="The API leaves out what stands exactly on the lower bound.")
    until_inclusive: bool = Field(False, description="The API also gives what stands exactly on the upper bound.")
    start: str | None = Field(None, description="Where the first run begins; default: at the beginning.")
    format: str = Field(
        "iso",
        description="How values and bounds are written: iso, epoch_s, epoch_ms, integer, or a pattern: `%Y-%m-%d`.",
    )
    timezone: ZoneName = Field("UTC", description="Time zone of values and bounds that name none.")
    lookback: Step | None = Field(
        None, description="So much before the position is asked for again, for records that appear late."
    )
    slice: Step | None = Field(None, description="Length of the windows that a long time is read in.")
    granularity: Step | None = Field(
        None, description="The finest step that the API's bounds take; default: that of `format`."
    )
    sorted: Literal["descending"] | None = Field(
        None, description="The newest come first: reading ends at the first page that is known."
    )
    most: int | None = Field(
        None,
        ge=2,
        description="So many records the API gives for one query, however many there are: fuller windows are halved.",
    )

    @field_validator("format")
    @classmethod
    def _is_format(cls, style: str) -> str:
        if style not in moments.FORMATS and "%" not in style:
            raise ValueError(f"`{style}` is not one of {', '.join(moments.FORMATS)}, nor a pattern such as `%Y-%m-%d`")
        return style

    @field_validator("most", "from_exclusive", "until_inclusive", mode="before")
    @classmethod
    def _as_value(cls, given: Any) -> Any:
        # A file's scalars come here as they are written: `start: 2020` is a year, and no number.
        if isinstance(given, str) and given.isdecimal():
            return int(given)
        return {"true": True, "false": False}.get(given, given) if isinstance(given, str) else given

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.slice and not self.until:
            raise ValueError("`slice` needs `until`: without an upper bound, every slice would hold all the later ones")
        if self.until and not self.from_:
            raise ValueError("`until` needs `from`: with an upper bound alone, every window would hold all before it")
        if self.most and not self.until:
            raise ValueError("`most` needs `until`: only a window with two ends can be halved")
        if self.from_ and self.from_.startswith("text.") and self.start is None:
            hole = self.from_.removeprefix("text.")
            raise ValueError(
                f"`from: {self.from_}` needs `start`: without it the first run would leave `{{{hole}}}` open"
            )
        if self.format == "integer" and self.until and self.until.startswith("text."):
            raise ValueError(f"`until: {self.until}` would stay open: whole numbers have no end of their own")
        self._check_sides()
        self._check_steps()
        self._check_start()
        return self

    def windows(self, position: str | None, now: datetime, from_: str | None, to: str | None) -> list[Window]:
        """Return the windows to ask for: from `position` on, or, in a backfill, from `from_` to `to`.

        There is none when `position` has reached `now`, and one, open at its end, without `until`.
        """
        start, end = self._start(position, from_, to), self._end(now, to)
        if start is None or end is None:
            return [self._window(start, end)]
        if (from_ or to) and start >= end:
            raise ConfigError(f"there is nothing from {self._canonical(start)} to {self._canonical(end)}")
        return [self._window(low, high) for low, high in self._spans(start, end)]

    def apply(self, request: Request, window: Window) -> Request:
        """Return `request` with the bounds of `window`, so that it brings all of it and as little else as can be."""
        if self.from_ and window.start is not None:
            request = request.put(self.from_, self._written(self.asked_from(self.moment(window.start))))
        if self.until and window.end is not None:
            end = self._ceiling(self.moment(window.end))
            if self.until_inclusive and self.granularity:
                end = moments.later(end, self.grain, -1, self.zone)
            request = request.put(self.until, self._written(end))
        return request

    def asked_from(self, moment: int) -> int:
        """Return the lower bound with which the API gives all that is not before a moment."""
        start = moments.floor(moment, self.grain, self.zone)
        return moments.later(start, self.grain, -1, self.zone) if self.from_exclusive else start

    def halves(self, window: Window) -> tuple[Window, Window] | None:
        """Return a window as two, or None where its bounds are open or no step of the API lies between them."""
        if window.start is None or window.end is None:
            return None
        start, end = self.moment(window.start), self.moment(window.end)
        middle = moments.floor((start + end) // 2, self.grain, self.zone)
        if middle <= start:
            middle = self._ceiling(start + 1)
        if middle >= end:
            return None
        return self._window(start, middle), self._window(middle, end)

    def step(self, window: Window) -> Window | None:
        """Return the first slice of a window of whole numbers that is open at its end; None where none is cut off."""
        if self.format != "integer" or not self.slice or window.start is None or window.end is not None:
            return None
        start = int(window.start)
        return self._window(start, start + int(self.slice))

    def latest(self, a: str | None, b: str | None) -> str | None:
        """Return the later of two values of the field, as it stands there."""
        if a is None or b is None:
            return b if a is None else a
        try:
            return a if self.moment(a) >= self.moment(b) else b
        except ValueError as error:
            raise ApiError(f"cursor field `{self.field}` is not in the format `{self.format}`: {error}") from error

    def canonical(self, value: str) -> str:
        """Return a value of the field as positions keep it: ISO 8601 in UTC, or digits."""
        return self._canonical(self.moment(value))

    def position(self, latest: str, not_after: str) -> str:
        """Return how far is read when `latest` is the latest value: the future hides what comes before it."""
        at = self.moment(latest)
        return self._canonical(at if self.format == "integer" else min(at, self.moment(not_after)))

    def moment(self, text: str, *, late: bool = False) -> int:
        """Return a value as a number that compares; a ValueError when it is not in the format.

        A local time can mean two moments, when clocks go back: the earlier, unless the `late` one is asked for.
        """
        return moments.read(text, self.format, self.zone, late=late)

    @property
    def scale(self) -> str:
        """What a position is kept with, since it says nothing of another field: `updated_at as iso`."""
        return f"{self.field} as {self.format}"

    @property
    def grain(self) -> str:
        """The finest step of the API's bounds."""
        return self.granularity or moments.grain(self.format)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone of what names none."""
        return ZoneInfo(self.timezone)

    def _check_sides(self) -> None:
        for flag, place in (("from_exclusive", self.from_), ("until_inclusive", self.until)):
            if getattr(self, flag) and not place:
                raise ValueError(f"`{flag}` says how the API takes `{flag.partition('_')[0]}`, which is not given")

    def _check_start(self) -> None:
        if self.start is None:
            return
        try:
            self.moment(self.start)
        except (ValueError, OverflowError) as error:
            raise ValueError(
                f"`start: {self.start}` is neither ISO 8601, such as `2024-01-31`, nor in the format `{self.format}`"
            ) from error

    def _check_steps(self) -> None:
        for name in ("slice", "lookback", "granularity"):
            step: str | None = getattr(self, name)
            if step is None:
                continue
            if self.format == "integer" and not step.isdecimal():
                raise ValueError(f"`{name}: {step}` is a length of time; with `format: integer` write a whole number")
            if self.format != "integer" and step.isdecimal():
                raise ValueError(f"`{name}: {step}` is no duration; write a number and a unit, such as `7d` or `1mo`")
            is_empty = not int(step) if step.isdecimal() else duration.is_empty(step)
            if is_empty and name != "lookback":
                raise ValueError(f"`{name}` must be longer than nothing")
        if self.granularity and not moments.can_write(self.granularity, self.format):
            raise ValueError(f"`granularity: {self.granularity}` is finer than `format: {self.format}` can write")

    def _start(self, position: str | None, from_: str | None, to: str | None) -> int | None:
        if from_:
            return self._given("`--from`", from_)
        if position is None or to:
            return None if self.start is None else self.moment(self.start)
        at = self._given("the position", position)
        return moments.later(at, self.lookback, -1, self.zone) if self.lookback else at

    def _end(self, now: datetime, to: str | None) -> int | None:
        if to:
            return self._given("`--to`", to)
        if not self.until or self.format == "integer":
            return None
        # On a step that the API's bounds can take: the position is then exactly what was asked for.
        return moments.floor(moments.of(now), self.grain, self.zone)

    def _spans(self, start: int, end: int) -> list[tuple[int, int]]:
        if not self.slice:
            return [(start, end)] if start < end else []
        bounds, times = [start], 0
        while bounds[-1] < end:
            if (times := times + 1) > _MOST_WINDOWS:
                raise ConfigError(f"`slice` {self.slice} makes more than {_MOST_WINDOWS:,} slices; make it longer")
            # Counted from the start: a month after January 31, and a month after that, is March 31.
            bound = moments.floor(moments.later(start, self.slice, times, self.zone), self.grain, self.zone)
            bounds += [min(end, bound)] if bound > bounds[-1] else []
        return list(pairwise(bounds))

    def _given(self, name: str, text: str) -> int:
        try:
            return self.moment(text)
        except ValueError as error:
            raise ConfigError(f"{name} `{text}` is neither ISO 8601 nor in the format `{self.format}`") from error

    def _ceiling(self, moment: int) -> int:
        floor = moments.floor(moment, self.grain, self.zone)
        return floor if floor == moment else moments.later(floor, self.grain, 1, self.zone)

    def _window(self, start: int | None, end: int | None) -> Window:
        return Window(*(None if bound is None else self._canonical(bound) for bound in (start, end)))

    def _written(self, moment: int) -> str:
        return moments.write(moment, self.format, self.zone, self.grain)

    def _canonical(self, moment: int) -> str:
        return moments.canonical(moment, self.format)
