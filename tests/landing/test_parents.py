"""The fields of parents stay as the API sent them."""

import gzip

import pytest

from glue_lib.landing.parents import distinct, fields_in, fields_of, parents_in, write_parents
from glue_lib.landing.storage import FolderStorage


@pytest.mark.parametrize(
    ("record", "parent"),
    [
        (b'{"id":  12345678901234567890 , "x": 1}', {"id": "12345678901234567890"}),
        (rb'{"id": "a\/b"}', {"id": r'"a\/b"'}),
        (b'{"id": null}', {"id": "null"}),
        (b'{"x": 1}', {}),
        (b'{"id": 1, "id": 2}', {"id": "2"}),
        (b'{"id": {"a": [1.0, true]}}', {"id": '{"a": [1.0, true]}'}),
        (rb'{"id": 1.10, "\ud800": "x"}', {"id": "1.10"}),
        (rb'{"id": {"a": [1.0, true, "x"]}, "\ud800": null}', {"id": '{"a": [1.0, true, "x"]}'}),
        (b'{"id": "caf\xe9"}', {"id": r'"caf\udce9"'}),
    ],
)
def test_a_field_is_taken_as_it_was_written(record, parent):
    assert fields_of(record, ["id"]) == parent


@pytest.mark.parametrize("record", [b'{"team": {"id": 7}}', rb'{"team": {"id": 7}, "\ud800": 1}'])
def test_a_field_within_an_object_has_a_dotted_path(record):
    assert fields_of(record, ["team.id", "team.no", "team.id.x", "no.id"]) == {"team.id": "7"}


@pytest.mark.parametrize("record", [b'{"team": {"a.b": 7}}', rb'{"team": {"a.b": 7}, "\ud800": 1}'])
def test_a_key_that_has_dots_itself_is_quoted(record):
    assert fields_of(record, ['team."a.b"', "team.a.b"]) == {'team."a.b"': "7"}


def test_a_parent_of_broken_text_comes_back_beside_the_others(folder: FolderStorage):
    parents = [{"id": r'"\ud800"', "n": "1.10"}, {"id": "2", "n": "3"}]

    write_parents(folder, "parents.jsonl.gz", parents, ["id", "n"])

    assert list(parents_in(folder.read("parents.jsonl.gz"))) == parents


def test_parents_come_back_as_they_were_written(folder: FolderStorage):
    parents = [{"id": '"é"', "team.id": "1.10"}, {"id": "7"}, {}]
    write_parents(folder, "parents.jsonl.gz", parents, ["id", "team.id"])

    assert list(parents_in(folder.read("parents.jsonl.gz"))) == parents
    assert fields_in(folder.read("parents.jsonl.gz")) == ["id", "team.id"]


def test_where_no_parents_were_written_there_are_none(folder: FolderStorage):
    assert list(parents_in(folder.read("parents.jsonl.gz"))) == []
    assert fields_in(folder.read("parents.jsonl.gz")) == []


def test_a_file_without_a_list_of_fields_is_read_and_known_to_be_old(folder: FolderStorage):
    folder.write("parents.jsonl.gz", gzip.compress(b'{"id": 1}\n'))

    assert list(parents_in(folder.read("parents.jsonl.gz"))) == [{"id": "1"}]
    assert fields_in(folder.read("parents.jsonl.gz")) == []


def test_equal_parents_are_one():
    assert list(distinct([{"id": "1"}, {"id": '"1"'}, {"id": "1"}])) == [{"id": "1"}, {"id": '"1"'}]
