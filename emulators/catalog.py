"""Which emulators there are: the classes of this package's modules, by their names."""

import importlib
import pkgutil

from .kit import Emulator


def emulators() -> dict[str, type[Emulator]]:
    """Return the emulators by name, in order."""
    package = importlib.import_module(__package__ or "")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{__package__}.{module.name}")
    kinds = [kind for kind in Emulator.__subclasses__() if kind.__module__.startswith(f"{__package__}.")]
    return {kind.name: kind for kind in sorted(kinds, key=lambda kind: kind.name)}
