"""Charts as inline SVG. Each has a title and a description; the figures stand in a table beside it.

They are drawn 360 units wide, as a phone is; the style sheet sets their text a little smaller where there is more room.
"""

import math
from collections.abc import Callable, Mapping, Sequence

from glue_lib.landing.run_record import RunRecord
from glue_lib.report import units
from glue_lib.report.html import Child, Html, element
from glue_lib.report.summary import PHASES, Point, seconds_of

WIDTH = 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 4, 10, 20
_HEIGHT = 170
_GAP = 0.18  # of a bar's place


def drawing(name: str, title: str, told: str, height: float, *children: Child, width: float = WIDTH) -> Html:
    """Return an SVG that tells itself to those who do not see it."""
    return element(
        "svg",
        element("title", title, id=f"{name}-title"),
        element("desc", told, id=f"{name}-desc"),
        *children,
        viewBox=f"0 0 {width:g} {height:g}",
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
        class_="chart",
    )


def phases_over_time(points: Sequence[Point]) -> Html:
    """Return how long executions took, and with what."""
    longest = max(points, key=lambda point: point.total_seconds)
    told = f"The longest took {units.seconds(longest.total_seconds)}, at {longest.first[:16]}. "
    told += "A mark stands over those with a run that did not complete."
    parts = [{f"p-{phase}": point.seconds[phase] for phase in PHASES} for point in points]
    title = "Duration of executions by phase"
    return _over_time("durations", title, told, points, parts, units.seconds, units.axis_seconds, is_marked=True)


def requests_over_time(points: Sequence[Point]) -> Html:
    """Return how many requests executions made, and how many of them again."""
    again = sum(point.retries * point.executions for point in points)
    told = f"{units.count(again)} requests were made again after a refusal or a cut."
    parts = [{"q-first": point.requests - point.retries, "q-again": point.retries} for point in points]
    return _over_time("requests", "Requests of executions", told, points, parts, units.count, units.short)


def _over_time(
    name: str,
    title: str,
    told: str,
    points: Sequence[Point],
    parts: Sequence[Mapping[str, float]],
    figure: Callable[[float], str],
    on_axis: Callable[[float], str],
    *,
    is_marked: bool = False,
) -> Html:
    """Return standing bars, whose parts stand on each other."""
    top = nice(max((sum(part.values()) for part in parts), default=1))
    bars: list[Html] = []
    for place, (point, part) in enumerate(zip(points, parts, strict=True)):
        x, width, base = *_place(place, len(points)), 0.0
        drawn = []
        for kind, value in part.items():
            height = _scaled(value, top)
            if height > 0.05:
                y = _HEIGHT - _BOTTOM - base - height
                drawn.append(element("rect", x=_n(x), y=_n(y), width=_n(width), height=_n(height), class_=kind))
            base += height
        if is_marked and point.is_bad:
            drawn.append(_mark(x + width / 2, _HEIGHT - _BOTTOM - base - 5, point.status))
        said = f"{_when(point)}: {figure(sum(part.values()))}, {point.status}"
        bars.append(element("g", element("title", said), *drawn))
    return drawing(name, title, told, _HEIGHT, _axes(points, top, on_axis), *bars)


def throughput(points: Sequence[Point]) -> Html:
    """Return a line: records a second while they were fetched."""
    rates = [point.records_per_second for point in points]
    top = nice(max((rate for rate in rates if rate is not None), default=1))
    lines, dots, run = [], [], []
    for place, rate in enumerate([*rates, None]):
        if rate is not None:
            x, width = _place(place, len(points))
            at = (x + width / 2, _HEIGHT - _BOTTOM - _scaled(rate, top))
            run.append(at)
            told = f"{_when(points[place])}: {units.short(rate)} records a second"
            dots.append(element("circle", element("title", told), cx=_n(at[0]), cy=_n(at[1]), r=2.4, class_="dot"))
        elif run:
            path = " ".join(f"{'ML'[min(1, number)]}{_n(x)} {_n(y)}" for number, (x, y) in enumerate(run))
            floor = _HEIGHT - _BOTTOM
            lines.append(
                element("path", d=f"{path} L{_n(run[-1][0])} {floor} L{_n(run[0][0])} {floor} Z", class_="area")
            )
            lines.append(element("path", d=path, class_="line"))
            run = []
    known = [rate for rate in rates if rate is not None]
    told = (
        f"Between {units.short(min(known))} and {units.short(max(known))} records a second."
        if known
        else "Nothing was fetched."
    )
    return drawing(
        "throughput", "Records fetched a second", told, _HEIGHT, _axes(points, top, units.short), *lines, *dots
    )


