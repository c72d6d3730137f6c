import json
from typing import Any

import pytest

from demo.changes import second_edition
from demo.edition import Edition, first_edition
from demo.platform import Platform
from demo.quota import Quota

AUTHORIZED = {"Authorization": "Bearer demo-token", "Host": "127.0.0.1:9"}


class Api:
    """A platform without a rate limit, asked as an authorized reader."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform

    def get(self, target: str) -> Any:
        answer = self.platform.answer("GET", target, AUTHORIZED)
        assert answer.status == 200, answer.body
        return json.loads(answer.body)

    def refusal(self, target: str) -> tuple[int, str]:
        answer = self.platform.answer("GET", target, AUTHORIZED)
        return answer.status, json.loads(answer.body)["error"]["message"]


@pytest.fixture(scope="session")
def first() -> Edition:
    return first_edition()


@pytest.fixture(scope="session")
def second(first: Edition) -> Edition:
    return second_edition(first)[0]


@pytest.fixture(scope="session")
def changes(first: Edition) -> dict[str, Any]:
    return second_edition(first)[1]


@pytest.fixture(scope="session")
def platform() -> Platform:
    return Platform(Quota(0))


@pytest.fixture
def api(platform: Platform) -> Api:
    if platform.version != 1:
        platform.move_to(1)
    return Api(platform)
