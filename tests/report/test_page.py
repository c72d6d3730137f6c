"""The page: whole in itself, harmless whatever the records say, and bounded however many there are."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from glue_lib.landing.run_record import SchemaChange, TableChange
from glue_lib.report import units
from glue_lib.report.charts import nice
from glue_lib.report.html import Html, element, joined
from glue_lib.report.page import page
from glue_lib.report.summary import failures_of, points_of, streams_of, tables_of
from tests.report.records import NOW, many, record

HOSTILE = """</style></script><script>alert(1)</script><img src=x onerror="alert(2)">&'"\x00\ud800"""
CSS = Path(__file__).parents[2] / "glue_lib" / "report" / "page.css"


class Tags(HTMLParser):
    """All elements of a page, with their attributes, and whether each was closed."""

    VOID = ("meta", "br", "hr", "link", "col")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_every_text_is_escaped_wherever_a_record_has_one():
    texts = dict.fromkeys(("run_id", "error", "remedy", "mode", "job_name", "evidence", "execution"), HOSTILE)
    bad = replace(
        record(status="failed"),
        source=HOSTILE,
        stream=HOSTILE,
        parents=(HOSTILE,),
        tables=(TableChange(HOSTILE, 3),),
        schema_changes=(SchemaChange(HOSTILE, HOSTILE, HOSTILE), SchemaChange(HOSTILE, HOSTILE)),
        **texts,  # type: ignore[arg-type]
    )

    text = page(HOSTILE, [bad, replace(bad, execution="b")], NOW)

    tags = Tags(text)
    assert tags.open == []
    assert not {"script", "img"} & {tag for tag, _ in tags.found}
    assert not [name for _, attributes in tags.found for name in attributes if name.startswith("on")]
    assert "\x00" not in text and text.encode()


def test_the_page_needs_nothing_from_anywhere():
    tags = Tags(page("./lake", many(20), NOW, is_live=True))

    links = [value for _, attributes in tags.found for name, value in attributes.items() if name in ("src", "href")]
    assert all(str(link).startswith("#") for link in links)
    assert "http" not in CSS.read_text() and "url(" not in CSS.read_text() and "@import" not in CSS.read_text()
    (policy,) = [attributes["content"] for _, attributes in tags.found if "http-equiv" in attributes]
    assert str(policy).startswith("default-src 'none'")


def test_only_a_page_that_is_served_has_a_script():
    is_live, is_not = ("<script" in page("lake", [record()], NOW, is_live=live) for live in (True, False))

    assert (is_live, is_not) == (True, False)


def test_a_page_of_a_thousand_runs_is_no_larger_than_one_of_a_few_hundred():
    few, all_ = page("lake", many(300), NOW), page("lake", many(1000), NOW)

    assert len(all_) < 1.2 * len(few) < 400_000
    assert "the newest 200 of 1,000" in all_


def test_a_lake_without_runs_says_what_to_do():
    assert "No run has left a record here yet" in page("lake", [], NOW)


def test_every_picture_tells_itself_and_every_id_is_one():
    tags = Tags(page("lake", many(1000), NOW))
    ids = [attributes["id"] for _, attributes in tags.found if "id" in attributes]

    pictures = [attributes for tag, attributes in tags.found if tag == "svg"]
    assert len(ids) == len(set(ids)) and len(pictures) > 5
    assert all(set(str(one["aria-labelledby"]).split()) <= set(ids) for one in pictures)


def test_a_failure_is_told_with_its_cause_and_what_to_do_apart():
    error = "shop.orders: answered 403; check the scopes of secret `shop/token`"
    failed = replace(record(status="failed"), error=error, remedy="check the scopes of secret `shop/token`")

    text = page("lake", [failed], NOW)

    assert "1 stream needs a look" in text
    assert ">shop.orders: answered 403<" in text
    assert "</b>check the scopes of secret <code>shop/token</code>" in text
    assert "No others than those" in text


def test_a_cause_that_befell_a_stream_again_is_told_once():
    runs = [replace(record(number, status="failed"), error=f"page {number}: answered 500") for number in range(5)]

    (failure,), more = failures_of([*runs, record(9)])

    assert (failure.times, failure.last, more) == (5, runs[-1], 0)


def test_executions_are_grouped_where_they_are_too_many_for_a_chart():
    points = points_of(many(1000))

    assert len(points) <= 48 and sum(point.executions for point in points) == 1000
    assert points[0].first < points[-1].last


def test_an_execution_is_the_sum_of_its_runs_and_its_rate_that_of_what_was_fetched():
    first, second = record(), replace(record(stream="items"), step="load", records=0)

    (point,) = points_of([first, replace(second, execution=first.execution)])

    assert (point.total_seconds, point.executions, point.records_per_second) == (20, 1, 10)


def test_tables_and_streams_are_summed_over_runs():
    tables, (stream,) = tables_of([record(0), record(1)]), streams_of([record(1), record(0)])

    assert [(table.name, table.total) for table in tables] == [("orders__items", 40), ("orders", 26)]
    assert (stream.last.run_id, stream.tables, stream.seconds["write"]) == ("r1", ["orders", "orders__items"], 6)


@pytest.mark.parametrize(
    ("value", "told"), [(0.04, "0.0 s"), (59.6, "1 min"), (61, "1 min 1 s"), (3600, "1 h"), (90_000, "25 h")]
)
def test_seconds_are_told_in_their_largest_units(value: float, told: str):
    assert units.seconds(value) == told


@pytest.mark.parametrize(("value", "told"), [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (2.7e9, "2.7 GB")])
def test_bytes_are_told_in_their_largest_unit(value: float, told: str):
    assert units.size(value) == told


@pytest.mark.parametrize(("value", "top"), [(0, 1), (0.07, 0.08), (1, 1), (99, 100), (1000, 1000), (1001, 1500)])
def test_an_axis_ends_at_a_round_number_that_is_not_below(value: float, top: float):
    assert nice(value) == pytest.approx(top)


def test_elements_escape_what_is_not_html_already():
    made = element("a", "<b>", Html("<i>x</i>"), None, ["&", 3], href='"x"', class_="n", hidden=True, title=None)

    assert made == '<a href="&quot;x&quot;" class="n" hidden>&lt;b&gt;<i>x</i>&amp;3</a>'
    assert joined("<", made).startswith("&lt;<a")


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_texts_stand_out_from_what_they_stand_on_and_marks_from_their_card(scheme: int):
    block = re.findall(r":root \{(.*?)\}", CSS.read_text(), re.S)[scheme]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))

    texts = ("ink", "soft", "water", "complete", "incomplete", "failed", "stopped", "running")
    for ground in ("paper", "card"):
        assert {name for name in texts if _contrast(colours[name], colours[ground]) < 4.5} == set()
    assert _contrast(colours["ink"], colours["track"]) > 4.5 and _contrast(colours["ink"], colours["water-soft"]) > 4.5
    marks = ("fetch", "wait", "shape", "write", "inserted", "updated", "deleted")
    assert {name for name in marks if _contrast(colours[name], colours["card"]) < 3} == set()


def test_no_text_turns_around_what_stands_beside_it():
    assert element("p", "a\u202eb\x1bc\x85d\te") == "<p>a\ufffdb\ufffdc\ufffdd\te</p>"
