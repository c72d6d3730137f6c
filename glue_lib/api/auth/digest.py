"""HTTP Digest: a hash of user name, password and the server's challenge, in place of the password itself."""

import hashlib
import re
from collections.abc import Mapping
from typing import ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import Field

from glue_lib.api.auth.base import Credential, Moment, Secrets
from glue_lib.api.auth.challenge import Challenge, ChallengeAuth
from glue_lib.api.exchange import Response, SignedRequest
from glue_lib.errors import ApiError, ConfigError

# The best first; those that end in -SESS bind the hash to the nonces.
_ALGORITHMS = {
    **{"SHA-512-256": "sha512_256", "SHA-512-256-SESS": "sha512_256"},
    **{"SHA-256": "sha256", "SHA-256-SESS": "sha256", "MD5": "md5", "MD5-SESS": "md5"},
}
_PARAMETER = re.compile(r'([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]*))')
_SCHEME = re.compile(r"(?:^|,)\s*([A-Za-z][\w-]*)(?=\s+[\w-]+\s*=|\s*(?:,|$))")
_UNQUOTED = ("algorithm", "qop", "nc")


class DigestAuth(ChallengeAuth):
    """The first request is refused with a challenge, and is sent again with a hash of it and of the password.

    The secret `headwater/archive`, as JSON:

        {"username": "ann", "password": "p-123"}

    The answer:

        401 Unauthorized
        WWW-Authenticate: Digest realm="archive", qop="auth", algorithm=SHA-256, nonce="n-1"

    The request:

        GET /things
        Authorization: Digest username="ann", realm="archive", nonce="n-1", uri="/things", qop=auth, nc=00000001, …

    The YAML:

        auth:
          type: digest
          username: "${secret:headwater/archive#username}"
          password: "${secret:headwater/archive#password}"
    """

    is_lasting: ClassVar[bool] = False
    type: Literal["digest"] = "digest"
    username: str = Field(description="User name; may hold references.")
    password: Credential = Field(description="Password, as a reference.")

    def sign(self, request: SignedRequest, secrets: Secrets) -> SignedRequest:
        """Return the request as it is: nothing was asked yet."""
        return request

    def challenge_of(self, response: Response) -> Challenge | None:
        """Return the best of the challenges of a refused request, or None."""
        if response.status != 401:
            return None
        known = [one for one in _challenges(response) if "nonce" in one and _algorithm(one) in _ALGORITHMS]
        known.sort(key=lambda one: list(_ALGORITHMS).index(_algorithm(one)))
        return Challenge(known[0]) if known else None

    def answer(self, request: SignedRequest, challenge: Challenge, secrets: Secrets, at: Moment) -> SignedRequest:
        """Return the request with its answer to a challenge."""
        asked, username = challenge.parameters, secrets(self.username).strip()
        if not username:
            raise ConfigError(f"auth.username: `{self.username}` is empty; store the user name there")
        who = f"{username}:{asked.get('realm', '')}:{secrets(self.password).strip()}"
        told = {"username": username, "realm": asked.get("realm", ""), "nonce": asked["nonce"], "uri": _uri(request)}
        told |= {name: asked[name] for name in ("algorithm", "opaque") if name in asked}
        if qop := _protection(asked):
            told |= {"qop": qop, "nc": f"{challenge.count:08x}", "cnonce": at.nonce}
        told["response"] = _response(request, who, told, at.nonce)
        pairs = (f"{name}={value if name in _UNQUOTED else _quoted(value)}" for name, value in told.items())
        return request.with_header("Authorization", f"Digest {', '.join(pairs)}")


def _response(request: SignedRequest, who: str, told: Mapping[str, str], cnonce: str) -> str:
    algorithm = _algorithm(told)

    def digest(text: bytes) -> str:
        return hashlib.new(_ALGORITHMS[algorithm], text, usedforsecurity=False).hexdigest()

    secret = digest(who.encode())
    if algorithm.endswith("-SESS"):
        secret = digest(f"{secret}:{told['nonce']}:{cnonce}".encode())
    what = f"{request.method}:{told['uri']}"
    if told.get("qop") == "auth-int":
        what += f":{digest(request.content or b'')}"
    middle = [told["nonce"], *([told["nc"], cnonce, told["qop"]] if "qop" in told else [])]
    return digest(":".join([secret, *middle, digest(what.encode())]).encode())


def _challenges(response: Response) -> list[dict[str, str]]:
    """Return the parameters of each Digest challenge: one header may hold several, and those of other schemes."""
    text = response.header("WWW-Authenticate") or ""
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', lambda quoted: '"' + "_" * (len(quoted[0]) - 2) + '"', text)
    starts = list(_SCHEME.finditer(bare))
    ends = [*(match.start() for match in starts), len(text)]
    pairs = zip(starts, ends[1:], strict=True)
    return [_parameters(text[match.end() : end]) for match, end in pairs if match[1].lower() == "digest"]


def _parameters(text: str) -> dict[str, str]:
    found = ((match[1].lower(), match[2], match[3]) for match in _PARAMETER.finditer(text))
    return {name: bare if quoted is None else re.sub(r"\\(.)", r"\1", quoted) for name, quoted, bare in found}


def _algorithm(asked: Mapping[str, str]) -> str:
    return asked.get("algorithm", "MD5").upper()


def _protection(asked: Mapping[str, str]) -> str:
    """Return how much of the request is hashed: `auth`, where the server knows nothing else `auth-int`, or nothing."""
    offered = [word.strip().lower() for word in asked.get("qop", "").split(",") if word.strip()]
    if offered and not {"auth", "auth-int"} & set(offered):
        raise ApiError(f"the API wants `qop={asked['qop']}` of a digest; known are `auth`, `auth-int`")
    return "" if not offered else "auth" if "auth" in offered else "auth-int"


def _uri(request: SignedRequest) -> str:
    parts = urlsplit(request.url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
