from datetime import UTC, datetime

from demo.edition import Edition
from demo.shelf import shelf


def edition(**updated_at: str) -> Edition:
    return Edition({key: {"id": key, "updated_at": text} for key, text in updated_at.items()}, {}, {})


def test_donations_stand_by_instant_and_then_id():
    standing = shelf(edition(c="2024-05-01T10:00:00Z", a="2024-05-01T12:00:00+02:00", b="2024-05-01T04:30:00-05:00"))

    assert [key for _, key in standing.order] == ["b", "a", "c"]
    assert [b'"b"' in standing.donations[0], b'"c"' in standing.donations[2]] == [True, True]


def test_a_page_ends_with_the_place_of_its_last_donation_only_when_more_follow():
    standing = shelf(edition(a="2024-01-01T00:00:00Z", b="2024-01-02T00:00:00Z", c="2024-01-03T00:00:00Z"))

    assert standing.donations_from(None, None, limit=2) == (standing.donations[:2], standing.places["b"])
    assert standing.donations_from(None, standing.places["b"], limit=2) == (standing.donations[2:], None)
    assert standing.donations_from(None, None, limit=3) == (standing.donations, None)


def test_since_includes_its_own_instant():
    standing = shelf(edition(a="2024-01-01T00:00:00Z", b="2024-01-02T00:00:00Z"))

    assert standing.donations_from(datetime(2024, 1, 2, tzinfo=UTC), None, limit=9) == (standing.donations[1:], None)


def test_the_later_of_since_and_after_counts():
    standing = shelf(edition(a="2024-01-01T00:00:00Z", b="2024-01-02T00:00:00Z", c="2024-01-03T00:00:00Z"))
    third = datetime(2024, 1, 3, tzinfo=UTC)

    assert standing.donations_from(third, standing.places["a"], limit=9) == (standing.donations[2:], None)
