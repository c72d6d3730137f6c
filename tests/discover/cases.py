"""How each emulated API is discovered: with which addresses and flags, as its user would give them, and what is found.

`found` holds by stream the pagination that must be proposed, `truth` the emulator's own name of what it reads.
"""

from dataclasses import dataclass, field
from typing import Any

_BEHIND_LAST = {"type": "token", "read": "last_record.id", "write": "query.starting_after", "more": "body.has_more"}
_CONTINUATION = {
    "type": "token",
    "read": "body.pagination.continuation",
    "write": "query.continuation",
    "more": "body.pagination.has_more_items",
}
_SLACK = {"type": "token", "read": "body.response_metadata.next_cursor", "write": "query.cursor"}
_TOTAL_ITEMS = {"type": "offset", "write": "query.offset", "total": "body.total_items"}
_JQL = 'updated >= "2020-01-01 00:00" ORDER BY updated ASC, key ASC'
_SOQL = "SELECT Id, Name, SystemModstamp FROM Account ORDER BY SystemModstamp, Id"
_LOGIN = (
    "{type: oauth2_client_credentials, token_url: '{origin}/services/oauth2/token', "
    "client_id: '${secret:salesforce#client_id}', client_secret: '${secret:salesforce#client_secret}'}"
)


@dataclass(frozen=True)
class Case:
    """One API: what its user types, and what must come of it."""

    addresses: tuple[str, ...]
    flags: dict[str, Any]
    found: dict[str, dict[str, Any]]
    cursors: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    truth: dict[str, str] = field(default_factory=dict)  # of streams with other names
    counts_only: bool = False  # records come with other fields than those of the example


CASES: dict[str, Case] = {
    "ckan": Case(
        ("datasets=/package_search?include_private=true", "organizations=/organization_list?all_fields=true"),
        {"headers": ("Authorization: ${secret:ckan#api_token}",)},
        {
            "datasets": {"type": "offset", "write": "query.start", "total": "body.result.count"},
            "organizations": {"type": "offset", "write": "query.offset"},
        },
    ),
    "eventbrite": Case(
        ("/organizations/174000/venues/", "/organizations/174000/events/", "attendees=/events/{events.id}/attendees/"),
        {"bearer": "${secret:eventbrite#token}"},
        {
            "venues": {"type": "page", "write": "query.page", "past_end": {"statuses": [400], "error": "BAD_PAGE"}},
            "events": _CONTINUATION,
            "attendees": _CONTINUATION,
        },
    ),
    "github": Case(
        (
            "/orgs/acme/repos",
            "issues=/repos/{repos.owner.login}/{repos.name}/issues?state=all&sort=created&direction=asc",
        ),
        {"bearer": "${secret:github#token}"},
        {"repos": {"type": "page", "write": "query.page"}, "issues": {"type": "link"}},
    ),
    "hubspot": Case(
        ("/crm/v3/objects/companies", "/crm/v3/objects/contacts?limit=100"),
        {"bearer": "${secret:hubspot#access_token}"},
        {
            "companies": {"type": "next_url", "read": "body.paging.next.link"},
            "contacts": {"type": "next_url", "read": "body.paging.next.link"},
        },
        counts_only=True,
    ),
    "jira": Case(
        ("projects=/project/search", f"issues=/search/jql?jql={_JQL}&fields=*all"),
        {"basic": "ops@example.org:${secret:jira#api_token}"},
        {
            "projects": {"type": "offset", "write": "query.startAt", "last": "body.isLast", "total": "body.total"},
            "issues": {
                "type": "token",
                "read": "body.nextPageToken",
                "write": "query.nextPageToken",
                "last": "body.isLast",
            },
        },
        counts_only=True,
    ),
    "mailchimp": Case(
        ("/lists", "/campaigns?count=50", "members=/lists/{lists.id}/members?count=100"),
        {"basic": "any:${secret:mailchimp#api_key}"},
        {"lists": _TOTAL_ITEMS, "campaigns": _TOTAL_ITEMS, "members": _TOTAL_ITEMS},
        counts_only=True,
    ),
    "notion": Case(
        ("/users",),
        {"bearer": "${secret:notion#token}", "headers": ("Notion-Version: 2025-09-03",)},
        {
            "users": {
                "type": "token",
                "read": "body.next_cursor",
                "write": "query.start_cursor",
                "more": "body.has_more",
            }
        },
    ),
    "salesforce": Case(
        (f"accounts=/services/data/v62.0/query?q={_SOQL}",),
        {"auth": _LOGIN},
        {"accounts": {"type": "next_url", "read": "body.nextRecordsUrl", "last": "body.done"}},
        counts_only=True,
    ),
    "shopify": Case(
        ("/orders.json?status=any&limit=100",),
        {"headers": ("X-Shopify-Access-Token: ${secret:shopify#access_token}",)},
        {"orders": {"type": "link"}},
    ),
    "slack": Case(
        ("/users.list", "channels=/conversations.list?exclude_archived=true&types=public_channel"),
        {"bearer": "${secret:slack#bot_token}"},
        {"users": _SLACK, "channels": _SLACK},
    ),
    "socrata": Case(
        ("permits=/resource/ydr8-5enu.json?$order=:id&$select=:*,*&$limit=50",),
        {"headers": ("X-App-Token: ${secret:socrata#app_token}",)},
        {"permits": {"type": "offset", "write": "query.$offset"}},
    ),
    "stripe": Case(
        ("/customers?limit=50", "/charges?limit=100&created[gte]=1735689600", "/subscriptions?status=all"),
        {"bearer": "${secret:stripe#api_key}"},
        {"customers": _BEHIND_LAST, "charges": _BEHIND_LAST, "subscriptions": _BEHIND_LAST},
        cursors={"charges": ("created", "query.created[gte]", "epoch_s")},
        counts_only=True,
    ),
    "usaspending": Case(
        ("award=/api/v2/awards/{id}/",),
        {},
        {"award": {"type": "none"}},
        truth={"award": ""},
    ),
    "zendesk": Case(
        (
            "/users.json?page[size]=20",
            "/organizations.json",
            "/incremental/tickets/cursor.json?start_time=1700000000",
        ),
        {"basic": "ops@example.org/token:${secret:zendesk#api_token}"},
        {
            "users": {"type": "next_url", "read": "body.links.next", "more": "body.meta.has_more"},
            "organizations": {"type": "next_url", "read": "body.next_page"},
            "tickets": {"type": "next_url", "read": "body.after_url", "last": "body.end_of_stream"},
        },
        cursors={"tickets": ("generated_timestamp", "query.start_time", "epoch_s")},
    ),
}
