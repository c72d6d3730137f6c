"""Decoding by what a pipeline file says."""

import json
from typing import Any

import pytest

from glue_lib.api.body import Body
from glue_lib.api.exchange import Response
from glue_lib.spec.loader import loads


@pytest.fixture
def reading() -> Any:
    """Make the reading of a stream with these fields."""

    def read(fields: str) -> Any:
        text = f"source: x\nbase_url: https://x.example\nstreams: {{a: {{path: /a, {fields}}}}}"
        return loads(text, "x.yaml").streams["a"].reading

    return read


@pytest.fixture
def decoded(reading):
    """Decode an answer by the fields of a stream; also as one that lies in a file, which must make no difference."""

    def decode(fields: str, content: bytes | str, content_type: str = "", *, status: int = 200) -> Any:
        content = content.encode() if isinstance(content, str) else content
        headers = {"Content-Type": content_type} if content_type else {}
        held = reading(fields).decoded(Response(status, headers, content))
        spooled = reading(fields).decoded(Response(status, headers, Body.of([content], in_memory=0)))
        assert list(spooled.records) == list(held.records)
        return held

    return decode


@pytest.fixture
def rows(decoded):
    """The records that an answer holds, as values."""

    def read(fields: str, content: bytes | str, content_type: str = "") -> list[Any]:
        return [json.loads(record) for record in decoded(fields, content, content_type).records]

    return read
