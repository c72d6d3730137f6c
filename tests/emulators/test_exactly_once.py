"""Every example pipeline, read from its emulator: each record once, limits kept, secrets nowhere."""

from pathlib import Path

import pytest

from emulators.catalog import emulators

from .exactly_once import Reading, counted, differences, told

HOUR = 3600.0
