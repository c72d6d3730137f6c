"""OAuth 2.0 with a token that we sign ourselves, from a private key."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from glue_lib.api.auth.base import Credential, Moment, Secrets
from glue_lib.api.auth.json_web_token import Algorithm, json_web_token
from glue_lib.api.auth.oauth2 import OAuth2, located
from glue_lib.api.exchange import SignedRequest

_URN = "urn:ietf:params:oauth:"


class OAuth2JwtBearerAuth(OAuth2):
    """A token signed with our private key buys one of the API's: nobody's password, and no secret that travels.

    The secret `headwater/crm`, as JSON, the key in PEM form:

        {"client_id": "app-1", "user": "ann@example.org", "private_key": "-----BEGIN PRIVATE KEY-----\\nMIIE…"}

    The request for a token, and its answer:

        POST https://login.example.org/services/oauth2/token
        grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=eyJhbGciOi…

        {"access_token": "t-123", "instance_url": "https://eu1.example.org"}

    The request:

        GET /things
        Authorization: Bearer t-123

    The YAML:

        auth:
          type: oauth2_jwt_bearer
          token_url: https://login.example.org/services/oauth2/token
          issuer: "${secret:headwater/crm#client_id}"
          subject: "${secret:headwater/crm#user}"
          audience: https://login.example.org
          private_key: "${secret:headwater/crm#private_key}"

    An endpoint that wants the scope among the claims, one that takes the signed token in the place of a client's
    secret, and one that takes it in the `Authorization` header and gives out a token of its own:

        auth:
          type: oauth2_jwt_bearer
          token_url: https://oauth2.example.org/token
          issuer: reader@project.example.org
          private_key: "${secret:headwater/cloud#private_key}"
          claims: {scope: "https://www.example.org/auth/things.readonly"}
        auth:
          type: oauth2_jwt_bearer
          token_url: https://login.example.org/oauth2/token
          issuer: app-1
          subject: app-1
          private_key: "${secret:headwater/records#private_key}"
          algorithm: ES256
          shown_as: client_assertion
        auth:
          type: oauth2_jwt_bearer
          token_url: /app/installations/42/access_tokens
          issuer: "123"
          private_key: "${secret:headwater/forge#private_key}"
          shown_as: header
          read: body.token
          expires: body.expires_at
    """

    type: Literal["oauth2_jwt_bearer"] = "oauth2_jwt_bearer"
    issuer: str = Field(description="Claim `iss`: who signs; may hold references.")
    subject: str = Field("", description="Claim `sub`: for whom; may hold references.")
    audience: str = Field("", description="Claim `aud`: for which endpoint; default: `token_url`.")
    private_key: Credential = Field(description="Private key in PEM form, or for HS256 a shared text, as a reference.")
    algorithm: Algorithm = Field("RS256", description="How the token is signed.")
    key_id: str = Field("", description="Name of the key, `kid` in the token's header.")
    claims: Mapping[str, str] = Field({}, description="Further claims, such as `scope`; values may hold references.")
    signed_seconds: int = Field(180, gt=0, description="How long our own token holds.")
    shown_as: Literal["assertion", "client_assertion", "header"] = Field(
        "assertion",
        description="Where the endpoint takes it: as the grant, in place of a client's secret, or as `Authorization`.",
    )

    def grant(self, secrets: Secrets, base_url: str, at: Moment) -> dict[str, str]:
        """Return our own token, in the field that the endpoint reads."""
        if self.shown_as == "header":
            return {}
        signed = self._signed(secrets, base_url, at)
        if self.shown_as == "assertion":
            return {"grant_type": f"{_URN}grant-type:jwt-bearer", "assertion": signed}
        kind = f"{_URN}client-assertion-type:jwt-bearer"
        return {"grant_type": "client_credentials", "client_assertion_type": kind, "client_assertion": signed}

    def token_request(self, secrets: Secrets, base_url: str, at: Moment) -> SignedRequest:
        """Return the POST to the token endpoint, with our own token in the form or in the header."""
        request = super().token_request(secrets, base_url, at)
        if self.shown_as != "header":
            return request
        return request.with_header("Authorization", f"Bearer {self._signed(secrets, base_url, at)}")

    def _signed(self, secrets: Secrets, base_url: str, at: Moment) -> str:
        # A minute back: the clocks of the two sides differ.
        seconds = int(at.now.timestamp())
        claims = {"iss": secrets(self.issuer).strip(), "sub": secrets(self.subject).strip()}
        claims["aud"] = secrets(self.audience).strip() or located(self.token_url, base_url, secrets)
        claims |= {name: secrets(value) for name, value in self.claims.items()}
        times = {"iat": seconds - 60, "exp": seconds + self.signed_seconds, "jti": at.nonce}
        stated = {name: value for name, value in claims.items() if value}
        key = secrets(self.private_key)
        return json_web_token(stated | times, key, algorithm=self.algorithm, key_id=secrets(self.key_id))
