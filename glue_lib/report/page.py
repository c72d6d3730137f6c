"""The page: one HTML file that needs nothing else, of however many runs, with the figures behind every chart."""

from collections.abc import Sequence
from datetime import datetime
from importlib.resources import files

from glue_lib import __version__
from glue_lib.landing.run_record import RunRecord
from glue_lib.report import sections, units
from glue_lib.report.html import Html, element, joined
from glue_lib.report.parts import nothing
from glue_lib.report.summary import streams_of

_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'"
)
_PARTS = (
    ("streams", "Streams"),
    ("time", "Time"),
    ("rows", "Rows"),
    ("lineage", "Lineage"),
    ("failures", "Failures"),
    ("schema", "Schema"),
    ("runs", "Runs"),
)


def page(lake: str, records: Sequence[RunRecord], now: datetime, *, is_live: bool = False) -> str:
    """Return the page of these records; one that is served asks from time to time whether there is more."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", f"Runs of {lake} – Headwater"),
        element("style", Html(_file("page.css"))),
    )
    script = element("script", Html(_file("live.js"))) if is_live else None
    body = element(
        "body",
        element("a", "Skip to the runs", href="#main", class_="skip"),
        element("div", _content(lake, records, now, is_live=is_live), id="page"),
        element("p", "", id="live", role="status", class_="quiet") if is_live else None,
        script,
    )
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


def _content(lake: str, records: Sequence[RunRecord], now: datetime, *, is_live: bool) -> Html:
    streams = streams_of(records)
    main = (
        [
            sections.attention_section(streams),
            sections.streams_section(streams),
            sections.time_section(records, streams),
            sections.rows_section(records),
            sections.lineage_section(streams),
            sections.failures_section(records, streams),
            sections.schema_section(records),
            sections.runs_section(records),
        ]
        if records
        else [nothing("No run has left a record here yet. `headwater run` does; then write this page again.")]
    )
    told = f"as of {now:%Y-%m-%d %H:%M} UTC"
    footer = element("footer", element("p", f"Headwater {__version__} · {told} · all times are UTC"))
    return joined(_header(lake, records, told, is_live=is_live), element("main", *main, id="main"), footer)


def _header(lake: str, records: Sequence[RunRecord], told: str, *, is_live: bool) -> Html:
    links = [element("li", element("a", title, href=f"#{name}")) for name, title in _PARTS]
    return element(
        "header",
        element(
            "p", element("span", "Headwater"), " ", told, element("b", " · live") if is_live else None, class_="brand"
        ),
        element("h1", "Runs of ", element("code", lake)),
        _tiles(records) if records else None,
        element("nav", element("ul", *links), aria_label="Sections") if records else None,
    )


def _tiles(records: Sequence[RunRecord]) -> Html:
    complete = sum(record.status == "complete" for record in records)
    costs = [record.cost_usd for record in records if record.cost_usd is not None]
    first = min(record.started_at for record in records)[:10]
    changed = sum(record.rows_inserted + record.rows_updated + record.rows_deleted for record in records)
    facts = [
        ("Runs", units.count(len(records)), f"since {first}"),
        ("Complete", f"{complete / len(records):.0%}", f"{units.count(len(records) - complete)} not"),
        (
            "Requests",
            units.count(sum(record.requests for record in records)),
            f"{units.count(sum(r.retries for r in records))} tried again",
        ),
        ("Rows changed", units.count(changed), f"{units.count(sum(r.rows_quarantined for r in records))} set aside"),
        (
            "Fetched",
            units.size(sum(record.wire_bytes for record in records)),
            f"{units.size(sum(r.raw_bytes for r in records))} unpacked",
        ),
        ("Work", units.seconds(sum(record.duration_seconds for record in records)), "over all streams"),
    ]
    if costs:
        facts.append(("Cost", units.money(sum(costs)), "estimate, list price"))
    cells = [
        element("div", element("dt", name), element("dd", element("b", figure), element("span", more)))
        for name, figure, more in facts
    ]
    return element("dl", *cells, class_="tiles")


def _file(name: str) -> str:
    return files("glue_lib.report").joinpath(name).read_text(encoding="utf-8")
