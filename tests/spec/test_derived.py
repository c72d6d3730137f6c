"""What Terraform must derive too."""

from glue_lib.spec.derived import derived
from glue_lib.spec.loader import loads

FILE = """
source: shop
base_url: https://x.example
auth: {type: api_key, key: "${secret:headwater/shop#key}", write: query.k}
headers: {X-Team: "${env:TEAM}"}
streams:
  orders: {path: /orders}
  items: {path: "/orders/{orders.id}/items"}
schedule: {cron: "0 6 * * ? *"}
glue: {workers: 3}
"""


def test_derives_the_names_and_settings_of_the_infrastructure():
    assert derived(loads(FILE, "x")) == {
        "source": "shop",
        "database": "shop",
        "streams": ["items", "orders"],
        "parents": {"items": ["orders"]},
        "secrets": ["headwater/shop"],
        "kept_secrets": [],
        "environment": ["TEAM"],
        "schedule": {"cron": "0 6 * * ? *", "timezone": "UTC", "enabled": True},
        "glue": {
            "worker_type": "G.1X",
            "workers": 3,
            "timeout_minutes": 480,
            "execution_class": "STANDARD",
            "version": "5.1",
        },
        "jobs": {"ingest": "shop-ingest", "load": "shop-load", "sync": "shop-sync"},
    }


def test_a_source_without_schedule_has_none():
    assert derived(loads("source: x\nbase_url: https://x\nstreams: {a: {path: /a}}", "x"))["schedule"] is None
