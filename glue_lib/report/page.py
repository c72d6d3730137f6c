"""The page: one HTML file that needs nothing else, of however many runs, with the figures behind every chart."""

from collections.abc import Sequence
from datetime import datetime
from importlib.resources import files
from itertools import groupby

from glue_lib import __version__
from glue_lib.landing.run_record import RunRecord
from glue_lib.report import charts, units
from glue_lib.report.html import Child, Html, element, joined
from glue_lib.report.lineage import lineage
from glue_lib.report.parts import (
    MARKS,
    badge,
    card,
    data,
    grid,
    legend,
    moment,
    nothing,
    problem,
    table,
)
from glue_lib.report.summary import (
    PHASES,
    StreamTold,
    changes_of,
    failures_of,
    needing,
    points_of,
    seconds_of,
    streams_of,
    tables_of,
)

_STRIP, _MOST_STREAMS, _MOST_TABLES, _MOST_RUNS = 24, 14, 12, 200
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; form-action 'none'"  # noqa: E501
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
            *(_attention(streams), _streams(streams), _time(records, streams), _rows(records), _lineage(streams)),
            *(_failures(records, streams), _schema(records), _runs(records)),
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
        ("Work", units.seconds(sum(record.duration_seconds for record in records)), "summed over streams"),
    ]
    if costs:
        facts.append(("Cost", units.money(sum(costs)), "estimate, list price"))
    cells = [
        element("div", element("dt", name), element("dd", element("b", figure), element("span", more)))
        for name, figure, more in facts
    ]
    return element("dl", *cells, class_="tiles")


def _attention(streams: Sequence[StreamTold]) -> Html:
    bad = needing(streams)
    if not bad:
        running = sum(stream.last.status == "running" for stream in streams)
        told = (
            f"{running} running now; all others came to their end."
            if running
            else "The last run of every stream is complete."
        )
        return element("p", element("span", MARKS["complete"], aria_hidden="true"), " ", told, class_="fine")
    title = "1 stream needs a look" if len(bad) == 1 else f"{len(bad)} streams need a look"
    return card("attention", title, element("div", *[problem(record) for record in bad[:12]], class_="problems"))


def _streams(streams: Sequence[StreamTold]) -> Html:
    rows = []
    for place, stream in enumerate(streams):
        last = stream.last
        rows.append(
            [
                element("span", element("span", f"{stream.source}.", class_="of"), stream.name),
                badge(last.status),
                charts.strip(f"strip{place}", stream.records[-_STRIP:]),
                moment(last.started_at),
                units.seconds(last.duration_seconds),
                units.count(last.records or last.rows_read),
                units.rows(last),
                units.count(last.rows_quarantined),
            ]
        )
    columns = ["Stream", "Last run", "History", "Started", "Took", "Records", "Rows", "Set aside"]
    told = f"Each stream with its last run, and the last {_STRIP} as bars as high as they took long."
    return card("streams", "Streams", table(told, columns, rows, numbers=(4, 5, 6, 7), is_caption_shown=True))


def _time(records: Sequence[RunRecord], streams: Sequence[StreamTold]) -> Html:
    points = points_of(records)
    over = [
        [
            point.first[:16],
            str(point.executions),
            point.status,
            *[units.seconds(point.seconds[phase]) for phase in PHASES],
            units.count(point.records),
            "–" if point.records_per_second is None else units.short(point.records_per_second),
        ]
        for point in points
    ]
    figures = data("Executions over time", ["Began", "Executions", "Status", *PHASES, "Records", "Records/s"], over)
    taken = sorted(streams, key=lambda stream: -sum(stream.seconds.values()))
    lying = [
        (
            stream.title,
            {f"p-{phase}": stream.seconds[phase] for phase in PHASES},
            units.seconds(sum(stream.seconds.values())),
        )
        for stream in taken[:_MOST_STREAMS]
    ]
    told = "Seconds of all these runs by stream: fetching, waiting for the API, shaping, and writing tables."
    by_stream = [[stream.title, *[units.seconds(stream.seconds[phase]) for phase in PHASES]] for stream in taken]
    return card(
        "time",
        "Where the time went",
        legend([(f"p-{phase}", phase) for phase in PHASES]),
        grid(
            ("How long executions took", joined(charts.phases_over_time(points), figures)),
            ("Records fetched a second", charts.throughput(points)),
            (
                "By stream",
                joined(
                    charts.stacked("phases", "Time by stream and phase", told, lying),
                    data("Time by stream", ["Stream", *PHASES], by_stream),
                ),
            ),
        ),
        note="Fetch: asking and landing. Wait: for the API's limits. Shape and write: Spark, from raw to tables.",
    )


