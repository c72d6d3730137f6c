# ruff: noqa
"""A dlt source, to be read and never run: running it fails."""

import os

import dlt
from dlt.sources.helpers.rest_client.paginators import OffsetPaginator
from dlt.sources.rest_api import RESTAPIConfig, rest_api_source

raise SystemExit("this file must never be run")

PAGE = 50
VERSION = "v2"


@dlt.source
def blog(token=dlt.secrets.value):
    config: RESTAPIConfig = {
        "client": {
            "base_url": f"https://blog.example/api/{VERSION}/",
            "auth": {"type": "bearer", "token": dlt.secrets["sources.blog.api_token"]},
            "headers": {"X-Tenant": "acme", "X-Partner-Token": os.environ["PARTNER"]},
            "paginator": {"type": "json_link", "next_url_path": "$.paging.next"},
            "session": make_session(),
        },
        "resource_defaults": {
            "primary_key": "id",
            "write_disposition": "merge",
            "endpoint": {"params": {"per_page": PAGE}},
        },
        "resources": [
            "authors",
            {
                "name": "posts",
                "endpoint": {
                    "path": "posts",
                    "data_selector": "data.items",
                    "params": {"status": "all"},
                    "incremental": {
                        "cursor_path": "updated_at",
                        "start_param": "updated_since",
                        "end_param": "updated_until",
                        "initial_value": "2024-01-01T00:00:00Z",
                    },
                },
                "columns": {"rating": {"data_type": "decimal"}},
            },
            {
                "name": "comments",
                "endpoint": {
                    "path": "posts/{post_id}/comments",
                    "data_selector": "$.comments[*]",
                    "params": {"post_id": {"type": "resolve", "resource": "posts", "field": "id"}},
                    "paginator": OffsetPaginator(limit=20, total_path="meta.total"),
                    "response_actions": [{"status_code": 404, "action": "ignore"}],
                },
                "include_from_parent": ["title"],
            },
            {
                "name": "likes",
                "write_disposition": "append",
                "primary_key": ["user", "post"],
                "endpoint": {
                    "path": "likes/{resources.posts.id}",
                    "data_selector": "data",
                    "params": {"since": {"type": "incremental", "cursor_path": "at", "initial_value": "1704067200"}},
                    "paginator": {"type": "cursor", "cursor_path": "next.token", "cursor_param": "after"},
                },
                "processing_steps": [{"filter": lambda like: like["user"]}],
            },
            {
                "name": "tags",
                "write_disposition": "replace",
                "endpoint": {
                    "path": "/tags",
                    "data_selector": "tags",
                    "paginator": {"type": "page_number", "base_page": 1, "total_path": "pages", "maximum_page": 9},
                },
            },
            build_resource("extra"),
        ],
    }
    yield from rest_api_source(config).resources.values()
