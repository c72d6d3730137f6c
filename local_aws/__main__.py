"""The command: `python -m local_aws` serves until Ctrl-C; `python -m local_aws patches` says what moto still lacks.

python -m local_aws --port 0 --port-file F --folder DIR
"""

import argparse
import logging
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from local_aws.program import stop_all


def main(arguments: list[str] | None = None) -> int:
    """Return the exit code of one call of the command."""
    options = _parser().parse_args(arguments)
    if options.command == "patches":
        return _patches()
    return _serve(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local_aws", description="An AWS on loopback: moto, and more.")
    parser.add_argument("command", nargs="?", choices=("serve", "patches"), default="serve")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one (default)")
    parser.add_argument("--port-file", type=Path, help="written with the port's number once requests are answered")
    parser.add_argument("--folder", type=Path, default=Path("local-aws"), help="of logs and libraries of the jobs")
    parser.add_argument("--minute-seconds", type=float, default=60, help="length of a minute of a job's timeout")
    parser.add_argument("--with-parent", action="store_true", help="end when the process that started this one ends")
    parser.add_argument("--pause-factor", type=float, default=1, help="of the pauses before a workflow's retries")
    return parser


def _serve(options: argparse.Namespace) -> int:
    from local_aws.server import server

    try:
        made = server(
            options.folder, options.port, minute_seconds=options.minute_seconds, pause_factor=options.pause_factor
        )
    except (OSError, SystemExit):
        sys.stderr.write(f"port {options.port} is taken; give another with --port (0: a free one)\n")
        return 1
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if options.with_parent:
        threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    if options.port_file:
        unfinished = options.port_file.with_suffix(".part")
        unfinished.write_text(str(made.server_port))
        unfinished.replace(options.port_file)
    sys.stderr.write(f"AWS at http://127.0.0.1:{made.server_port}; Ctrl-C stops it\n")
    try:
        with suppress(KeyboardInterrupt, SystemExit):
            made.serve_forever()
    finally:
        stop_all()
    return 0


def _end_with(parent: int) -> None:
    """Stop this process, and so all jobs, once its parent is gone: whoever is killed cannot stop it."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


def _patches() -> int:
    """Print a line for each patch: `needed` or `needed no more`, and whether it mends what it is for."""
    import tempfile

    from local_aws.patches import ALL, mend
    from local_aws.place import Place

    logging.disable()  # moto tells of what a probe provokes
    needed = {patch.name: patch.lacks() for patch in ALL}
    with tempfile.TemporaryDirectory() as folder:
        mend(Place(Path(folder), "http://127.0.0.1:9"))
        lacking = {patch.name: patch.lacks() for patch in ALL}
    for patch in ALL:
        told = "needed" if needed[patch.name] else "needed no more"
        sys.stdout.write(f"{told}, {'does not mend' if lacking[patch.name] else 'mends'}: {patch.name}\n")
    return int(not all(needed.values()) or any(lacking.values()))


if __name__ == "__main__":
    sys.exit(main())
