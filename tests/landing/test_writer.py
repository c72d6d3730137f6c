"""A slice is written part by part, goes on where it stopped, and is whole with its manifest."""

import gzip
import hashlib
import json
import random
import tracemalloc
from collections.abc import Collection, Iterator
from typing import Any

import pytest

from glue_lib.errors import ApiError, LoadError
from glue_lib.landing.layout import RunLayout
from glue_lib.landing.leases import LeaseLost
from glue_lib.landing.notes import Notes
from glue_lib.landing.plan import Slice
from glue_lib.landing.progress import Progress
from glue_lib.landing.storage import FolderStorage, Storage
from glue_lib.landing.writer import SliceWriter

PREFIX = "raw/donorbox/donations/run=r1/slice=3/"


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def writer_of(storage: Storage, **options: Any) -> SliceWriter:
    return SliceWriter(storage, RunLayout("donorbox", "donations", "r1"), Slice(3, {}, "all"), **options)


def add(writer: SliceWriter, page: int, *records: str, last: bool = False, **options: Any) -> bool:
    return writer.add(
        [record.encode() for record in records],
        request={"page": page},
        next=None if last else {"page": page + 1},
        request_fingerprint=f"request {page}",
        page_fingerprint=f"page {page}",
        state={"latest": page},
        **options,
    )


def lines(storage: Storage, part: int) -> list[bytes]:
    return gzip.decompress(storage.read(f"{PREFIX}part-{part}.jsonl.gz")).split(b"\n")


def test_lands_records_as_they_were_sent(storage: Storage):
    writer = writer_of(storage)
    add(writer, 1, '{"a": 1.10, "b" :"é"}', '{ "a":12345678901234567890}')
    writer.close({"total": 2})

    assert lines(storage, 0) == ['{"a": 1.10, "b" :"é"}'.encode(), b'{ "a":12345678901234567890}', b""]
    assert storage.list("") == [PREFIX + name for name in ("manifest.json", "part-0.jsonl.gz", "progress-0.json")]


@pytest.mark.parametrize(
    ("record", "line"),
    [
        ('{"a": 1}', '{"_c_id": "c1", "a": 1}'),
        ("{}", '{"_c_id": "c1"}'),
        ("{ \n }", '{"_c_id": "c1"}'),
        ('{\n"a":\r\n1}', '{"_c_id": "c1",  "a":  1}'),
    ],
)
def test_the_prefix_of_a_fan_out_stands_in_front_of_each_record(folder: FolderStorage, record: str, line: str):
    with writer_of(folder) as writer:
        add(writer, 1, record, prefix=b'{"_c_id": "c1", ')

    assert lines(folder, 0)[0].decode() == line
    assert "_c_id" in json.loads(line)


def test_line_breaks_between_tokens_do_not_break_the_line(folder: FolderStorage):
    with writer_of(folder) as writer:
        add(writer, 1, '{\r\n"a": "x\\n"\n}')

    assert lines(folder, 0) == [b'{  "a": "x\\n" }', b""]


def test_a_part_ends_with_the_page_that_fills_it(folder: FolderStorage):
    writer = writer_of(folder, part_bytes=20)

    assert [add(writer, page, '{"a": 12345}') for page in range(1, 6)] == [False, True, False, True, False]
    assert [len(lines(folder, part)) - 1 for part in (0, 1)] == [2, 2]


def test_a_part_ends_when_its_time_is_over(folder: FolderStorage):
    clock = Clock()
    writer = writer_of(folder, clock=clock, part_seconds=30)
    flushed = []
    for page in range(1, 6):
        flushed.append(add(writer, page, "{}"))
        clock.now += 16

    assert flushed == [False, False, True, False, False]


def test_progress_says_what_the_part_holds_and_how_to_go_on(storage: Storage):
    writer = writer_of(storage)
    add(writer, 1, '{"a": 1}', '{"a": "x"}')
    add(writer, 2, '{"a": null}')
    writer.flush()
    progress = Progress.from_json(json.loads(storage.read(f"{PREFIX}progress-0.json")))

    assert progress.checksum == hashlib.sha256(storage.read(f"{PREFIX}part-0.jsonl.gz")).hexdigest()
    assert (progress.records, progress.next, progress.state) == (3, {"page": 3}, {"latest": 2})
    assert [(page.request, page.records) for page in progress.pages] == [({"page": 1}, 2), ({"page": 2}, 1)]
    assert progress.notes.fields["a"].kinds == {"integer": 1, "string": 1, "null": 1}


