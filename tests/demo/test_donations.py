import hashlib
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from demo.donations import FIRST_DAY, donation, first_donations
from demo.edition import Edition
from demo.json_text import written

ROOT = Path(__file__).parents[2]
NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def donations(first: Edition):
    return list(first.donations.values())


def forms(records, name):
    absent = {"absent"} if any(name not in record for record in records) else set()
    held = [record[name] for record in records if name in record]
    return absent | {"null" if array is None else "filled" if array else "empty" for array in held}


def line_items(donations):
    return [item for record in donations for item in record.get("line_items") or []]


def test_a_donation_is_the_same_whenever_it_is_made(donations):
    assert donation(17, NOON, NOON) == donation(17, NOON, NOON)
    assert first_donations() == donations


def test_another_process_makes_the_same_bytes(donations):
    script = (
        "import hashlib; from demo.json_text import written; from demo.donations import first_donations;"
        "print(hashlib.sha256(b''.join(map(written, first_donations()))).hexdigest())"
    )
    environment = {"PYTHONHASHSEED": "17", "PYTHONPATH": str(ROOT)}

    found = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)

    assert found.stdout.strip() == hashlib.sha256(b"".join(map(written, donations))).hexdigest()


def test_there_are_at_least_five_thousand_with_distinct_ids(donations):
    assert len(donations) >= 5000
    assert len({record["id"] for record in donations}) == len(donations)


def test_amounts_come_as_numbers_as_text_and_whole(donations):
    assert {type(record["amount"]) for record in donations} == {Decimal, str, int}
    assert {type(item["unit_price"]) for item in line_items(donations)} == {Decimal, str, int}
    assert any(
        written(record["amount"]).endswith(b"0") and isinstance(record["amount"], Decimal) for record in donations
    )


def test_integers_are_too_big_for_a_double_and_some_for_64_bits(donations):
    assert all(
        2**53 < record["payment"]["transaction"] < 2**63 < record["payment"]["ledger_entry"] for record in donations
    )


@pytest.mark.parametrize("array", ["line_items", "channels", "dedications"])
def test_an_array_may_be_filled_empty_null_or_absent(donations, array):
    assert forms(donations, array) == {"absent", "null", "filled", "empty"}


def test_tags_inside_line_items_may_be_filled_empty_null_or_absent_and_hold_nulls(donations):
    items = line_items(donations)

    assert forms(items, "tags") == {"absent", "null", "filled", "empty"}
    assert any(None in (item.get("tags") or []) for item in items)
    assert any(option["choices"] for item in items for option in item.get("options") or [])


def test_a_donor_may_be_null_or_lack_an_address_or_consent(donations):
    donors = [record["donor"] for record in donations]

    assert None in donors
    for name in ("email", "address", "consent"):
        assert any(donor and name not in donor for donor in donors)
        assert any(donor and donor.get(name, 0) is None for donor in donors) or name == "consent"


def test_fields_that_only_version_2_fills_are_empty_in_every_donation(donations):
    assert all(record["metadata"] == {} and record["cancelled_at"] is None for record in donations)
    assert all(isinstance(record["reference"], int) for record in donations)
    assert not any("receipts" in record or "phone" in (record["donor"] or {}) for record in donations)


def test_timestamps_have_several_forms_and_stand_in_2024_and_2025(donations):
    texts = [record["updated_at"] for record in donations]
    instants = [datetime.fromisoformat(text) for text in texts]

    assert {text[-6:] for text in texts} >= {"+02:00", "-05:00"} and any(text.endswith(".000Z") for text in texts)
    assert min(instants) >= FIRST_DAY and max(instants) < datetime(2025, 11, 3, tzinfo=UTC)
    assert [text for _, text in sorted(zip(instants, texts, strict=True))] != sorted(texts)


def test_many_donations_share_the_second_in_which_they_were_updated(donations):
    instants = Counter(datetime.fromisoformat(record["updated_at"]) for record in donations)

    assert max(instants.values()) > 1
