"""Tables that are built anew: aside, from all runs in the raw zone, and then each put in its place by one commit.

Readers see a table as it was or as it is made anew, and nothing of what is between. Columns, types and parts are those
that the file and the records call for now.
"""

from collections.abc import Callable
from dataclasses import replace

from glue_lib import log
from glue_lib.lake.commit import Commit
from glue_lib.lake.fence import Fence
from glue_lib.lake.frame import ROOT_KEY, Frame
from glue_lib.lake.quarantine import quarantine_of
from glue_lib.lake.write.base import TableReport
from glue_lib.load.due import Due, from_raw
from glue_lib.load.run import Loading

LoadRun = Callable[[Loading, Due], list[TableReport]]


def rebuilt(loading: Loading, load: LoadRun, begun: Callable[[], None]) -> tuple[list[Due], list[TableReport]]:
    """Build the stream's tables anew; `begun` is told before the first of them changes."""
    runs = from_raw(loading.execution, loading.stream)
    if not runs:
        return [], []
    mark = loading.lake.fence.mark if loading.lake.fence else "now"
    place = f"_headwater/tmp/{loading.source}/{loading.stream.name}/rebuild-{mark}"
    uri = f"{loading.lake.uri.rstrip('/')}/{place}"
    aside = replace(loading.lake, uri=uri, fence=Fence(loading.source, loading.stream.name))
    staged = replace(loading, lake=aside, is_aside=True)
    for name in tables_of(loading):
        loading.lake.look(name)
    try:
        for one in runs:
            load(staged, one)
            log.info("run loaded aside", source=loading.source, stream=one.stream.name, run=one.run.run_id)
        begun()
        return runs, _put_in_place(loading, staged, runs[-1].run.run_id)
    finally:
        storage = loading.execution.storage
        storage.delete(storage.list(f"{place}/"))


def tables_of(loading: Loading) -> list[str]:
    """Return the stream's tables that exist, the root's name first."""
    name = loading.stream.name
    return [one for one in loading.lake.names() if one == name or one.startswith(f"{name}__")]


def _put_in_place(loading: Loading, staged: Loading, run_id: str) -> list[TableReport]:
    """Overwrite each table, the root last; one that the runs make no more is emptied."""
    made, reports = tables_of(staged), {}
    for name in sorted({*made, *tables_of(loading)}, reverse=True):
        source = staged.lake if name in made else loading.lake
        rows = source.table(name).read() if name in made else source.table(name).read().where("false")
        is_child = name != loading.stream.name and ROOT_KEY in rows.columns
        commit = Commit(loading.lake, Frame(name, rows, loading.stream.name, is_child=is_child), run_id)
        reports[name] = commit.rebuild(rows)
        loading.register(loading.lake.table(name))
        log.info("table built anew", source=loading.source, table=name, rows=reports[name].inserted)
    first = [loading.stream.name, quarantine_of(loading.stream.name)]
    return [reports[name] for name in sorted(reports, key=lambda name: (name not in first[:1], name))]
