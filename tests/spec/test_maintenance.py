import pytest

from glue_lib.errors import ConfigError
from glue_lib.spec.loader import loads
from glue_lib.spec.maintenance import Maintenance, hours


def maintenance(rules: str) -> Maintenance:
    text = f"source: shop\nbase_url: https://x.example\nstreams: {{a: {{path: /a}}}}\nmaintenance: {rules}"
    return loads(text, "x.yaml").maintenance


def test_nothing_is_deleted_of_the_raw_zone_unless_the_file_says_so():
    rules = maintenance("{}")

    assert (rules.keep_raw, rules.rebuildable, rules.retention_hours) == (None, True, 168)


@pytest.mark.parametrize(("text", "number"), [("7d", 168), ("2w", 336), ("168h", 168), ("1mo", 672), ("1y", 8760)])
def test_a_retention_is_counted_in_hours(text: str, number: int):
    assert hours(text) == maintenance(f"{{keep_versions: {text}}}").retention_hours == number


@pytest.mark.parametrize("text", ["6d", "167h", "0d", "10000m"])
def test_a_table_keeps_its_old_files_for_a_week_at_least(text: str):
    with pytest.raises(ConfigError, match=rf"keep_versions: `{text}` is less than `7d`.*--retention-hours"):
        maintenance(f"{{keep_versions: {text}}}")


@pytest.mark.parametrize("text", ["0d", "0h"])
def test_raw_records_stay_for_some_time(text: str):
    with pytest.raises(ConfigError, match="keep_raw"):
        maintenance(f"{{keep_raw: {text}}}")
