"""Keeps the records of an execution's runs while it is at work; no failure of a record is one of a run."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from glue_lib import log
from glue_lib.api.redaction import Redaction
from glue_lib.errors import HeadwaterError
from glue_lib.execution import Execution, Outcome
from glue_lib.landing.holders import this_process
from glue_lib.landing.run_id import new_run_id
from glue_lib.landing.run_record import RunRecord, written
from glue_lib.landing.run_records import BEAT_SECONDS, AtWork, RunRecords
from glue_lib.meter import Step
from glue_lib.report.telling import Heard, begun, broken, charged, ended, so_far


@contextmanager
def recorded(execution: Execution, step: Step) -> Iterator["Recorder"]:
    """Keep the records of what the block does; a stream that it leaves without an outcome has failed."""
    recorder = Recorder(execution, step)
    with log.watched(recorder.hear), recorder.beating():
        try:
            yield recorder
        except BaseException as error:
            recorder.broke(error)
            raise


class Recorder:
    """The records of one execution."""

    def __init__(self, execution: Execution, step: Step) -> None:
        self._execution, self._clock = execution, execution.meter.clock
        self._began_at, self._began = execution.now(), self._clock()
        self._records = RunRecords(execution.storage)
        self._id = new_run_id(self._began_at)
        self._charged_to = self._began
        self._redaction: Redaction | None = None
        self._given_up: set[str] = set()  # storage that does not answer is asked many times before it says so
        self._lock = threading.Lock()
        self._heard = {stream.name: Heard() for stream in execution.in_order()}
        self._open = {
            stream.name: begun(execution, stream, step=step, execution_id=self._id, now=self._began_at)
            for stream in execution.in_order()
        }

    def knows(self, redaction: Redaction) -> None:
        """Take credentials out of all that is told from now on."""
        self._redaction = redaction

    def hear(self, name: str, fields: Mapping[str, Any]) -> None:
        """Take in an event, where it is of one of the streams."""
        stream = str(fields.get("stream", "")).removeprefix(f"{self._execution.pipeline.source}.")
        if stream in self._heard:
            with self._lock:
                self._heard[stream].hear(name, fields)

    def end(self, outcome: Outcome) -> Outcome:
        """Leave the record of a stream that came to its end; return its outcome."""
        record = self._open.pop(outcome.stream, None)
        if record is not None:
            with self._harmless("records"):
                self._leave(ended(self._so_far(record), outcome, clean=self._clean, now=self._execution.now()))
        return outcome

    def broke(self, error: BaseException) -> None:
        """Leave the records of all streams that will not come to their end."""
        with self._harmless("records"):
            text = str(error) if isinstance(error, HeadwaterError) else ""
            if self._redaction:
                text = self._clean(text or f"{type(error).__name__}: {error}")
            while self._open:
                _, record = self._open.popitem()
                self._leave(broken(self._so_far(record), error, text=text, now=self._execution.now()))

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Show while the block lasts that the execution lives; first, tell of those that do no more."""
        over = threading.Event()
        with self._harmless("life"):
            for lost in self._records.settle(self._execution.pipeline.source, self._execution.now()):
                log.warning("run stopped", source=lost.source, stream=lost.stream, run=lost.run_id)
            self._beat()
        beating = threading.Thread(target=self._beat_until, args=(over,), name="records", daemon=True)
        beating.start()
        try:
            yield
        finally:
            over.set()
            beating.join()
            with self._harmless("life"):
                if "life" not in self._given_up:
                    self._records.ended(self._at_work())

    def _beat_until(self, over: threading.Event) -> None:
        is_folder = self._execution.storage.uri("").startswith("file:")
        while not over.wait(BEAT_SECONDS / 10 if is_folder else BEAT_SECONDS):  # where it costs nothing
            with self._harmless("life"):
                self._beat()

    def _beat(self) -> None:
        if "life" in self._given_up:
            return
        self._records.beat(self._at_work())

    def _at_work(self) -> AtWork:
        records = tuple(self._so_far(record) for record in list(self._open.values()))
        source, beat_at = self._execution.pipeline.source, written(self._execution.now())
        return AtWork(source, self._id, this_process(), beat_at, records)

    def _so_far(self, record: RunRecord) -> RunRecord:
        tally = self._execution.meter.of(record.stream)
        if tally.begun_at is not None:
            record = replace(
                record, started_at=written(self._began_at + timedelta(seconds=tally.begun_at - self._began))
            )
        return so_far(record, tally.until(self._clock()), self._heard[record.stream])

    @contextmanager
    def _harmless(self, what: str) -> Iterator[None]:
        """Let nothing that goes wrong with a record be more than a warning, and cost its time only once."""
        try:
            yield
        except Exception as error:
            reason = str(error) if isinstance(error, HeadwaterError) else type(error).__name__
            if what not in self._given_up:
                log.warning("run not recorded", reason=reason)
            self._given_up.add(what)

    def _leave(self, record: RunRecord) -> None:
        if "records" in self._given_up:
            return
        now = self._clock()
        seconds, self._charged_to = now - self._charged_to, now
        self._records.write(charged(record, self._execution.pipeline, seconds, self._execution.place.memory_mb))

    def _clean(self, text: str) -> str:
        return self._redaction.clean(text) if self._redaction else text
