"""What may follow what in a pipeline file, once there are tables."""

import pytest

from glue_lib.errors import ConfigError
from glue_lib.kind import members
from glue_lib.lake.terms import Terms
from glue_lib.lake.write.base import WriteMode

MODES = tuple(members("glue_lib.lake.write", WriteMode))
ONE_ROW_A_KEY = {"upsert", "snapshot", "replace", "append"}
GOES = dict.fromkeys(ONE_ROW_A_KEY, ONE_ROW_A_KEY) | {"history": {"history"}}


@pytest.mark.parametrize("before", MODES)
@pytest.mark.parametrize("now", MODES)
def test_a_write_mode_follows_another_where_the_rows_mean_the_same(before, now):
    told = Terms(before, ("id",)).to_json()

    if now in GOES[before]:
        Terms(now, ("id",)).check("shop.orders", told)
        return
    with pytest.raises(ConfigError, match=f"made with `write: {before}`, and the file says `write: {now}`; behind"):
        Terms(now, ("id",)).check("shop.orders", told)


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (Terms("upsert", ("id", "at")), r"`key: \[id\]`, and the file says `key: \[id, at\]`"),
        (Terms("append"), r"`key: \[id\]`, and the file says `key: nothing`"),
        (Terms("upsert", ("id",), {"lines": ("n",)}), r"`element_keys: nothing`, and .* `element_keys: lines: \[n\]`"),
        (Terms("upsert", ("id",), relationalize="glue"), "`relationalize: headwater`, .* `relationalize: glue`"),
    ],
)
def test_other_keys_are_refused_with_the_remedy(now, said):
    with pytest.raises(ConfigError, match=rf"^shop\.orders: its tables were made with {said}; .*--stream orders --reb"):
        now.check("shop.orders", Terms("upsert", ("id",)).to_json())


def test_a_table_that_is_written_anew_by_each_run_takes_any_key():
    Terms("replace", ("no",), {"lines": ("n",)}).check("shop.orders", Terms("upsert", ("id",)).to_json())


@pytest.mark.parametrize("terms", [Terms("append"), Terms("upsert", ("id",), {"a": ("x", "y"), "b": ("z",)})])
def test_what_a_commit_says_is_taken_for_the_same(terms):
    import json

    terms.check("shop.orders", json.loads(json.dumps(terms.to_json())))


def test_a_table_from_before_this_was_said_is_taken_as_it_is():
    Terms("history", ("id",)).check("shop.orders", None)
