"""One stream, from the raw zone to its tables: Run → Frame → Table. Loading a run twice equals loading it once.

A load that was stopped is ended before anything new is loaded: what is not in the tables yet is due again, since
`loaded` moves last, and what a replay has still to repeat is written down before it begins.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from glue_lib import log
from glue_lib.execution import Engine, Execution
from glue_lib.extract.planning import key_of
from glue_lib.lake.conflicts import settled
from glue_lib.lake.fence import Fence
from glue_lib.lake.terms import Terms
from glue_lib.lake.write.base import TableReport
from glue_lib.landing.leases import Lease
from glue_lib.landing.replays import Left, Replays
from glue_lib.load.deletions import delete_run
from glue_lib.load.due import Due, due, left, move_loaded, moves_loaded
from glue_lib.load.rebuild import rebuilt, tables_of
from glue_lib.load.recovery import loaded_of, recover_loaded
from glue_lib.load.run import Loading, load_run
from glue_lib.spec.stream import Stream


def load_stream(execution: Execution, stream: Stream, engine: Engine) -> tuple[str | None, tuple[TableReport, ...]]:
    """Load the runs that are due, in order, moving `loaded` last; return the last one and what became of the tables.

    A stream that tells the deletions of another one is loaded into the tables of that one.
    """
    source, storage = execution.pipeline.source, execution.storage
    filled = execution.pipeline.stream(stream.deletes) if stream.deletes else stream
    with Lease(storage, source, filled.name, "load") as lease:
        terms = terms_of(filled)
        lake = engine.lake(source, execution.pipeline.database).guarded(lease.check, Fence(source, filled.name))
        load = _Load(Loading(execution, filled, engine, lake.saying(terms=terms.to_json())), stream)
        if recover_loaded(execution, filled, lake):  # perhaps the last load was stopped before it had registered all
            load.register()
        stopped = load.replays.left()
        if (stopped and stopped.is_rebuild) or (execution.rebuild and stream is filled):
            load.rebuild()
        else:
            terms.check(f"{source}.{filled.name}", (lake.table(filled.name).note() or {}).get("terms"))
            load.end(stopped)
        if not execution.rebuild or stream is not filled:
            load.runs(due(execution, stream))
    log.debug("stream loaded", source=source, stream=filled.name)
    return load.run_id, _summed(load.reports)


def terms_of(stream: Stream) -> Terms:
    """Return what the rows of a stream's tables hang on."""
    write, keys = stream.write.type, {name: tuple(fields) for name, fields in stream.element_keys.items()}
    return Terms(write, key_of(stream), keys, stream.relationalize)


@dataclass
class _Load:
    """One load of a stream's tables, under its lease."""

    loading: Loading
    asked: Stream  # what was to be loaded; it may tell the deletions of the stream whose tables these are
    run_id: str | None = None  # the last one that was loaded of it
    reports: list[TableReport] = field(default_factory=list)

    @property
    def replays(self) -> Replays:
        """Return what is known of a replay of these tables."""
        return Replays(self.loading.execution.storage, self.loading.source, self.loading.stream.name)

    def register(self) -> None:
        """Make all tables known by name that are there."""
        for name in tables_of(self.loading):
            self.loading.register(self.loading.lake.table(name))

    def end(self, stopped: Left | None) -> None:
        """End a replay that was stopped half-way: what it brought back must go again."""
        if stopped:
            where = {"source": self.loading.source, "stream": self.loading.stream.name}
            log.warning("replay goes on", **where, runs=len(stopped.runs))
            self._repeat(left(self.loading.execution, self.loading.stream, stopped.runs))

    def runs(self, runs: Sequence[Due]) -> None:
        """Load these runs."""
        if not all(one.is_new for one in runs):
            self._repeat(runs)
            return
        for one in runs:
            self._load(one)

    def rebuild(self) -> None:
        """Build the tables anew."""
        runs, reports = rebuilt(self._saying({}), _one, lambda: self.replays.keep(is_rebuild=True))
        self.reports += reports
        self._moved(runs)
        self.replays.end()

    def _repeat(self, runs: Sequence[Due]) -> None:
        """Load runs of which some were loaded before, and keep what is left of them."""
        names = [(one.stream.name, one.run.run_id) for one in runs]
        for place, one in enumerate(runs):
            self.replays.keep(names[place:])
            self._load(one, names[place + 1 :])
        self.replays.end()

    def _load(self, one: Due, behind: Sequence[tuple[str, str]] = ()) -> None:
        """Load a run; its commits tell what is in the tables with it, and what a replay has still to load behind it."""
        brought = {one.stream.name: one.run.run_id} if moves_loaded(one) else {}
        self.reports += settled(
            lambda: _one(self._saying(brought, behind), one), self._go_on_anew, name=self.loading.name
        )
        self.loading.made.clear()
        self._moved([one])

    def _go_on_anew(self) -> None:
        """Look at where the tables are now, after another writer came first: if the lease is still held."""
        self.loading.lake.check()
        self.reports += self.loading.made  # which stays, and which the next try finds there
        self.loading = self.loading.afresh()

    def _moved(self, runs: Sequence[Due]) -> None:
        for one in runs:
            move_loaded(self.loading.execution, one)
            self.run_id = one.run.run_id if one.stream == self.asked else self.run_id

    def _saying(self, brought: Mapping[str, str], behind: Sequence[tuple[str, str]] = ()) -> Loading:
        loaded = loaded_of(self.loading.execution, self.loading.stream) | dict(brought)
        return self.loading.saying(loaded=loaded, **({"left": [list(one) for one in behind]} if behind else {}))


def _one(loading: Loading, one: Due) -> list[TableReport]:
    return delete_run(loading, one) if one.stream.deletes else load_run(loading, one)


def _summed(reports: list[TableReport]) -> tuple[TableReport, ...]:
    """Return one report a table, over all runs that were loaded."""
    summed: dict[str, TableReport] = {}
    for report in reports:
        before = summed.get(report.table, TableReport(report.table))
        summed[report.table] = TableReport(
            report.table,
            inserted=before.inserted + report.inserted,
            updated=before.updated + report.updated,
            deleted=before.deleted + report.deleted,
            added_columns=before.added_columns + report.added_columns,
            left_out=before.left_out + report.left_out,
            committed=before.committed or report.committed,
            version=report.version if report.version is not None else before.version,
        )
    return tuple(summed.values())
