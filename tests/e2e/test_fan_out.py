"""Fan-outs and secrets over more than one run; the raw zone tells, no table is needed."""

import pytest

from glue_lib import pipeline
from glue_lib.execution import ExecutionFailed
from tests.e2e.small_api import TOKEN


def asked(api, word: str) -> list[str]:
    return [target for target in api.asked if word in target]


def test_a_fan_out_that_is_added_later_asks_for_the_parents_of_earlier_runs(api, lake):
    with_notes = lake.text + '  notes: {path: "/orders/{orders.id}/notes"}\n'
    pipeline.ingest(lake.execution())
    lake.text = with_notes
    api.records |= {f"/orders/{number}/notes": [{"text": "n"}] for number in range(1, 8)}

    pipeline.ingest(lake.execution())

    assert sorted(asked(api, "/notes")) == [f"/orders/{number}/notes" for number in range(1, 8)]


def test_a_parent_that_is_gone_is_not_asked_for_ever(api, lake):
    lake.text = lake.text.replace("key: [id], write: upsert}", "key: [id], write: upsert, missing_parent: error}")
    api.before = lambda target, count: (404, {}, b"{}") if target.startswith("/shops/shop%20c") else None
    with pytest.raises(ExecutionFailed):
        pipeline.ingest(lake.execution())
    api.records["/shops"] = [shop for shop in api.records["/shops"] if shop["id"] != "shop c"]

    outcomes = pipeline.ingest(lake.execution())

    assert [outcome.status for outcome in outcomes] == ["complete"] * 3


def test_a_secret_in_the_base_url_is_not_stored_with_the_next_request(api, lake):
    api.before = lambda target, count: (
        (200, {"Link": f'<{api.base_url}/orders?page=2>; rel="next"'}, b'{"data": [{"id": 1}]}')
        if target == "/orders"
        else (503, {}, b"{}")
    )
    lake.text = (
        lake.text.replace(f"base_url: {api.base_url}", 'base_url: "${secret:small#url}"')
        .replace("{type: token, read: body.next, write: query.after}", "{type: link}")
        .replace("    cursor: {field: updated_at, from: query.since, start: 2020-01-01}\n", "")
    )

    def secrets(text: str) -> str:
        return text.replace("${secret:small#token}", TOKEN).replace("${secret:small#url}", api.base_url)

    with pytest.raises(ExecutionFailed) as failed:
        pipeline.ingest(lake.execution(secrets=secrets, streams=("orders",)))

    host = api.base_url.removeprefix("http://")
    landed = [path.read_bytes() for path in lake.folder.rglob("*") if path.is_file()]
    assert len(asked(api, "page=2")) == 3
    assert not any(host.encode() in content for content in landed)
    assert host not in str(failed.value)
