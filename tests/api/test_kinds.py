"""Every kind is found by its `type`, and the YAML in its docstring is valid."""

import re
import textwrap

import pytest
import yaml
from pydantic import TypeAdapter

from glue_lib.api.auth.base import Auth
from glue_lib.api.batch import Batch
from glue_lib.api.cursor import Cursor
from glue_lib.api.decoding.base import Decoder
from glue_lib.api.embedded import EmbeddedList
from glue_lib.api.error_rule import ErrorField, ErrorRule
from glue_lib.api.limits import Limits
from glue_lib.api.missing import MissingParent, MissingParentField
from glue_lib.api.pagination.base import Pagination
from glue_lib.api.records import Records, RecordsField
from glue_lib.api.retry import Retry
from glue_lib.kind import members, one_of

PAGINATION = members("glue_lib.api.pagination", Pagination)
AUTH = members("glue_lib.api.auth", Auth)
FORMATS = members("glue_lib.api.decoding", Decoder)
FAN_OUTS = [Batch, EmbeddedList, MissingParent]
FAMILIES = {
    "auth": one_of("glue_lib.api.auth", Auth),
    "pagination": one_of("glue_lib.api.pagination", Pagination),
    "format": one_of("glue_lib.api.decoding", Decoder),
    "records": RecordsField,
    "error": ErrorField,
    "cursor": Cursor,
    "batch": Batch,
    "complete": list[EmbeddedList],
    "missing_parent": MissingParentField,
    "limits": Limits,
    "retry": Retry,
}


def examples(kind):
    """The YAML documents of a docstring: blocks that start with the family's key, nested lines included."""
    text = textwrap.dedent("    " + (kind.__doc__ or ""))
    keys = "|".join(FAMILIES)
    return re.findall(rf"^ {{4}}(?:params: .*\n {{4}})?((?:{keys}):.*(?:\n {{5,}}.*)*)", text, re.MULTILINE)


def test_the_kinds_are_found_by_their_type():
    assert list(PAGINATION) == [
        *("continuation", "keyset", "link", "next_url", "none", "offset", "page", "range", "relay", "token")
    ]
    assert list(AUTH) == [
        *("api_key", "basic", "bearer", "digest", "hmac", "none", "oauth2_client_credentials"),
        *("oauth2_jwt_bearer", "oauth2_password", "oauth2_refresh_token", "session", "sigv4"),
    ]
    assert list(FORMATS) == ["csv", "json", "ndjson", "xml"]


@pytest.mark.parametrize(
    "kind",
    [*PAGINATION.values(), *AUTH.values(), *FORMATS.values(), Records, ErrorRule, Cursor, Limits, Retry, *FAN_OUTS],
    ids=lambda kind: kind.__name__,
)
def test_the_yaml_of_the_docstring_is_valid(kind):
    documents = [yaml.load(example, yaml.BaseLoader) for example in examples(kind)]

    made = [
        TypeAdapter(FAMILIES[key]).validate_python(value) for document in documents for key, value in document.items()
    ]
    assert any(isinstance(one, kind) for part in made for one in (part if isinstance(part, list) else [part]))


@pytest.mark.parametrize(
    "kind", [*PAGINATION.values(), *AUTH.values(), *FORMATS.values()], ids=lambda kind: kind.__name__
)
def test_the_docstring_shows_what_goes_over_the_wire(kind):
    assert re.search(r"The (JSON|answer|request):\n", kind.__doc__)


def test_a_kind_that_stands_elsewhere_is_none_that_a_file_can_name():
    from glue_lib.discover.asking import WholeAnswer

    assert issubclass(WholeAnswer, Decoder)
    assert WholeAnswer not in members("glue_lib.api.decoding", Decoder).values()
