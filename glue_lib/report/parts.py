"""What the page is put together from: cards, tables, badges, and the problems that a reader came for."""

from collections.abc import Sequence

from glue_lib.landing.run_record import RunRecord
from glue_lib.report import units
from glue_lib.report.html import Child, Html, element, joined

MARKS = {"complete": "●", "incomplete": "◐", "failed": "✕", "stopped": "■", "running": "▶"}
_LONGEST = 1200  # characters of an error


def card(name: str, title: str, *content: Child, note: str | None = None) -> Html:
    """Return a section with its heading."""
    told = element("p", note, class_="note") if note else None
    heading = element("h2", title, id=f"{name}-title")
    return element("section", heading, told, *content, id=name, class_="card", aria_labelledby=f"{name}-title")


def grid(*parts: tuple[str, Child]) -> Html:
    """Return parts beside each other where there is room, each with a heading."""
    return element("div", *[element("div", element("h3", title), part) for title, part in parts], class_="grid")


def table(
    caption: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Child]],
    *,
    numbers: Sequence[int] = (),
    is_caption_shown: bool = False,
) -> Html:
    """Return a table that scrolls by itself where it is too wide, also by keyboard; its first column heads the rows."""
    heads = [
        element("th", name, scope="col", class_="n" if place in numbers else None) for place, name in enumerate(columns)
    ]
    lines = [
        element(
            "tr",
            element("th", row[0], scope="row"),
            *[element("td", cell, class_="n" if place in numbers else None) for place, cell in enumerate(row[1:], 1)],
        )
        for row in rows
    ]
    shown = element(
        "table",
        element("caption", element("span", caption), class_=None if is_caption_shown else "hidden"),
        element("thead", element("tr", *heads)),
        element("tbody", *lines),
    )
    return element("div", shown, class_="scroll", role="region", aria_label=f"Table: {caption}", tabindex="0")


def data(caption: str, columns: Sequence[str], rows: Sequence[Sequence[Child]], *, is_text: bool = False) -> Html:
    """Return the figures behind a chart, which are there for whoever asks."""
    numbers = () if is_text else tuple(range(1, len(columns)))
    shown = table(caption, [name.capitalize() for name in columns], rows, numbers=numbers)
    return element("details", element("summary", "Figures: ", caption.lower()), shown)


def legend(kinds: Sequence[tuple[str, str]]) -> Html:
    """Return what the colours mean."""
    items = [element("li", element("i", class_=f"key {kind}"), told) for kind, told in kinds]
    return element("ul", *items, class_="legend")


def badge(status: str) -> Html:
    """Return a status with a mark, so that it is not told by colour alone."""
    mark = element("span", MARKS.get(status, "●"), aria_hidden="true")
    return element("span", mark, " ", status, class_=f"badge b-{status}")


def moment(text: str) -> Html:
    """Return a moment as short as it can be."""
    return element("time", text[:10], " ", text[11:16], datetime=f"{text.replace(' ', 'T')}Z")


def problem(record: RunRecord, *, times: int = 1) -> Html:
    """Return a run that did not complete: where, what, and what to do."""
    cause, remedy = record.error or "", record.remedy
    if remedy and cause.endswith(f"; {remedy}"):
        cause = cause.removesuffix(f"; {remedy}")
    often = element("span", f" {times} times, last", class_="of") if times > 1 else None
    resumes = element("p", "Can go on at ", moment(record.resume_at), ".", class_="note") if record.resume_at else None
    landed = f"{units.count(record.records)} records are landed and stay." if record.records else None
    return element(
        "article",
        element("h3", badge(record.status), " ", f"{record.source}.{record.stream}"),
        element(
            "p",
            often,
            " " if often else None,
            moment(record.started_at),
            " · run ",
            element("code", record.run_id or "none"),
            class_="note",
        ),
        element("p", said(cause), class_="cause") if cause else None,
        element("p", element("b", "What to do: "), said(remedy), class_="remedy") if remedy else None,
        joined(resumes, element("p", landed, class_="note") if landed else None),
        class_=f"problem e-{record.status}",
    )


def nothing(told: str) -> Html:
    """Return a sentence in the place of what is not there."""
    return element("p", told, class_="empty")


def said(text: str) -> Html:
    """Return a text of ours, in which backticks stand around what is literal."""
    cut = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    pieces = cut.split("`")
    if len(pieces) % 2 == 0:  # one that has no other
        return joined(cut)
    return joined(*[element("code", piece) if place % 2 else piece for place, piece in enumerate(pieces)])
