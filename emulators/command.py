"""`headwater emulate`: serve an emulator until Ctrl-C, and say what to type to read it."""

import shlex
from collections.abc import Callable, Iterator

from .catalog import emulators
from .kit import Emulator
from .server import CHANGE, Server

Say = Callable[[str], object]


def listing() -> Iterator[str]:
    """Return each emulator's name with the first line of its docstring."""
    for name, kind in emulators().items():
        yield f"{name:<12} {(kind.__doc__ or '').partition(chr(10))[0]}".rstrip()


def serve(name: str, port: int, *, told: Say, said: Say | None = None) -> None:
    """Serve until Ctrl-C; `told` gets the lines that a user copies, `said` each request."""
    server = Server(emulators()[name](), port, said)
    for line in instructions(server.emulator, server.base_url):
        told(line)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()


def instructions(emulator: Emulator, base_url: str) -> Iterator[str]:
    """Return the lines that a user copies into another shell."""
    origin = base_url.removesuffix(emulator.base_path) if emulator.base_path else base_url
    yield f"# {emulator.name} is served at {base_url} until Ctrl-C. In another shell:"
    yield from (f"export {variable}='{value}'" for variable, value in emulator.secrets.items())
    sets = {"base_url": base_url} | {
        name: text.replace("{origin}", origin) for name, text in emulator.overrides.items()
    }
    options = " ".join(f"--set {shlex.quote(f'{name}={value}')}" for name, value in sets.items())
    yield f"headwater run pipelines/examples/{emulator.name}.yaml {options}"
    yield f"curl -s -X POST {origin}{CHANGE}    # moves the data on; run again"
