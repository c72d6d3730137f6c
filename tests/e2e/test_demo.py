"""The demo's data, whole: sixteen tables, before and after the API's data moved on."""

import threading
from pathlib import Path
from typing import Any

import pytest

from demo.platform import TOKEN
from demo.server import DemoServer
from tests.e2e.conftest import Lake


@pytest.mark.slow
def test_the_demo_s_tables_after_a_second_run_equal_those_of_a_full_load_of_its_new_data(tmp_path: Path, spark: Any):
    server = DemoServer(0, requests_per_ten_seconds=0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    text = Path("pipelines/donations.yaml").read_text()

    def sync(lake: Lake) -> None:
        lake.sync(
            overrides={"base_url": server.base_url},
            secrets=lambda text: text.replace("${secret:headwater/charity#api_token}", TOKEN),
        )

    moving, fresh = Lake(tmp_path / "moving", text, spark), Lake(tmp_path / "fresh", text, spark)
    sync(moving)
    server.platform.move_to(2)
    sync(moving)
    before = moving.versions()
    sync(moving)
    sync(fresh)
    server.shutdown()
    server.server_close()

    assert moving.versions() == before
    wanted, found = fresh.contents(), moving.contents()
    assert set(found) == set(wanted)
    assert len(found) == 16
    for table, rows in wanted.items():
        assert found[table] == rows, table
