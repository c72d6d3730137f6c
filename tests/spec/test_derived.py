"""What Terraform must derive too."""

from glue_lib.spec.derived import derived, levels
from glue_lib.spec.loader import loads

FILE = """
source: shop
base_url: https://x.example
auth: {type: api_key, key: "${secret:headwater/shop#key}", write: query.k}
headers: {X-Team: "${env:TEAM}"}
streams:
  orders: {path: /orders, runs_on: lambda}
  items: {path: "/orders/{orders.id}/items"}
schedule: {cron: "0 6 * * ? *"}
glue: {workers: 3}
alarms: {nothing_loaded_hours: 26, quarantined_share: null}
"""


def test_derives_the_names_and_settings_of_the_infrastructure():
    assert derived(loads(FILE, "x")) == {
        "source": "shop",
        "database": "shop",
        "streams": ["items", "orders"],
        "parents": {"items": ["orders"]},
        "deletes": {},
        "levels": [["orders"], ["items"]],
        "patterns": {"items": "direct", "orders": "decoupled"},
        "runs_on": {"items": "glue", "orders": "lambda"},
        "secrets": ["headwater/shop"],
        "kept_secrets": [],
        "environment": ["TEAM"],
        "schedule": {"cron": "0 6 * * ? *", "timezone": "UTC", "flexible_minutes": 0, "enabled": True},
        "glue": {
            "worker_type": "G.1X",
            "workers": 3,
            "timeout_minutes": 480,
            "execution_class": "STANDARD",
            "queueing": False,
            "auto_scaling": True,
            "connections": [],
            "parallel_streams": None,
            "version": "5.1",
        },
        "lambda": {"memory_mb": 512, "timeout_seconds": 900, "disk_mb": 512},
        "alarms": {
            "failed": True,
            "incomplete_runs": 6,
            "nothing_loaded_hours": 26,
            "quarantined_share": None,
            "duration_share": 0.9,
        },
        "jobs": {"ingest": "shop-ingest", "load": "shop-load", "sync": "shop-sync"},
    }


def test_a_source_without_schedule_has_none():
    assert derived(loads("source: x\nbase_url: https://x\nstreams: {a: {path: /a}}", "x"))["schedule"] is None


def test_a_stream_stands_behind_all_that_it_waits_for():
    text = "source: shop\nbase_url: https://x.example\n" + (
        "streams:\n"
        '  z: {path: "/{a.id}"}\n'
        "  a: {path: /a}\n"
        '  m: {path: "/{z.id}/{a.id}", key: [id], key_is_global: true, write: upsert}\n'
        "  gone: {path: /gone, deletes: m, key: [id]}\n"
        "  b: {path: /b}\n"
    )

    assert levels(loads(text, "x")) == [["a", "b"], ["z"], ["m"], ["gone"]]
