"""What the roles may do, held against AWS's own lists of actions and resources."""

import json
from typing import Any

import pytest

parliament = pytest.importorskip(
    "parliament", reason="SKIPPED LOUDLY: no `parliament`, no policy was checked; install the extra `test`"
)


def _policies(tested: Any) -> dict[str, str]:
    return {
        address: values["policy"] for address, values in tested.resources.items() if ".aws_iam_role_policy." in address
    }


def test_every_action_exists_and_fits_its_resource(tested: Any) -> None:
    policies = _policies(tested)
    # four jobs, workflow, scheduler of each of four sources; a function; the two of the shared job
    assert len(policies) == 27

    found = {
        f"{address}: {finding.issue} {finding.detail} {finding.location}"
        for address, policy in policies.items()
        for finding in parliament.analyze_policy_string(policy).findings
    }

    assert found == set()


def test_an_action_that_aws_does_not_know_would_be_found() -> None:
    statement = {"Effect": "Allow", "Action": ["s3:GetObjekt"], "Resource": ["arn:aws:s3:::lake/*"]}

    (finding,) = parliament.analyze_policy_string(
        json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    ).findings

    assert finding.issue == "UNKNOWN_ACTION"


def test_no_policy_is_longer_than_aws_allows(tested: Any) -> None:
    assert all(len(policy) <= 10_240 for policy in _policies(tested).values())


def test_the_sources_of_one_role_never_reach_into_another(tested: Any) -> None:
    sources = {"crm", "donorbox", "ledger", "open_data"}
    own = {address: policy for address, policy in _policies(tested).items() if address.startswith("module.source[")}
    for address, policy in own.items():
        source = address.split('"')[1]
        resources = [resource for one in json.loads(policy)["Statement"] for resource in one["Resource"]]
        assert not [
            (address, resource) for resource in resources for other in sources - {source} if f"/{other}" in resource
        ]


def test_who_makes_tables_may_see_that_nothing_stands_above_them_and_who_lands_may_not(tested: Any) -> None:
    found = {}
    for job in ("ingest", "load", "maintain", "sync"):
        policy = tested.resources[f'module.source["donorbox"].aws_iam_role_policy.job["{job}"]']["policy"]
        statements = {one["Sid"]: one for one in json.loads(policy)["Statement"]}
        found[job] = sorted(
            one.partition(":::")[2].partition("/")[2] for one in statements.get("Above", {}).get("Resource", ())
        )
        listed = statements["List"]["Condition"]["StringLike"]["s3:prefix"]
        # An absent object is a 404 only for those who may list its very name.
        assert all(one in listed for one in found[job])

    above = ["_delta_log", "_headwater/_delta_log", "_headwater/tmp/_delta_log", "_headwater/tmp/donorbox"]
    expected = [*above, "tables/_delta_log", "tables/donorbox"]
    assert found == {"ingest": [], "load": expected, "maintain": expected, "sync": expected}


def test_jobs_in_a_network_may_make_their_interfaces_and_others_may_not(tested: Any) -> None:
    def ec2(source: str, job: str) -> dict[str, list[str]]:
        policy = tested.resources[f'module.source["{source}"].aws_iam_role_policy.job["{job}"]']["policy"]
        return {one["Sid"]: one["Resource"] for one in json.loads(policy)["Statement"] if "ec2:" in str(one["Action"])}

    assert ec2("donorbox", "sync") == ec2("crm", "lambda") == {}  # a connection of Glue is none of a function's
    found = ec2("crm", "sync")
    assert found["Describe"] == ["*"] and found["Tags"] == ["arn:aws:ec2:us-east-1:123456789012:network-interface/*"]
    assert [resource.rpartition(":")[2] for resource in found["Interfaces"]] == [
        "network-interface/*",
        "subnet/*",
        "security-group/*",
    ]


def test_each_role_is_trusted_to_one_service_for_this_account_alone(tested: Any) -> None:
    roles = {name: values for name, values in tested.resources.items() if ".aws_iam_role." in name}

    for name, values in roles.items():
        (statement,) = json.loads(values["assume_role_policy"])["Statement"]
        service = statement["Principal"]["Service"].removesuffix(".amazonaws.com")
        assert service in ("glue", "lambda", "states", "scheduler"), name
        if service != "lambda":
            assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}, name


def test_the_role_of_the_shared_job_is_the_sum_of_what_its_sources_jobs_may_do(tested: Any) -> None:
    shared = json.loads(tested.resources['module.shared_job["own"].aws_iam_role_policy.job']["policy"])["Statement"]
    allowed = {(action, resource) for one in shared for action in one["Action"] for resource in one["Resource"]}

    single = [
        (action, resource)
        for source in ("donorbox", "open_data")
        for one in json.loads(tested.resources[f'module.source["{source}"].aws_iam_role_policy.job["sync"]']["policy"])[
            "Statement"
        ]
        for action in one["Action"]
        for resource in one["Resource"]
    ]

    assert set(single) <= allowed
    assert {resource for _, resource in allowed - set(single)} == {
        "arn:aws:logs:us-east-1:123456789012:log-group:/headwater/headwater-dev/shared/*",
        "arn:aws:s3:::headwater-dev-lake-123456789012/_headwater/tmp/shared/*",
    }
    assert not [resource for _, resource in allowed if "crm" in resource or "ledger" in resource]
