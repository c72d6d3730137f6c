"""Who this process is to AWS."""

from glue_lib.errors import ConfigError

_SECONDS = 4


def identity() -> str:
    """Return the ARN that AWS knows this process by; a ConfigError where there are no credentials that work."""
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    config = Config(connect_timeout=_SECONDS, read_timeout=_SECONDS, retries={"total_max_attempts": 1})
    try:
        session = boto3.Session()
        if session.get_credentials() is None:
            raise ConfigError(
                "AWS: no credentials were found; set AWS_PROFILE, or run `aws sso login` or `aws configure` first"
            )
        region = session.region_name or "us-east-1"
        return str(session.client("sts", region_name=region, config=config).get_caller_identity()["Arn"])
    except ClientError as error:
        code = error.response["Error"]["Code"]
        raise ConfigError(
            f"AWS: the credentials were refused ({code}); renew them, or name others in AWS_PROFILE"
        ) from None
    except BotoCoreError as error:
        told = f"AWS: who this process is could not be asked ({type(error).__name__})"
        raise ConfigError(f"{told}; check AWS_PROFILE, and the network to sts.amazonaws.com") from None