def test_notes_are_of_the_lines_with_their_prefix(folder: FolderStorage):
    with writer_of(folder) as writer:
        add(writer, 1, '{"a": 1}', prefix=b'{"_c_id": 7, ')
    notes = Progress.from_json(json.loads(folder.read(f"{PREFIX}progress-0.json"))).notes

    expected = Notes()
    expected.take(b'{"_c_id": 7, "a": 1}')
    assert notes == expected


def test_the_same_pages_give_the_same_bytes(folder: FolderStorage):
    written = []
    for _ in range(2):
        with writer_of(folder) as writer:
            add(writer, 1, '{"a": 1}')
        written.append(folder.read(f"{PREFIX}part-0.jsonl.gz"))
        writer_of(folder).restart()

    assert written[0] == written[1]
    assert written[0][4:8] == bytes(4)  # no time of writing in gzip's header


def test_a_fresh_slice_has_nothing_to_go_on_from(folder: FolderStorage):
    writer = writer_of(folder)

    assert writer.resume is None
    assert not writer.is_whole


def test_a_stopped_slice_goes_on_after_its_last_part(storage: Storage):
    writer = writer_of(storage, part_bytes=1)
    add(writer, 1, "{}", "{}")
    add(writer, 2, "{}")
    resumed = writer_of(storage)

    assert resumed.resume is not None
    assert resumed.resume.next == {"page": 3}
    assert (resumed.resume.pages, resumed.resume.records, resumed.resume.state) == (2, 3, {"latest": 2})
    assert resumed.resume.seen_requests == ["request 1", "request 2"]
    assert resumed.resume.seen_pages == ["page 1", "page 2"]

    add(resumed, 3, '{"last": true}', last=True)
    resumed.close({})
    assert lines(storage, 2)[0] == b'{"last": true}'
    manifest = json.loads(storage.read(f"{PREFIX}manifest.json"))
    assert [part["part"] for part in manifest["parts"]] == [0, 1, 2]
    assert (manifest["pages"], manifest["records"]) == (3, 4)


def test_more_than_ten_parts_keep_their_order(folder: FolderStorage):
    writer = writer_of(folder, part_bytes=1)
    for page in range(1, 13):
        add(writer, page, "{}")
    resume = writer_of(folder).resume

    assert resume is not None
    assert resume.next == {"page": 13}
    assert resume.seen_pages == [f"page {page}" for page in range(1, 13)]


def test_a_slice_that_lacks_only_its_manifest_has_no_next_request(folder: FolderStorage):
    add(writer_of(folder, part_bytes=1), 1, "{}", last=True)
    resume = writer_of(folder).resume

    assert resume is not None and resume.next is None


def test_a_slice_without_pages_is_whole_with_an_empty_manifest(folder: FolderStorage):
    writer_of(folder).close({"windows": 0})

    assert writer_of(folder).is_whole
    assert json.loads(folder.read(f"{PREFIX}manifest.json"))["parts"] == []


def test_a_page_without_records_is_remembered(folder: FolderStorage):
    writer = writer_of(folder)
    add(writer, 1, last=True)
    writer.close({})
    resume = writer_of(folder).resume

    assert resume is not None
    assert (resume.pages, resume.records, resume.seen_requests) == (1, 0, ["request 1"])


def test_an_error_in_the_block_keeps_the_whole_pages_before_it(folder: FolderStorage):
    with pytest.raises(ApiError, match="cut off"), writer_of(folder) as writer:
        add(writer, 1, "{}")
        add(writer, 2, "{}")
        raise ApiError("cut off")
    resume = writer_of(folder).resume

    assert resume is not None and resume.next == {"page": 3}


def test_an_interruption_in_the_block_writes_nothing_more(folder: FolderStorage):
    with pytest.raises(KeyboardInterrupt), writer_of(folder) as writer:
        add(writer, 1, "{}")
        raise KeyboardInterrupt

    assert folder.list("") == []


def test_a_record_that_cannot_be_landed_is_named_and_its_page_is_not_landed(folder: FolderStorage):
    with (
        pytest.raises(ApiError, match=r"donorbox.donations: slice all, page 3: record 2: `NaN` is not JSON") as caught,
        writer_of(folder, part_bytes=20) as writer,
    ):
        add(writer, 1, '{"a": "a page of one part"}')
        add(writer, 2, "{}")
        add(writer, 3, "{}", '{"secret": "s3cr3t", "n": NaN}')

    resume = writer_of(folder).resume
    assert resume is not None and resume.next == {"page": 2}
    assert "s3cr3t" not in str(caught.value)