def _rows(records: Sequence[RunRecord]) -> Html:
    found = tables_of(records)
    kinds = ("inserted", "updated", "deleted")
    lying = [
        (told.title, {f"r-{kind}": float(getattr(told, kind)) for kind in kinds}, units.count(told.total))
        for told in found[:_MOST_TABLES]
    ]
    half = (len(lying) + 1) // 2 if len(lying) > 6 else len(lying)
    said = "Rows inserted, updated and deleted in each table by these runs; those with most changes first."
    # Two charts beside each other must have one scale.
    most = max((sum(parts.values()) for _, parts, _ in lying), default=1)
    drawn = [
        element("div", charts.stacked(f"rows{start}", "Rows by table", said, lying[start : start + half], most=most))
        for start in range(0, len(lying), max(1, half))
    ]
    rows = [[told.title, *[units.count(getattr(told, kind)) for kind in kinds]] for told in found]
    more = f" The {_MOST_TABLES} tables with most changes, of {len(found)}." if len(found) > _MOST_TABLES else ""
    return card(
        "rows",
        "Rows by table",
        legend([(f"r-{kind}", kind) for kind in kinds]),
        element("div", *drawn, class_="grid") if drawn else nothing("No run has written a table yet."),
        data("Rows by table", ["Table", *kinds], rows) if rows else None,
        note=f"What these runs did to rows.{more}",
    )


def _lineage(streams: Sequence[StreamTold]) -> Html:
    pictures: list[tuple[str, Child]] = []
    for place, (source, group) in enumerate(groupby(streams, key=lambda stream: stream.source)):
        of_source = list(group)
        rows = [
            [stream.name, ", ".join(stream.parents) or "–", ", ".join(stream.tables) or "–"] for stream in of_source
        ]
        picture = lineage(f"lineage{place}", source, of_source)
        listed = data(f"Lineage of {source}", ["Stream", "Asked for each record of", "Tables"], rows, is_text=True)
        pictures.append((source, joined(picture, listed)))
    told = "An arrow between streams: one is asked for each record of the other."
    return card("lineage", "From API to tables", grid(*pictures), note=told)


def _failures(records: Sequence[RunRecord], streams: Sequence[StreamTold]) -> Html:
    above = needing(streams)
    found, more = failures_of(records, told=above)
    if not found and above:
        return card("failures", "Failures", nothing("No others than those that need a look, above."))
    if not found:
        return card(
            "failures", "Failures", nothing("None of these runs failed, stopped or had to wait for another day.")
        )
    told = [problem(failure.last, times=failure.times) for failure in found]
    note = f"Newest first, each cause of a stream once{f'; {more} older ones are left out' if more else ''}."
    return card("failures", "Failures and what to do", element("div", *told, class_="problems"), note=note)


def _schema(records: Sequence[RunRecord]) -> Html:
    found, more = changes_of(records)
    if not found:
        return card("schema", "Schema changes", nothing("No table was made, and no column came to one."))
    rows = [
        [
            moment(change.record.started_at),
            f"{change.record.source}.{change.record.stream}",
            [element("code", name) for name in change.made] or "–",
            [element("code", name) for name in change.added] or "–",
        ]
        for change in found
    ]
    told = f"Newest first{f'; {more} older ones are left out' if more else ''}."
    return card(
        "schema",
        "Schema changes",
        table(told, ["Run", "Stream", "New tables", "New columns"], rows, is_caption_shown=True),
    )


def _runs(records: Sequence[RunRecord]) -> Html:
    newest = sorted(records, key=lambda record: record.started_at, reverse=True)[:_MOST_RUNS]
    rows = [_run(record) for record in newest]
    columns = [
        "Started",
        "Stream",
        "Status",
        "Took",
        "Fetch",
        "Wait",
        "Shape",
        "Write",
        "Requests",
        "Records",
        "Rows",
        "Run",
    ]
    of = f"the newest {len(newest)} of {len(records):,}" if len(records) > len(newest) else f"all {len(newest)}"
    told = f"Runs, newest first: {of}."
    return card("runs", "Runs", table(told, columns, rows, numbers=tuple(range(3, 11)), is_caption_shown=True))


def _run(record: RunRecord) -> list[Child]:
    seconds = seconds_of(record)
    return [
        moment(record.started_at),
        f"{record.source}.{record.stream}",
        badge(record.status),
        units.seconds(record.duration_seconds),
        *[units.seconds(seconds[phase]) for phase in PHASES],
        units.count(record.requests),
        units.count(record.records or record.rows_read),
        units.rows(record),
        element("code", record.run_id or "–"),
    ]


def _file(name: str) -> str:
    return files("glue_lib.report").joinpath(name).read_text(encoding="utf-8")
