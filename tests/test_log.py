"""An event is a line for people who read logs, and fields for handlers."""

import logging

import pytest

from glue_lib import log


def test_an_event_is_a_line_and_its_fields(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, "headwater")

    log.info("slice landed", source="hubspot", pages=17, reason=None)

    (record,) = caplog.records
    assert record.getMessage() == "slice landed source=hubspot pages=17"
    assert (record.event, record.fields) == ("slice landed", {"source": "hubspot", "pages": 17})  # type: ignore[attr-defined]


def test_a_percent_sign_is_no_placeholder(caplog: pytest.LogCaptureFixture):
    log.warning("waiting", reason="50% of %s")

    assert caplog.messages == ["waiting reason=50% of %s"]


@pytest.mark.parametrize(
    ("say", "level"),
    [(log.debug, "DEBUG"), (log.info, "INFO"), (log.warning, "WARNING"), (log.error, "ERROR")],
)
def test_each_word_has_its_level(say, level: str, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG, "headwater")

    say("page")

    assert [record.levelname for record in caplog.records] == [level]


def test_who_watches_sees_every_event_whatever_the_level(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.ERROR, "headwater")
    seen = []

    with log.watched(lambda name, fields: seen.append((name, dict(fields)))):
        assert log.is_watched()
        log.debug("page", stream="orders", records=2, of=None)
    log.debug("page", stream="orders")

    assert seen == [("page", {"stream": "orders", "records": 2})]
    assert not log.is_watched() and not caplog.messages
