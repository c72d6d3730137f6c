"""The whole way: a file becomes a pipeline, or one error that tells everything that is wrong with it."""

from textwrap import dedent

import pytest

from glue_lib.api.pagination.base import Pagination
from glue_lib.api.pagination.token import TokenPages
from glue_lib.errors import ConfigError
from glue_lib.kind import members
from glue_lib.shape.contract import Contract
from glue_lib.spec.loader import load, load_all, loads
from glue_lib.spec.pipeline import Pipeline
from glue_lib.spec.stream import Stream

WHOLE = """\
source: donorbox
base_url: https://api.example.org/v1/
auth: {type: bearer, token: "${secret:headwater/donorbox#api_key}"}
limits: {requests_per_second: 10, concurrency: 4, requests_per_day: 50000}
defaults:
  params: {limit: 100}
  records: data
  pagination: {type: token, read: last_record.id, write: query.starting_after, more: body.has_more}
streams:
  donations:
    path: /donations
    key: [id]
    cursor: {field: updated_at, from: "query.updated[gte]", until: "query.updated[lt]", start: 2020-01-01, slice: 7d}
    order: [updated_at]
    write: upsert
    schema: evolve
    types: {amount: "decimal(18, 2)"}
  campaigns: {path: /campaigns, key: [id], write: replace}
  comments: {path: "/campaigns/{campaigns.id}/comments", key: [id]}
schedule: {cron: "0 6 * * ? *", timezone: America/New_York}
glue: {worker_type: G.1X, workers: 2, timeout_minutes: 120}
"""

PAGINATIONS = ", ".join(members("glue_lib.api.pagination", Pagination))
PIPELINE_FIELDS = ", ".join(sorted(field.alias or name for name, field in Pipeline.model_fields.items()))
TOKEN_FIELDS = ", ".join(sorted(TokenPages.model_fields))
STREAM_FIELDS = ", ".join(sorted({field.alias or name for name, field in Stream.model_fields.items()} - {"name"}))


