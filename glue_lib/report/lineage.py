"""The lineage as a picture: from the API's streams through the raw zone to tables, those of nested arrays indented."""

from collections.abc import Sequence

from glue_lib.report.charts import drawing
from glue_lib.report.html import Html, element
from glue_lib.report.summary import StreamTold

_ROW, _PAD = 17, 12
_STREAM, _RAW, _TABLE = (0, 112), (140, 52), (220, 140)  # where a column begins, and how wide it is


def lineage(name: str, source: str, streams: Sequence[StreamTold]) -> Html:
    """Return the picture of one source."""
    drawn: list[Html] = []
    at: dict[str, float] = {}
    y = 22.0
    for x, told in ((_STREAM[0], "API stream"), (_RAW[0], "raw"), (_TABLE[0], "tables")):
        drawn.append(element("text", told, x=x, y=10, class_="tick"))
    for stream in streams:
        tables = stream.tables
        height = max(1, len(tables)) * _ROW + 6
        middle = y + height / 2
        at[stream.name] = middle
        drawn.append(_box(_STREAM, middle, _cut(stream.name, 18), "stream"))
        drawn.append(_flow(_STREAM[0] + _STREAM[1], middle, _RAW[0], middle))
        drawn.append(_box(_RAW, middle, "JSON", "raw"))
        for place, table in enumerate(tables):
            row = y + 3 + place * _ROW + _ROW / 2
            drawn.append(_flow(_RAW[0] + _RAW[1], middle, _TABLE[0] - 4, row))
            depth = table.removeprefix(stream.name).count("__") if table.startswith(stream.name) else 0
            short = table if depth == 0 else table.rpartition("__")[2]
            x = _TABLE[0] + depth * 9
            drawn.append(
                element(
                    "text",
                    element("title", table),
                    _cut(short, int((360 - x) / 5.4)),
                    x=x,
                    y=row + 3.5,
                    class_="root" if depth == 0 else "child",
                )
            )
        if not tables:
            drawn.append(element("text", "not loaded yet", x=_TABLE[0], y=middle + 3.5, class_="tick"))
        y += height + _PAD
    for stream in streams:
        drawn += [_fan_out(at[parent], at[stream.name]) for parent in stream.parents if parent in at]
    return drawing(name, f"Lineage of {source}", _told(streams), y - _PAD + 4, *drawn)


def _told(streams: Sequence[StreamTold]) -> str:
    sentences = []
    for stream in streams:
        tables = ", ".join(stream.tables) or "no table yet"
        asked = f" (asked for each record of {', '.join(stream.parents)})" if stream.parents else ""
        sentences.append(f"{stream.name}{asked} fills {tables}.")
    return " ".join(sentences)


def _box(column: tuple[int, int], middle: float, label: str, kind: str) -> Html:
    x, width = column
    rect = element("rect", x=x + 0.5, y=middle - 11, width=width - 1, height=22, rx=4, class_=f"box {kind}")
    return element("g", rect, element("text", label, x=x + 8, y=middle + 3.5, class_="root"))


def _flow(x1: float, y1: float, x2: float, y2: float) -> Html:
    bend = (x1 + x2) / 2
    return element("path", d=f"M{x1} {y1:g}C{bend:g} {y1:g} {bend:g} {y2:g} {x2} {y2:g}", class_="flow")


def _fan_out(y1: float, y2: float) -> Html:
    """Return the arrow from a stream down or up to one that is asked for each of its records."""
    sign = 1 if y2 > y1 else -1
    begin, end = y1 + 11 * sign, y2 - 11 * sign
    head = f"M16 {end:g}l-3 {-5 * sign}h6z"
    return element(
        "g", element("path", d=f"M16 {begin:g}V{end:g}", class_="fan"), element("path", d=head, class_="head")
    )


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
