from datetime import datetime

import pytest

from demo.changes import NEW_FIELDS, UPDATES, second_edition
from demo.edition import Edition


def updated_at(record):
    return datetime.fromisoformat(record["updated_at"])


def tags(record):
    return [item.get("tags") for item in record["line_items"]]


def test_the_list_of_changes_is_the_difference_of_the_two_editions(first: Edition, second: Edition, changes):
    before, after = first.donations, second.donations

    assert changes["donations"]["updated"] == sorted(key for key in before if before[key] != after[key])
    assert changes["donations"]["added"] == sorted(set(after) - set(before))
    assert set(before) <= set(after)


def test_version_2_is_the_same_whenever_it_is_made(first: Edition, second: Edition, changes):
    assert second_edition(first) == (second, changes)


def test_making_version_2_leaves_version_1_alone(first: Edition, second: Edition):
    assert all("receipts" not in record for record in first.donations.values())


def test_about_300_donations_are_updated_and_100_added(changes):
    assert len(changes["donations"]["updated"]) == sum(update.count for update in UPDATES.values()) == 300
    assert len(changes["donations"]["added"]) == 100


def test_all_that_changed_is_later_than_all_of_version_1(first: Edition, second: Edition, changes):
    latest = max(map(updated_at, first.donations.values()))
    changed = [*changes["donations"]["updated"], *changes["donations"]["added"]]

    assert min(updated_at(second.donations[key]) for key in changed) > latest


def test_every_kind_of_change_is_there_and_none_twice_on_one_donation(changes):
    by_kind = changes["donations"]["by_kind"]

    assert {kind: len(keys) for kind, keys in by_kind.items()} == {
        kind: update.count for kind, update in UPDATES.items()
    }
    assert sorted(key for keys in by_kind.values() for key in keys) == changes["donations"]["updated"]


@pytest.mark.parametrize(
    "kind, holds",
    [
        ("amount", lambda old, new: new["amount"] != old["amount"]),
        ("line_item_removed", lambda old, new: len(new["line_items"]) == len(old["line_items"]) - 1),
        ("line_item_added", lambda old, new: len(new["line_items"]) == len(old["line_items"]) + 1),
        ("line_items_emptied", lambda old, new: old["line_items"] and new["line_items"] == []),
        ("line_items_null", lambda old, new: old["line_items"] and new["line_items"] is None),
        ("line_items_absent", lambda old, new: old["line_items"] and "line_items" not in new),
        ("tags", lambda old, new: tags(new) != tags(old) and len(new["line_items"]) == len(old["line_items"])),
        ("reference_became_text", lambda old, new: type(old["reference"]) is int and new["reference"][:3] == "PO-"),
        ("cancelled", lambda old, new: old["cancelled_at"] is None and new["cancelled_at"]),
    ],
)  # fmt: skip
def test_a_change_is_what_its_name_says(first: Edition, second: Edition, changes, kind, holds):
    keys = changes["donations"]["by_kind"][kind]

    assert keys and all(holds(first.donations[key], second.donations[key]) for key in keys)


def test_addresses_change_or_appear(first: Edition, second: Edition, changes):
    keys = changes["donations"]["by_kind"]["address"]
    moved = [
        key for key in keys if first.donations[key]["donor"].get("address") != second.donations[key]["donor"]["address"]
    ]

    assert len(moved) > len(keys) * 0.9


@pytest.mark.parametrize("name", NEW_FIELDS)
def test_each_new_field_is_in_some_of_what_changed_and_in_nothing_else(second: Edition, changes, name):
    found = {key for key, record in second.donations.items() if NEW_FIELDS[name](record)}
    changed = {*changes["donations"]["updated"], *changes["donations"]["added"]}

    assert found and found == set(changes["donations"]["new_fields"][name]) and found < changed


def test_a_campaign_is_updated_one_added_and_one_without_comments_removed(first: Edition, second: Edition, changes):
    before, after = first.campaigns, second.campaigns

    assert changes["campaigns"] == {
        "updated": [key for key in before if key in after and before[key] != after[key]],
        "added": sorted(set(after) - set(before)),
        "removed": sorted(set(before) - set(after)),
    }
    assert all(first.comments[key] == [] for key in changes["campaigns"]["removed"])


def test_comments_are_edited_and_added_and_none_removed(first: Edition, second: Edition, changes):
    before = {(key, record["id"]): record for key, records in first.comments.items() for record in records}
    after = {(key, record["id"]): record for key, records in second.comments.items() for record in records}

    assert sorted(map(tuple, changes["comments"]["added"])) == sorted(set(after) - set(before))
    assert sorted(map(tuple, changes["comments"]["edited"])) == sorted(
        key for key in before if before[key] != after[key]
    )
    assert set(second.comments) == set(second.campaigns)
    assert any(key in changes["campaigns"]["added"] for key, _ in changes["comments"]["added"])