Row = tuple[str, Mapping[str, float], str]
"""Of a lying bar: its label, its parts by the class that colours them, and the figure behind it."""


def stacked(name: str, title: str, told: str, rows: Sequence[Row], *, most: float = 0) -> Html:
    """Return lying bars; `most` is what one that is full stands for, by default the longest."""
    step, most = 30, most or max((sum(parts.values()) for _, parts, _ in rows), default=0) or 1
    drawn: list[Html] = []
    for place, (label, parts, figure) in enumerate(rows):
        y, x = place * step, 0.0
        drawn.append(element("text", _cut(label, 44), x=0, y=y + 11, class_="label"))
        drawn.append(element("text", figure, x=WIDTH, y=y + 11, text_anchor="end", class_="figure"))
        drawn.append(element("rect", x=0, y=y + 16, width=WIDTH, height=7, rx=2, class_="track"))
        for kind, value in parts.items():
            width = WIDTH * value / most
            if width > 0.2:
                drawn.append(
                    element(
                        "rect",
                        element("title", f"{label}: {kind.partition('-')[2]}"),
                        x=_n(x),
                        y=y + 16,
                        width=_n(width),
                        height=7,
                        class_=kind,
                    )
                )
            x += width
    return drawing(name, title, told, max(1, len(rows)) * step, *drawn)


def strip(name: str, records: Sequence[RunRecord]) -> Html:
    """Return a stream's last runs as bars side by side, as high as they took long, coloured by what they came to."""
    most = max((sum(seconds_of(record).values()) for record in records), default=0) or 1
    width, height, bars = 6, 24, []
    for place, record in enumerate(records):
        tall = max(3.0, (height - 2) * sum(seconds_of(record).values()) / most)
        told = f"{record.started_at[:16]}: {record.status}, {units.seconds(record.duration_seconds)}"
        bars.append(
            element(
                "rect",
                element("title", told),
                x=place * width,
                y=_n(height - tall),
                width=width - 1.5,
                height=_n(tall),
                rx=0.8,
                class_=f"s-{record.status}",
            )
        )
    bad = sum(record.status not in ("complete", "running") for record in records)
    told = f"{len(records)} runs, oldest first; {bad or 'none'} not complete"
    svg = drawing(name, "Last runs", told, height, *bars, width=max(1, len(records)) * width)
    return Html(svg.replace('class="chart"', f'class="strip" width="{len(records) * width}" height="{height}"', 1))


def nice(value: float) -> float:
    """Return the next round number: what an axis ends at."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if step * power >= value * 0.999999)


def _axes(points: Sequence[Point], top: float, told: Callable[[float], str]) -> list[Html]:
    """Return lines and labels: nothing, half and all; the first and the last day."""
    found: list[Html] = []
    for share in (0, 0.5, 1):
        y = _n(_HEIGHT - _BOTTOM - _scaled(top * share, top))
        found.append(element("line", x1=_LEFT, x2=WIDTH - _RIGHT, y1=y, y2=y, class_="grid" if share else "axis"))
        label = "0" if share == 0 else told(top * share)
        found.append(element("text", label, x=_LEFT - 5, y=float(y) + 3.5, text_anchor="end", class_="tick"))
    first, last = points[0].first[:10], points[-1].last[:10]
    if first == last:
        first, last = points[0].first[:16], points[-1].last[11:16]
    base, end = _HEIGHT - 5, sum(_place(len(points) - 1, len(points)))
    if end < WIDTH / 2 and len(points) > 1:  # no room for both under so few bars
        return [*found, element("text", f"{first} to {last}", x=_LEFT, y=base, class_="tick")]
    found.append(element("text", first, x=_LEFT, y=base, class_="tick"))
    if len(points) > 1:
        found.append(element("text", last, x=_n(end), y=base, text_anchor="end", class_="tick"))
    return found


def _place(place: int, count: int) -> tuple[float, float]:
    """Return where a bar begins, and how wide it is; a few are not as fat as they could be."""
    room = WIDTH - _LEFT - _RIGHT
    step = min(room / count, 44)
    return _LEFT + place * step + step * _GAP / 2, step * (1 - _GAP)


def _mark(x: float, y: float, status: str) -> Html:
    size = 2.6
    cross = f"M{_n(x - size)} {_n(y - size)}l{2 * size} {2 * size}m0 {-2 * size}l{-2 * size} {2 * size}"
    return element("path", d=cross, class_=f"mark m-{status}")


def _scaled(value: float, top: float) -> float:
    return (_HEIGHT - _TOP - _BOTTOM) * value / top


def _when(point: Point) -> str:
    first = point.first[:16]
    return first if point.executions == 1 else f"{first} to {point.last[:16]}, mean of {point.executions} executions"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