def told(text: str, overrides: dict[str, object] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        loads(dedent(text), "x.yaml", overrides or {})
    return str(caught.value).splitlines()


def with_stream(lines: str) -> str:
    """Return a file whose one stream has these lines, from line 4 on."""
    return "source: x\nbase_url: https://x.example\nstreams: {a: {\n" + lines + "}}\n"


def test_reads_a_whole_file():
    pipeline = loads(WHOLE, "x.yaml")

    donations = pipeline.streams["donations"]
    assert (pipeline.source, pipeline.database, pipeline.base_url) == (
        "donorbox",
        "donorbox",
        "https://api.example.org/v1",
    )
    assert (donations.name, donations.records.path, donations.params) == ("donations", "data", {"limit": "100"})
    assert (donations.pagination.type, donations.pagination.read, donations.write.type) == (
        "token",
        "last_record.id",
        "upsert",
    )
    assert (donations.cursor.from_, donations.cursor.start) == ("query.updated[gte]", "2020-01-01")
    assert (donations.schema_mode, donations.types) == (Contract(), {"amount": "decimal(18,2)"})
    assert pipeline.streams["comments"].write.type == "replace"
    assert (pipeline.schedule.timezone, pipeline.glue.timeout_minutes) == ("America/New_York", 120)


def test_the_shortest_file_needs_a_source_an_address_and_a_path():
    pipeline = loads("source: x\nbase_url: http://localhost:8080\nstreams: {a: {path: /a}}", "x.yaml")
    assert (pipeline.auth.type, pipeline.streams["a"].pagination.type, pipeline.schedule) == ("none", "none", None)


def test_a_field_with_nothing_behind_it_is_left_out():
    pipeline = loads(
        "source: x\nbase_url: http://x\nschedule:\nlimits:\nstreams: {a: {path: /a, cursor: null}}", "x.yaml"
    )
    assert (pipeline.schedule, pipeline.streams["a"].cursor) == (None, None)


def test_what_is_sent_is_text_as_it_is_written():
    pipeline = loads(with_stream("path: /a, params: {a: 1.10, b: true, c: NO, d: 007}, headers: {X-V: 2}"), "x.yaml")
    assert pipeline.streams["a"].params == {"a": "1.10", "b": "true", "c": "NO", "d": "007"}
    assert pipeline.streams["a"].headers == {"X-V": "2"}


def test_a_body_is_sent_as_it_is_with_its_nulls():
    pipeline = loads(with_stream("path: /a, method: POST, body: {a: {b: null, c: [1, true]}}"), "x.yaml")
    assert pipeline.streams["a"].body == {"a": {"b": None, "c": [1, True]}}


def test_overrides_win_over_the_file():
    overrides = {"base_url": "http://127.0.0.1:8000", "defaults.params.limit": 5, "streams.campaigns.records": "items"}
    pipeline = loads(WHOLE, "x.yaml", overrides)
    assert pipeline.base_url == "http://127.0.0.1:8000"
    assert pipeline.streams["donations"].params == {"limit": "5"}
    assert pipeline.streams["campaigns"].records.path == "items"


def test_all_that_is_wrong_is_told_at_once_in_the_order_of_lines():
    assert told(
        """\
        source: Donor-Box
        base_url: api.example.org
        retires: 3
        limits: {concurrency: 0}
        streams:
          contacts:
            path: contacts
            pagination: {type: offest}
            write: upsert
          deals:
            path: /deals
            key: id
        glue: {workers: two}
        """
    ) == [
        "x.yaml:1: source: `Donor-Box` does not fit; a name has lower-case letters, digits and single `_`, "
        "such as `donor_box`",
        "x.yaml:2: base_url: must be an address that begins with `https://` or `http://` and has no `?` or `#`, "
        "such as `https://api.example.org/v1`",
        "x.yaml:3: retires: is not a field here; allowed are " + PIPELINE_FIELDS + "; did you mean `retry`?",
        "x.yaml:4: limits.concurrency: must be at least 1; found `0`",
        "x.yaml:7: streams.contacts.path: `contacts` must begin with `/`; it is put behind `base_url`",
        f"x.yaml:8: streams.contacts.pagination.type: `offest` is not one of {PAGINATIONS}; did you mean `offset`?",
        "x.yaml:9: streams.contacts.key: is missing; `write: upsert` needs the fields that identify a record, "
        "such as `[id]`",
        "x.yaml:12: streams.deals.key: must be a list, such as `[id]`; found `id`",
        "x.yaml:13: glue.workers: must be a whole number; found `two`",
    ]


@pytest.mark.parametrize(
    ("lines", "errors"),
    [
        (
            "pagination: none",
            ["3: streams.a.path: is missing: Endpoint behind `base_url`; `{campaigns.id}` stands for that field of "
             "each record of `campaigns`; for example `/contacts`"],
        ),
        ("path: null", ["4: streams.a.path: is empty, but must be given"]),
        ("path: 5", ["4: streams.a.path: must be text; found `5`; write it in quotes"]),
        (
            "path: '/a?limit=5'",
            ["4: streams.a.path: `/a?limit=5` must be the path alone; put what follows `?` under `params:`"],
        ),
        (
            "path: /a,\npagination: {type: token, read: body.next}",
            ["5: streams.a.pagination.write: is missing; `token` needs read, write"],
        ),
        (
            "path: /a,\npagination: token",
            ["5: streams.a.pagination.read: is missing; `token` needs read, write",
             "5: streams.a.pagination.write: is missing; `token` needs read, write"],
        ),
        (
            "path: /a,\npagination: {read: body.next}",
            [f"5: streams.a.pagination: has no `type`; allowed are {PAGINATIONS}"],
        ),
        (
            "path: /a,\npagination: offest",
            [f"5: streams.a.pagination: `offest` is not one of {PAGINATIONS}; did you mean `offset`?"],
        ),
        (
            "path: /a,\npagination: [token]",
            ["5: streams.a.pagination: must be a mapping (lines of `key: value`); found a list"],
        ),
        (
            "path: /a,\npagination: {type: token,\nreed: body.next, write: query.c}",
            ["5: streams.a.pagination.read: is missing; `token` needs read, write",
             f"6: streams.a.pagination.reed: is not a field here; allowed are {TOKEN_FIELDS}; "
             "did you mean `read`?"],
        ),
        ("path: /a,\npagination: {type: 5}", [f"5: streams.a.pagination.type: `5` is not one of {PAGINATIONS}"]),
        (
            "path: /a,\nprimary_key: [id]",
            [f"5: streams.a.primary_key: is not a field here; allowed are {STREAM_FIELDS}; did you mean `key`?"],
        ),
        (
            "path: /a,\nschema_mode: evolve",
            [f"5: streams.a.schema_mode: is not a field here; allowed are {STREAM_FIELDS}; did you mean `schema`?"],
        ),
        ("path: /a,\nname: b", ["5: streams.a.name: is not a field here; the stream is named by its key"]),
        (
            "path: /a,\nwrite: merge",
            ["5: streams.a.write: `merge` is not one of append, history, replace, snapshot, upsert; "
             "did you mean `upsert`?"],
        ),
        (
            "path: /a,\nschema: strict",
            [
                "5: streams.a.schema: `strict` is not one of evolve, freeze, discard_value, discard_row, or a "
                "mapping of tables, columns, types"
            ],
        ),
        ("path: /a,\nmethod: post", ["5: streams.a.method: `post` is not one of GET, POST; did you mean `POST`?"]),
        (
            "path: /a,\nwrite: append, cursor: {field: a, sorted: ascending}",
            ["5: streams.a.cursor.sorted: `ascending` is not one of descending; did you mean `descending`?"],
        ),
        (
            "path: /a,\nwrite: append, cursor: {field: a, start: yesterday}",
            ["5: streams.a.cursor: `start: yesterday` is neither ISO 8601, such as `2024-01-31`, "
             "nor in the format `iso`"],
        ),
        ("path: /a,\nkey: [1]", ["5: streams.a.key[0]: must be text; found `1`; write it in quotes"]),
        ("path: /a,\nkey: [id, id]", ["5: streams.a.key: `id` is given twice; keep one"]),
        ("path: /a,\nonly_changed: NO", ["5: streams.a.only_changed: must be `true` or `false`; found `NO`"]),
        (
            "path: /a,\nonly_changed: 'true'",
            ["5: streams.a.only_changed: must be `true` or `false`; found `true`; write it without quotes"],
        ),
        (
            "path: /a,\nparams: [limit]",
            ["5: streams.a.params: must be a mapping (lines of `key: value`); found a list"],
        ),
        ("path: /a,\nparams: {ids: [1, 2]}", ["5: streams.a.params.ids: must be text; found a list"]),
        (
            "path: /a,\ntypes: {amount: number}",
            ["5: streams.a.types.amount: `number` is not one of bigint, boolean, date, decimal(p,s), double, "
             "epoch_ms, epoch_s, map, string, timestamp; did you mean `decimal(p,s)`?"],
        ),
        (
            "path: /a,\nrecords: $.data",
            ["5: streams.a.records: `$.data` is neither a dotted path to an array, such as `data` or `result.items`, "
             "nor a JMESPath expression (Bad jmespath expression: Unknown token $:)"],
        ),
    ],
)  # fmt: skip
def test_a_wrong_stream_is_told_line_field_finding_and_remedy(lines, errors):
    assert told(with_stream(lines)) == [f"x.yaml:{error}" for error in errors]


def test_a_field_that_is_wrong_is_told_once():
    assert len(told(with_stream("path: /a,\nwrite: {type: upsert, key: [id]}, key: 5"))) == 2


def test_a_wrong_default_is_told_once_and_at_its_own_line():
    assert told(
        """\
        source: x
        base_url: https://x.example
        defaults:
          pagination:
            type: token
            read: next
            write: query.c
          recrods: data
        streams:
          a: {path: /a}
          b: {path: /b}
        """
    ) == [
        "x.yaml:6: defaults.pagination.read: `next` is no place in an answer; allowed are `body.…`, `header.…`, "
        "`last_record.…`",
        "x.yaml:8: defaults.recrods: is not a field here; allowed are " + STREAM_FIELDS + "; did you mean `records`?",
    ]


def test_a_cursor_takes_numbers_and_flags_as_a_file_has_them():
    cursor = "{field: u, from: query.a, until: query.b, format: integer, start: 007, most: 100, until_inclusive: true}"

    pipeline = loads(with_stream(f"path: /a, key: [id], write: upsert,\ncursor: {cursor}"), "x.yaml")
    (error,) = told(with_stream(f"path: /a, key: [id], write: upsert,\ncursor: {cursor.replace('100', '1.5')}"))

    found = pipeline.streams["a"].cursor
    assert found and (found.start, found.most, found.until_inclusive, found.from_exclusive) == ("007", 100, True, False)
    assert error == "x.yaml:5: streams.a.cursor.most: must be a whole number; found `1.5`"


def test_a_kind_s_own_rule_is_told_at_the_kind():
    (error,) = told(
        with_stream("path: /a, key: [id], write: upsert,\ncursor: {field: u, from: query.since, slice: 7d}")
    )
    assert error.startswith("x.yaml:5: streams.a.cursor: ") and "`until`" in error


def test_a_wrong_override_is_told_by_its_name():
    assert told(WHOLE, {"limits.concurrency": "many", "stream.x": 1, "streams.donation.path": "/x"}) == [
        "x.yaml: --set streams.donation.path: there is no stream `donation`; there are campaigns, comments, donations; "
        "did you mean `donations`?",
        "x.yaml: --set stream: is not a field here; allowed are " + PIPELINE_FIELDS + "; did you mean `streams`?",
        "x.yaml: --set limits.concurrency: must be a whole number; found `many`",
    ]


def test_no_text_of_a_library_reaches_the_reader():
    lines = told(
        "a: 1\nsource: []\nbase_url: {}\nstreams: 5\nauth: 7\nglue: x\nschedule: {cron: 5, enabled: maybe}\nlimits: [1]"
    )
    assert len(lines) == 9
    assert not [line for line in lines if "Input should" in line or "pydantic" in line or "Traceback" in line]


def test_a_credential_is_never_shown():
    text = WHOLE.replace("${secret:headwater/donorbox#api_key}", "sk-live-12345")
    assert told(text) == [
        "x.yaml:3: auth.token: must be a reference, so that no credential stands in a file; allowed: "
        "`${secret:name}`, `${secret:name#field}` or `${env:NAME}`"
    ]
    assert "sk-live" not in "\n".join(told(WHOLE.replace('"${secret:headwater/donorbox#api_key}"', "[sk-live-12345]")))
    assert "12345" not in "\n".join(told(WHOLE.replace('"${secret:headwater/donorbox#api_key}"', "12345")))


def test_a_wrong_kind_of_whole_file_is_told():
    assert told("- a") == ["x.yaml:1: must be a mapping that begins with `source:`; found a list"]
    assert told("") == ["x.yaml:1: is empty; a pipeline file begins with `source:`"]
    assert told("streams:\n") == [
        "x.yaml:1: source: is missing: Name of the source: of its raw folder, its database and its jobs; unique",
        "x.yaml:1: base_url: is missing: Address that each stream's `path` is put behind; for example "
        "`https://api.example.org/v1`",
        "x.yaml:1: streams: is empty, but must be given",
    ]
    assert told("source: x\nbase_url: https://x\nstreams: {}\n") == [
        "x.yaml:3: streams: must not be empty; at least 1 is needed"
    ]


def test_duplicate_keys_are_told_together_with_all_else():
    assert told("source: x\nbase_url: https://x\nstreams: {a: {path: /a}}\nsource: y\nfoo: 1")[0] == (
        "x.yaml:4: source: is given twice, first on line 1; keep one"
    )


def test_loads_a_file_by_its_path(tmp_path):
    (tmp_path / "donations.yaml").write_text("\ufeff" + WHOLE, encoding="utf-8")
    assert load(tmp_path / "donations.yaml").source == "donorbox"


def test_a_file_that_cannot_be_read_is_told_why(tmp_path):
    (tmp_path / "donations.yaml").write_text(WHOLE)
    (tmp_path / "latin.yaml").write_bytes(b"source: x\n# caf\xe9\n")

    with pytest.raises(ConfigError, match=r"there is no such file; did you mean `donations\.yaml`\?"):
        load(tmp_path / "donation.yaml")
    with pytest.raises(ConfigError, match="is a folder"):
        load(tmp_path)
    with pytest.raises(ConfigError, match=r"latin\.yaml:2: has a byte that is no UTF-8"):
        load(tmp_path / "latin.yaml")


def test_two_files_must_not_share_a_source_or_a_database(tmp_path):
    one, two, three = tmp_path / "1.yaml", tmp_path / "2.yaml", tmp_path / "3.yaml"
    one.write_text("source: a\nbase_url: https://x\nstreams: {s: {path: /s}}")
    two.write_text("source: b\nbase_url: https://x\ndatabase: a\nstreams: {s: {path: /s}}")
    three.write_text("source: B\nbase_url: https://x\nstreams: {s: {path: /s}}")

    with pytest.raises(ConfigError) as caught:
        load_all([one, two, three])

    first, second = str(caught.value).splitlines()
    assert first == f"{two}: database: `a` is taken by {one}; choose another name"
    assert second.startswith(f"{three}:1: source: `B` does not fit")
    assert [pipeline.source for pipeline in load_all([one])] == ["a"]
