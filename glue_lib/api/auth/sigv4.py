"""AWS's Signature Version 4, as APIs behind API Gateway and AWS's own services want it."""

from dataclasses import replace
from functools import cache
from typing import Any, ClassVar, Literal

from pydantic import Field

from glue_lib.api.auth.base import Auth, Credential, Secrets, credential
from glue_lib.api.exchange import SignedRequest
from glue_lib.errors import ConfigError


class SigV4Auth(Auth):
    """Every request is signed with an AWS access key, which itself is not sent.

    The secret `headwater/gateway`, as JSON:

        {"access_key": "AKIA…", "secret_key": "s-123"}

    The request:

        GET /things
        X-Amz-Date: 20240101T000000Z
        Authorization: AWS4-HMAC-SHA256 Credential=AKIA…/20240101/eu-west-1/execute-api/aws4_request, …

    The YAML:

        auth:
          type: sigv4
          access_key: "${secret:headwater/gateway#access_key}"
          secret_key: "${secret:headwater/gateway#secret_key}"
          region: eu-west-1

    With the role of the machine that the run is on, for another service than API Gateway:

        auth: {type: sigv4, region: eu-west-1, service: es}
    """

    needs_reference: ClassVar[bool] = False  # without keys it is the role of the machine
    is_lasting: ClassVar[bool] = False
    type: Literal["sigv4"] = "sigv4"
    access_key: Credential = Field(
        "", description="Access key, as a reference; left out: the role of the machine signs."
    )
    secret_key: Credential = Field("", description="Secret key, as a reference.")
    session_token: Credential = Field("", description="Session token of temporary keys, as a reference.")
    region: str = Field(description="AWS region of the API.")
    service: str = Field("execute-api", description="AWS service behind the API, as signatures name it.")

    def sign(self, request: SignedRequest, secrets: Secrets) -> SignedRequest:
        """Return the request with its signature."""
        from botocore.auth import SigV4Auth as Signer
        from botocore.awsrequest import AWSRequest

        unsigned = AWSRequest(request.method, request.url, _signable(request), request.content or b"")
        Signer(self._credentials(secrets), self.service, secrets(self.region)).add_auth(unsigned)
        return replace(request, headers={**request.headers, **dict(unsigned.headers.items())})

    def _credentials(self, secrets: Secrets) -> object:
        from botocore.credentials import Credentials

        if not self.access_key:
            return _of_the_machine()
        token = credential(self.session_token, "session_token", secrets) if self.session_token else None
        return Credentials(
            credential(self.access_key, "access_key", secrets),
            credential(self.secret_key, "secret_key", secrets),
            token,
        )


def _signable(request: SignedRequest) -> dict[str, str]:
    # What connections and proxies change on the way would break the signature.
    changed = ("user-agent", "accept-encoding", "connection", "expect")
    return {name: value for name, value in request.headers.items() if name.lower() not in changed}


def _of_the_machine() -> object:
    found = _role()
    if found is None:
        raise ConfigError("auth: this machine has no AWS role or keys; set `access_key` and `secret_key`")
    return found.get_frozen_credentials()


@cache
def _role() -> Any:
    """Return credentials that renew themselves, or None; looking for them takes a while."""
    import botocore.session

    return botocore.session.get_session().get_credentials()
