"""S3: what moto makes of a bucket's policy and of its delete markers."""

import json
from types import SimpleNamespace
from typing import Any

from local_aws.patch import Patch
from local_aws.patches.probe import probing
from local_aws.place import Place

_TLS_ONLY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": ["arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


def _denies_all() -> bool:
    with probing("s3") as (s3,):
        s3.create_bucket(Bucket="bucket")
        s3.put_bucket_policy(Bucket="bucket", Policy=json.dumps({"Statement": [_TLS_ONLY]}))
        try:
            s3.put_object(Bucket="bucket", Key="k", Body=b"x")
        except s3.exceptions.ClientError:
            return True
        return False


def _let_conditions_count(place: Place) -> None:
    """Let a statement with conditions say nothing: this AWS is reached by plain HTTP, and S3 itself would test them."""
    from moto.iam.access_control import IAMPolicy
    from moto.s3.models import FakeBucket

    def permission(self: Any, action: str, resource: str) -> Any:
        statements = json.loads(self.policy)["Statement"] if self.policy else []
        listed = statements if isinstance(statements, list) else [statements]
        plain = {"Statement": [statement for statement in listed if "Condition" not in statement]}
        return IAMPolicy(json.dumps(plain)).is_action_permitted(action, resource)

    FakeBucket.get_permission = permission


def _cannot_delete_markers() -> bool:
    with probing("s3") as (s3,):
        s3.create_bucket(Bucket="bucket")
        s3.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Enabled"})
        s3.put_object(Bucket="bucket", Key="k", Body=b"x")
        marker = s3.delete_object(Bucket="bucket", Key="k")["VersionId"]
        s3.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Suspended"})  # as on destroying
        try:
            s3.delete_objects(Bucket="bucket", Delete={"Objects": [{"Key": "k", "VersionId": marker}]})
        except AttributeError:
            return True
        return False


def _dispose_of_markers(place: Place) -> None:
    from moto.s3.models import FakeDeleteMarker

    FakeDeleteMarker.dispose = lambda self, garbage=False: None


def _fails_at_a_principal_of_text() -> bool:
    allowed = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::bucket/*",
    }
    with probing("s3") as (s3,):
        s3.create_bucket(Bucket="bucket")
        s3.put_bucket_policy(Bucket="bucket", Policy=json.dumps({"Statement": [_TLS_ONLY, allowed]}))
        target = {"LoggingEnabled": {"TargetBucket": "bucket", "TargetPrefix": "x/"}}
        try:
            s3.put_bucket_logging(Bucket="bucket", BucketLoggingStatus=target)
        except AttributeError:
            return True
        return False


def _pass_by_principals_of_text(place: Place) -> None:
    from moto.s3.models import FakeBucket

    allows = FakeBucket._log_permissions_enabled_policy

    def permitted(target_bucket: Any, target_prefix: str | None) -> bool:
        policy = json.loads(target_bucket.policy or '{"Statement": []}')
        named = [one for one in policy["Statement"] if isinstance(one.get("Principal"), dict)]
        seen = SimpleNamespace(
            policy=json.dumps({"Statement": named}).encode(), name=target_bucket.name, partition=target_bucket.partition
        )
        return bool(allows(seen, target_prefix))

    FakeBucket._log_permissions_enabled_policy = staticmethod(permitted)


PATCHES = (
    Patch(
        "conditions of a bucket's policy",
        "a policy that refuses plain HTTP refuses every request",
        _denies_all,
        _let_conditions_count,
    ),
    Patch(
        "delete markers",
        "a bucket that was versioned cannot be emptied: deleting a delete marker is an error of the server",
        _cannot_delete_markers,
        _dispose_of_markers,
    ),
    Patch(
        "logging to a bucket with a policy for all",
        "a statement whose principal is `*` is an error of the server",
        _fails_at_a_principal_of_text,
        _pass_by_principals_of_text,
    ),
)
