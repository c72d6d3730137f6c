from demo.campaigns import SILENT_CAMPAIGN
from demo.edition import Edition


def test_campaigns_have_integer_ids_and_some_have_no_goals(first: Edition):
    campaigns = list(first.campaigns.values())

    assert [record["id"] for record in campaigns] == list(range(1, 41))
    assert {bool(record["goals"]) for record in campaigns} == {True, False}


def test_comments_are_numbered_within_their_campaign(first: Edition):
    numbers = [[record["id"] for record in records] for records in first.comments.values()]

    assert all(found == list(range(1, len(found) + 1)) for found in numbers)
    assert 8 < sum(map(len, numbers)) / len(numbers) < 12


def test_one_campaign_has_no_comments(first: Edition):
    assert [key for key, records in first.comments.items() if not records] == [SILENT_CAMPAIGN]
