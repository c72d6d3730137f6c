"""The layout of random runs is what the plain-Python model of the rules says: `tests/model`. No Spark is asked."""

from datetime import timedelta

import pytest

from glue_lib.landing.notes import Notes
from glue_lib.shape.contract import Contract
from glue_lib.shape.layout import layout
from glue_lib.shape.novelties import novelties
from glue_lib.shape.paths import text
from glue_lib.shape.stream import StreamShape
from glue_lib.shape.targets import Stored
from tests.model.case import Case
from tests.model.story import FIRST
from tests.model.stream import Landed
from tests.model.tables import Placing
from tests.model.tables import text as text_of
from tests.model.values import Seen, look, read

RUNS = 4
FREEZE = Contract(tables="freeze", columns="freeze", types="freeze")


def planned(case, landed, known):
    notes, stream = Notes(), case.pipeline().stream("orders")
    for lines in landed.parts:
        notes.take_all([line.encode() for line in lines])
    keys, recognise = stream.element_keys, stream.times == "recognised"
    return layout(notes, "orders", hints=stream.types, stored=known, element_keys=keys, recognise=recognise)


def columns(found):
    """Return what a layout says: by table, path and kind of value the columns in turn, with their types."""
    return {
        table.name: {(text(one.path), one.kind): [(to.name, to.type) for to in one.targets] for one in table.leaves}
        for table in found.tables
    }


def placed(model, landed):
    """Return the tables of a run, as the model places its values."""
    run = model.run({(): Seen()})
    for line in (line for lines in landed.parts for line in lines):
        look(read(line), run.seen, maps=run.maps)
    return [Placing(run, path) for path in run.tables()]


def columns_told(placings):
    return {
        table.name: {
            (text_of(path), kind): [table.columns[at] for at in chain] for (path, kind), chain in table.chains.items()
        }
        for table in placings
    }


def new_told(model, placings):
    """Yield what no stored table has: a table, or a column and whether it is one beside another."""
    for table in placings:
        is_known = table.name in model.columns
        if table.table and not is_known and "orders" in model.columns:
            yield table.name, None, "tables"
        for path, word in {at for chain in table.chains.values() for at in chain} - table.before:
            if is_known or (word and path in model.types):
                yield table.name, table.columns[path, word][0], "types" if word else "columns"


def stored(model):
    """Return the model's tables as a load finds them."""
    found = {}
    for name, of_table in model.columns.items():
        path = model.paths[name]
        own = {f"place in {text_of(path)}": ("_hw_index", "bigint")} if path else {}
        comments = {
            text_of(path) + (f" as {word}" if word else ""): column for (path, word), column in of_table.items()
        }
        found[name] = Stored(own | comments)
    return found


@pytest.mark.parametrize("seed", range(100))
def test_the_columns_of_a_run_and_what_is_new_are_what_the_model_says(seed):
    case = Case.of(seed)
    model, story = case.model(), case.story()
    shape = StreamShape("shop", "orders", types=case.pipeline().stream("orders").types)
    for number in range(1, RUNS + 1):
        landed = Landed(f"r{number}", FIRST + timedelta(days=number), story.run(is_whole=False))
        known, placings = stored(model), placed(model, landed)
        found = planned(case, landed, known)

        assert columns(found) == columns_told(placings), (number, landed.parts)
        new = {
            (one.table, one.target and one.target.name, one.subject) for one in novelties(found, known, FREEZE, shape)
        }
        assert new == set(new_told(model, placings)), (number, landed.parts)

        model.load(landed)
