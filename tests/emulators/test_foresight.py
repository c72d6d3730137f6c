"""What the examples would make and take, before a run: a page of every stream, and a plan of every kind."""

from pathlib import Path

import pytest

from emulators.catalog import emulators
from glue_lib.command.estimate import Expected
from glue_lib.command.forecast import Forecast
from glue_lib.command.preview import Preview, Previews
from glue_lib.execution import Execution, Outcome
from glue_lib.extract.connection import Connection
from tests.emulators.exactly_once import Reading

NAMES = sorted(emulators())


@pytest.mark.parametrize("name", NAMES)
def test_every_stream_shows_its_tables_and_what_it_will_take(name: str, tmp_path: Path):
    shown: dict[str, Preview] = {}
    expected: dict[str, Expected] = {}

    def look(execution: Execution) -> list[Outcome]:
        with Connection(execution) as connection:
            previews = Previews(execution.pipeline, connection.client, execution.now())
            forecast = Forecast(execution, previews)
            for stream in execution.in_order():
                expected[stream.name] = forecast.of(stream)
                shown[stream.name] = previews.of(stream)
        return []

    reading = Reading(name, tmp_path)
    reading.read(look)

    wanted = reading.emulator.truth()
    assert set(shown) == set(wanted)
    for stream, preview in shown.items():
        assert preview.tables[0].name == stream
        assert preview.doubts == (), stream
        assert {column.name for column in preview.tables[0].columns}, stream
        assert expected[stream].requests >= 1
    assert not [path for path in tmp_path.rglob("*") if "raw" in path.parts]  # nothing is landed
