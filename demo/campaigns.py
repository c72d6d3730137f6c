"""Campaigns and the comments under them. Comments are numbered per campaign: only both ids together are unique."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from demo import words
from demo.json_text import Record

CAMPAIGNS = 40
SILENT_CAMPAIGN = 13  # nobody ever commented on it


def campaign(number: int) -> Record:
    """Return campaign `number` (1 and up), with its goals and their milestones."""
    draw = Random(f"campaign {number}")
    cause = words.CAUSES[number % len(words.CAUSES)]
    starts = datetime(2023, 9, 1, tzinfo=UTC) + timedelta(days=number * 11)
    return {
        "id": number,
        "object": "campaign",
        "name": f"{cause} – {draw.choice(words.REGIONS)}",
        "slug": f"{cause.lower().replace(' ', '-')}-{number}",
        "status": draw.choice(("active", "active", "closed", "draft")),
        "manager": {"name": words.name(draw), "extension": f"{number:04}"},
        "goals": [_goal(draw, name) for name in draw.sample(words.AIMS, draw.randint(0, 3))],
        "raised": Decimal(f"{draw.randint(0, 90_000)}.{draw.randint(0, 9)}0"),
        "starts_on": starts.strftime("%Y-%m-%d"),
        "ends_on": None if draw.random() < 0.4 else (starts + timedelta(days=200)).strftime("%Y-%m-%d"),
        "updated_at": (starts + timedelta(hours=draw.randint(0, 2000))).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def comments_of(campaign_id: int) -> list[Record]:
    """Return the comments under a campaign of version 1, oldest first: about ten."""
    if campaign_id == SILENT_CAMPAIGN:
        return []
    return [comment(campaign_id, number) for number in range(1, Random(f"comments {campaign_id}").randint(5, 17))]


def comment(campaign_id: int, number: int) -> Record:
    """Return comment `number` under a campaign, with its author and the replies to it."""
    draw = Random(f"comment {campaign_id} {number}")
    written = datetime(2024, 2, 1, tzinfo=UTC) + timedelta(hours=campaign_id * 100 + number * 31)
    return {
        "id": number,
        "author": _author(draw),
        "text": draw.choice(words.REMARKS),
        "likes": draw.randint(0, 40),
        "replies": [_reply(draw) for _ in range(draw.choice((0, 0, 1, 2)))],
        "created_at": written.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "edited_at": None,
    }


def _goal(draw: Random, name: str) -> Record:
    target = draw.choice((500, 2500, 10_000))
    milestones = sorted(draw.sample((10, 25, 50, 75, 100), draw.randint(0, 3)))
    return {"name": name, "target": Decimal(f"{target}.00"), "milestones": milestones}


def _reply(draw: Random) -> Record:
    return {"author": _author(draw), "text": draw.choice(words.REMARKS)}


def _author(draw: Random) -> Record:
    donor = {"badges": draw.sample(("founder", "monthly", "10×"), draw.randint(0, 2))}
    return {"name": words.name(draw), "donor": donor if draw.random() < 0.6 else None}
