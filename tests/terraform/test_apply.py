"""Applied to the local AWS: a second plan is empty, a file touches its own resources only, and all of it can go."""

from collections.abc import Iterator

import pytest

from tests.stack_on_local_aws import Stack, function_zip, laid

pytestmark = pytest.mark.slow

FILE = """
source: {source}
base_url: https://api.example.org
auth: {{type: bearer, token: "${{secret:headwater/{source}#token}}"}}
streams:
  orders: {{path: /orders, key: [id], write: replace, runs_on: {runs_on}}}
  lines: {{path: "/orders/{{orders.id}}/lines", key: [id], write: upsert, pattern: decoupled}}
schedule: {{cron: "{cron}", timezone: Europe/Rome}}
"""


def text(source: str, *, runs_on: str = "glue", cron: str = "0 6 * * ? *") -> str:
    return FILE.format(source=source, runs_on=runs_on, cron=cron)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("apply")
    files = {"shop.yaml": text("shop", runs_on="lambda"), "club.yaml": text("club")}
    with laid(folder, files, lambda_package=str(function_zip(folder))) as made:
        yield made


def test_a_file_more_a_file_changed_and_a_file_less_touch_their_own_resources_only(stack: Stack):
    stack.apply()
    assert stack.plan() == []

    (stack.pipelines / "bank.yaml").write_text(text("bank"))
    added = stack.plan()
    assert added and all(of(address) == "bank" for address in added), added
    stack.apply()
    assert stack.plan() == []

    (stack.pipelines / "shop.yaml").write_text(text("shop", runs_on="lambda", cron="30 7 * * ? *"))
    changed = stack.plan()
    assert any("aws_scheduler_schedule" in address for address in changed)
    assert all(of(address) == "shop" for address in changed), changed
    stack.apply()
    schedules = stack.aws.client("scheduler").list_schedules()["Schedules"]
    (shop,) = [one for one in schedules if one["Name"].endswith("-shop-sync")]
    found = stack.aws.client("scheduler").get_schedule(Name=shop["Name"], GroupName=shop["GroupName"])
    assert (found["ScheduleExpression"], found["ScheduleExpressionTimezone"]) == ("cron(30 7 * * ? *)", "Europe/Rome")

    (stack.pipelines / "club.yaml").unlink()
    removed = stack.plan()
    assert removed and all(of(address) == "club" for address in removed), removed
    stack.apply()
    assert stack.plan() == []
    jobs = stack.aws.client("glue").get_jobs()["Jobs"]
    assert {job["Name"].split("-")[2] for job in jobs} == {"shop", "bank"}

    bucket = stack.output("lake").removeprefix("s3://")
    stack.aws.client("s3").put_object(Bucket=bucket, Key="raw/shop/orders/x", Body=b"x")
    stack.destroy()
    assert stack.aws.client("s3").list_buckets()["Buckets"] == []
    assert stack.aws.client("glue").get_jobs()["Jobs"] == []
    assert stack.aws.client("iam").list_roles()["Roles"] == []


def of(address: str) -> str:
    """Return the source that a resource stands for, as its address says."""
    for source in ("shop", "club", "bank"):
        if f'["{source}' in address or f"/{source}#" in address or f'/{source}"' in address:
            return source
    return ""
