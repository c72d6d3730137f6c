"""The command: `python -m demo` serves; `python -m demo advance` moves a running demo to its next version of the data.

    python -m demo --port 8787 [--port-file F] [--rate N]
    python -m demo advance --port 8787
    python -m demo changes --port 8787          what version 2 changes, as JSON

Results stand on stdout, everything said to a person on stderr.
"""

import argparse
import json
import sys
from contextlib import suppress
from pathlib import Path

from demo.platform import TOKEN, VERSIONS
from demo.server import REQUESTS_PER_TEN_SECONDS, DemoServer, ask

DEFAULT_PORT = 8787


def main(arguments: list[str] | None = None) -> int:
    """Return the exit code of one call of the command."""
    options = _parser().parse_args(arguments)
    if options.command == "serve":
        return _serve(options.port, options.port_file, options.rate, options.version)
    try:
        result = ask(options.port, "changes") if options.command == "changes" else _advance(options.port)
    except OSError as error:
        remedy = f"start it with `python -m demo --port {options.port}`"
        sys.stderr.write(f"no demo answers on port {options.port}: {error}; {remedy}\n")
        return 1
    sys.stdout.write(json.dumps(result) + "\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m demo", description="A charity platform's API on loopback.")
    parser.add_argument("command", nargs="?", choices=("serve", "advance", "changes"), default="serve")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="0 takes a free one (default: %(default)s)")
    parser.add_argument("--port-file", type=Path, help="written with the port's number once requests are answered")
    parser.add_argument(
        "--rate", type=int, default=REQUESTS_PER_TEN_SECONDS,
        help="requests allowed in ten seconds before a 429; 0 means any number (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument("--version", type=int, choices=VERSIONS, default=1, help="of the data (default: %(default)s)")
    return parser


def _serve(port: int, port_file: Path | None, rate: int, version: int) -> int:
    if port_file:
        port_file.unlink(missing_ok=True)  # whoever waits for it must not read the port of an earlier demo
    try:
        server = DemoServer(port, requests_per_ten_seconds=rate)
    except OSError as error:
        sys.stderr.write(f"port {port} cannot be used: {error.strerror}; give another with --port (0: a free one)\n")
        return 1
    with server:
        if version != 1:
            server.platform.move_to(version)
        if port_file:
            _write_whole(port_file, str(server.server_port))
        sys.stderr.write(f"charity API at {server.base_url}, token {TOKEN}; Ctrl-C stops it\n")
        with suppress(KeyboardInterrupt):
            server.serve_forever()
    return 0


def _advance(port: int) -> object:
    return ask(port, "version", {"version": min(ask(port, "version")["version"] + 1, max(VERSIONS))})


def _write_whole(path: Path, text: str) -> None:
    """Write so that whoever waits for the file never reads half of it."""
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_text(text)
    unfinished.replace(path)


if __name__ == "__main__":
    sys.exit(main())
