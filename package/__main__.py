"""`python -m package`: builds what Terraform uploads into `dist/`, from the wheel that lies there already."""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from package.archive import zip_of_code, zip_of_wheels
from package.targets import TARGETS, Target


def main(words: Sequence[str]) -> int:
    """Build each target's zip; return 1 where pip finds no wheels that fit together."""
    parser = argparse.ArgumentParser(prog="python -m package", description=__doc__)
    parser.add_argument("--dist", type=Path, default=Path("dist"), help="folder of the wheel and of the zips")
    parser.add_argument("--only", choices=[target.file for target in TARGETS], help="one of the zips")
    given = parser.parse_args(words)
    wheels = sorted(given.dist.glob("headwater-*.whl"))
    if len(wheels) != 1:
        sys.stderr.write(f"{given.dist}: holds {len(wheels)} wheels of headwater, not one; run `make wheel`\n")
        return 1
    for target in TARGETS:
        if given.only in (None, target.file) and not build(target, wheels[0], given.dist / target.file):
            return 1
    return 0


def build(target: Target, wheel: Path, to: Path) -> bool:
    """Write the target's zip; return False, pip having said why, where there are no wheels for it."""
    with tempfile.TemporaryDirectory() as folder:
        if subprocess.run(download(target, wheel, Path(folder))).returncode:
            sys.stderr.write(f"{to.name}: not built; {target.name} takes wheels for Python {target.python} only\n")
            return False
        found = sorted(Path(folder).glob("*.whl"))
        others = [one for one in found if one.name != wheel.name]
        try:
            zip_of_code([*others, wheel], to) if target.is_function else zip_of_wheels(others, to)
        except ValueError as error:
            sys.stderr.write(f"{to.name}: not built; {error}\n")
            return False
    sys.stdout.write(f"{to}  {target.name}, {len(others)} wheels, {to.stat().st_size / 2**20:.1f} MB\n")
    return True


def download(target: Target, wheel: Path, to: Path) -> list[str]:
    """Return the command that fetches the dependencies of a wheel: wheels only, nothing is built and nothing run."""
    constraints = [word for file in target.constraints for word in ("--constraint", str(file))]
    wanted = f"headwater[jwt] @ {wheel.resolve().as_uri()}"
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    return [*pip, "--only-binary=:all:", "--dest", str(to), *target.tags, *constraints, wanted]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
