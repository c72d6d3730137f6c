import pytest

from awsglue_local import quirks

SCHEMA = "tags array<struct<name:string,rank:int>>"
ROWS = [([(None, None)],), ([],), (None,)]


def child(frame_of):
    return [tuple(row) for row in frame_of(ROWS, SCHEMA).relationalize("root", "unused")["root_tags"].toDF().collect()]


def test_glues_quirks_are_there_and_can_be_done_without(frame_of, monkeypatch):
    assert child(frame_of) == [(1, 0, "", None), (2, None, "", None)]
    with quirks.off("csv_text"):
        assert child(frame_of) == [(1, 0, None, None), (2, None, None, None)]
    with quirks.off("placeholder_row"):
        assert child(frame_of) == [(1, 0, "", None)]
    with quirks.off():
        assert child(frame_of) == [(1, 0, None, None)]
    monkeypatch.setenv("AWSGLUE_LOCAL_WITHOUT", "csv_text, placeholder_row")
    assert child(frame_of) == [(1, 0, None, None)]


def test_an_unknown_quirk_is_told(monkeypatch):
    known = "is not a quirk of Glue's; there are csv_text, placeholder_row"
    with pytest.raises(ValueError, match=f"`csv` {known}"), quirks.off("csv"):
        pass
    monkeypatch.setenv("AWSGLUE_LOCAL_WITHOUT", "nope")
    with pytest.raises(ValueError, match=f"`nope` {known}"):
        quirks.on("csv_text")
