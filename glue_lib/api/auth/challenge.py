"""Challenges: what a server sends with its refusal, for the next try to answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from glue_lib.api.auth.base import Auth, Moment, Secrets
from glue_lib.api.exchange import Response, SignedRequest


@dataclass(frozen=True)
class Challenge:
    """The parameters of a challenge, and how many requests have answered it, the next one included."""

    parameters: Mapping[str, str] = field(repr=False)
    count: int = 0


class ChallengeAuth(Auth):
    """A kind whose first request goes out bare, and whose further ones answer the challenge that came back."""

    def challenge_of(self, response: Response) -> Challenge | None:
        """Return the challenge of a refused request, or None when the answer has none that can be met."""
        raise NotImplementedError

    def answer(self, request: SignedRequest, challenge: Challenge, secrets: Secrets, at: Moment) -> SignedRequest:
        """Return the request with its answer to a challenge."""
        raise NotImplementedError
