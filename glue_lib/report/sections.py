"""The sections of the page: each takes what is told and returns a card."""

from collections.abc import Sequence
from itertools import groupby

from glue_lib.landing.run_record import RunRecord
from glue_lib.report import charts, units
from glue_lib.report.html import Child, Html, element, joined
from glue_lib.report.lineage import lineage
from glue_lib.report.parts import MARKS, badge, card, data, grid, legend, moment, nothing, problem, table
from glue_lib.report.summary import (
    PHASES,
    Point,
    StreamTold,
    changes_of,
    failures_of,
    needing,
    points_of,
    seconds_of,
    tables_of,
)

_STRIP, _MOST_STREAMS, _MOST_TABLES, _MOST_RUNS = 24, 14, 12, 200
_PHASES = "Fetch: asking and landing. Wait: for the API's limits. Shape and write: Spark, from raw to tables."
_REQUESTS = (("q-first", "the first time"), ("q-again", "again, after a refusal or a cut"))


def attention_section(streams: Sequence[StreamTold]) -> Html:
    """Return what a reader came for, where something is wrong."""
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


def streams_section(streams: Sequence[StreamTold]) -> Html:
    """Return each stream with its last run and its history."""
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


def time_section(records: Sequence[RunRecord], streams: Sequence[StreamTold]) -> Html:
    """Return the charts over time, and where it went."""
    points = points_of(records)
    over = [
        [
            point.first[:16],
            str(point.executions),
            point.status,
            *[units.seconds(point.seconds[phase]) for phase in PHASES],
            units.count(point.requests),
            units.count(point.retries),
            units.count(point.records),
            "–" if point.records_per_second is None else units.short(point.records_per_second),
        ]
        for point in points
    ]
    figures = data(
        "Executions over time",
        ["Began", "Executions", "Status", *PHASES, "Requests", "Again", "Records", "Records/s"],
        over,
    )
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
            ("Requests made", joined(charts.requests_over_time(points), legend(_REQUESTS))),
            (
                "By stream",
                joined(
                    charts.stacked("phases", "Time by stream and phase", told, lying),
                    data("Time by stream", ["Stream", *PHASES], by_stream),
                ),
            ),
        ),
        note=f"{_PHASES}{_of(points)}",
    )


def _of(points: Sequence[Point]) -> str:
    """Return what a bar stands for, where it is not one execution."""
    most = max(point.executions for point in points)
    return f" Over time, each bar is the mean of {most} executions." if most > 1 else ""


def rows_section(records: Sequence[RunRecord]) -> Html:
    """Return what became of rows, by table."""
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


def lineage_section(streams: Sequence[StreamTold]) -> Html:
    """Return the way from streams to tables, a picture for each source."""
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


def failures_section(records: Sequence[RunRecord], streams: Sequence[StreamTold]) -> Html:
    """Return what failed, stopped or waits, each with what to do."""
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


def schema_section(records: Sequence[RunRecord]) -> Html:
    """Return what came to the schemas."""
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


def runs_section(records: Sequence[RunRecord]) -> Html:
    """Return the newest runs, one by one."""
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