class Many:
    """So many records, made as they are gone through."""

    def __init__(self, count: int, record: bytes, *, breaks_at: int | None = None) -> None:
        self._count, self._record, self._breaks_at = count, record, breaks_at

    def __len__(self) -> int:
        return self._count

    def __contains__(self, record: object) -> bool:
        return record == self._record

    def __iter__(self) -> Iterator[bytes]:
        for number in range(self._count):
            if number == self._breaks_at:
                raise OSError("the disk is gone")
            yield self._record


def add_many(writer: SliceWriter, records: Collection[bytes]) -> bool:
    return writer.add(records, request={"page": 1}, next=None, request_fingerprint="r", page_fingerprint="p", state={})


def test_a_page_that_breaks_half_way_leaves_nothing_of_itself(folder: FolderStorage):
    with pytest.raises(OSError, match="the disk is gone"), writer_of(folder) as writer:
        add_many(writer, Many(5000, b'{"a": 1}', breaks_at=4500))

    assert folder.list("") == []


def test_a_page_that_brings_other_than_it_announces_is_not_landed(folder: FolderStorage):
    class Short(Many):
        def __len__(self) -> int:
            return 3

    with pytest.raises(ApiError, match="3 records were announced and 2 came"), writer_of(folder) as writer:
        add_many(writer, Short(2, b"{}"))

    assert folder.list("") == []


def test_a_bad_record_far_into_a_page_is_named_by_its_number(folder: FolderStorage):
    records = [b"{}"] * 2500
    records[2345] = b'{"n": NaN}'

    with pytest.raises(ApiError, match="record 2346"), writer_of(folder) as writer:
        add_many(writer, records)


def test_memory_does_not_grow_with_the_records_of_a_page(folder: FolderStorage):
    writer = writer_of(folder)
    add(writer, 0, "{}")
    tracemalloc.start()
    add_many(writer, Many(400, b'{"a": "' + b"x" * 100_000 + b'"}'))
    writer.close({})
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 12_000_000  # of 40 million bytes


def test_memory_does_not_grow_with_the_pages_of_a_part(folder: FolderStorage):
    rng = random.Random(1)
    writer = writer_of(folder)
    add(writer, 0, "{}")
    tracemalloc.start()
    for page in range(1, 41):
        add(writer, page, f'{{"a": "{rng.randbytes(100_000).hex()}"}}')
    writer.close({})
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert len(folder.read(f"{PREFIX}part-0.jsonl.gz")) > 4_000_000
    assert peak < 4_000_000


def test_nothing_is_written_once_the_lease_is_lost(folder: FolderStorage):
    def lost() -> None:
        raise LeaseLost("lost")

    with pytest.raises(LeaseLost), writer_of(folder, check=lost) as writer:
        add(writer, 1, "{}")
        writer.flush()
    with pytest.raises(LeaseLost):
        writer_of(folder, check=lost).close({})

    assert folder.list("") == []


def test_two_writers_of_a_slice_do_not_mix(storage: Storage):
    first, second = writer_of(storage), writer_of(storage)
    add(first, 1, '{"by": "first"}')
    add(second, 1, '{"by": "second"}')
    first.flush()

    with pytest.raises(LeaseLost, match="written by another execution"):
        second.flush()
    assert len(storage.list(PREFIX + "progress-")) == 1


def test_a_restarted_slice_begins_at_its_first_page(storage: Storage):
    writer = writer_of(storage, part_bytes=1)
    add(writer, 1, '{"old": 1}')
    add(writer, 2, '{"old": 2}')
    writer.restart()

    assert storage.list("") == []
    assert writer.resume is None
    add(writer, 1, '{"new": 1}')
    assert lines(storage, 0)[0] == b'{"new": 1}'


def test_a_whole_slice_is_not_restarted(folder: FolderStorage):
    writer = writer_of(folder)
    writer.close({})

    with pytest.raises(LoadError, match="a whole slice is never read again"):
        writer.restart()


@pytest.mark.parametrize("gone", ["part-0.jsonl.gz", "progress-0.json"])
def test_a_file_missing_in_between_is_named(folder: FolderStorage, gone: str):
    writer = writer_of(folder, part_bytes=1)
    add(writer, 1, "{}")
    add(writer, 2, "{}")
    folder.delete([PREFIX + gone])

    with pytest.raises(LoadError, match=f"slice=3/{gone}: is missing; restore it, or delete its slice's folder"):
        writer_of(folder)
