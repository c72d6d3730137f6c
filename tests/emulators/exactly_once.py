"""What the tests of all emulators share: a pipeline of `pipelines/examples` read from its emulator, without Spark."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from emulators.catalog import emulators
from emulators.json_text import written
from emulators.kit import Emulator, Record
from emulators.server import serving
from glue_lib.execution import Execution, Outcome
from glue_lib.landing.run import RunFolder
from glue_lib.landing.storage import FolderStorage
from glue_lib.pipeline import ingest
from glue_lib.runtime.execution import no_engine
from glue_lib.runtime.secrets import resolver
from glue_lib.spec.layers import setting
from glue_lib.spec.loader import load

EXAMPLES = Path(__file__).parents[2] / "pipelines" / "examples"


HOUR = 3600


class Clock:
    """A clock that begins some hours ago: a test moves it on, and no moment that an emulator names is in the future."""

    def __init__(self) -> None:
        self.behind_seconds = 3 * HOUR

    def __call__(self) -> float:
        return time.time() - self.behind_seconds

    def pass_hour(self) -> None:
        self.behind_seconds -= HOUR

    def now(self) -> datetime:
        return datetime.fromtimestamp(self(), UTC)


@dataclass
class Reading:
    """An emulator, and a folder that its pipeline is read into."""

    name: str
    folder: Path
    clock: Clock = field(default_factory=Clock)
    port: int = 0
    overrides: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.emulator: Emulator = emulators()[self.name](self.clock)

    def read(self, work: Callable[[Execution], list[Outcome]] = ingest, **given: Any) -> dict[str, Outcome]:
        """Run the pipeline once; return what became of each stream."""
        with serving(self.emulator, self.port) as server:
            self.port = server.server_port  # stored requests of a run lead there
            # The pace of the file is for the real API, whose windows are longer: here the emulator's answers set it.
            overrides = {"base_url": server.base_url, "limits.requests_per_second": 500, **self.overrides}
            for name, text in self.emulator.overrides.items():
                overrides |= dict([setting(f"{name}={text.replace('{origin}', server.origin)}")])
            pipeline = load(EXAMPLES / f"{self.name}.yaml", overrides)
            execution = Execution(
                pipeline,
                FolderStorage(self.folder),
                given.pop("engine", no_engine),
                resolver(self.emulator.secrets),
                now=self.clock.now,
                **given,
            )
            return {outcome.stream: outcome for outcome in work(execution)}

    def landed(self, outcome: Outcome) -> list[bytes]:
        """Return the records of a run as they lie in the raw zone."""
        run = RunFolder(FolderStorage(self.folder), outcome.source, outcome.stream, str(outcome.run_id))
        return [record for part in run.parts() for record in run.records(part)]


def exact(text: bytes) -> str:
    """Return JSON in one form, whose numbers keep the digits that they were written with."""
    value = json.loads(text, parse_float=_number, parse_int=_number, parse_constant=_number)
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _number(digits: str) -> dict[str, str]:
    return {"number": digits}


def counted(records: Iterable[bytes]) -> Counter[str]:
    return Counter(exact(record) for record in records)


def told(records: Iterable[Record]) -> Counter[str]:
    return counted(written(record) for record in records)


def differences(found: Counter[str], wanted: Counter[str], most: int = 2) -> str:
    """Return the first records that are missing or too many; empty when there are none."""
    missing, extra = wanted - found, found - wanted
    lines = [f"{missing.total()} missing, {extra.total()} too many"] if missing or extra else []
    lines += [f"missing: {one[:400]}" for one in list(missing)[:most]]
    return "\n".join(lines + [f"too many: {one[:400]}" for one in list(extra)[:most]])
