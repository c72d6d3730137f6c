"""Zips whose bytes depend on nothing but what is in them: Terraform uploads one again only when it has changed."""

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

_EPOCH = (1980, 1, 1, 0, 0, 0)
_MODE = 0o644 << 16


def zip_of_wheels(wheels: Sequence[Path], to: Path) -> None:
    """Write the wheels side by side into one zip, as Glue takes them; they are compressed already."""
    _write({wheel.name: wheel.read_bytes() for wheel in wheels}, to, zipfile.ZIP_STORED)


def zip_of_code(wheels: Sequence[Path], to: Path) -> None:
    """Write what the wheels hold into one zip, as Lambda imports it, without the commands that some of them bring."""
    files: dict[str, bytes] = {}
    for wheel in wheels:
        for name, content in _held(wheel):
            if files.setdefault(name, content) != content:
                raise ValueError(f"{wheel.name}: holds `{name}`, as another wheel does; both cannot be there")
    _write(files, to, zipfile.ZIP_DEFLATED)


def _held(wheel: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a wheel that stand where they are imported."""
    with zipfile.ZipFile(wheel) as opened:
        for name in opened.namelist():
            top, _, below = name.partition("/")
            if not top.endswith(".data") and not name.endswith("/"):
                yield name, opened.read(name)
            elif top.endswith(".data") and not below.startswith("scripts/"):
                raise ValueError(f"{wheel.name}: holds `{name}`, which only an installer puts into its place")


def _write(files: Mapping[str, bytes], to: Path, compression: int) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    part = to.with_name(f"{to.name}.part")
    with zipfile.ZipFile(part, "w") as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.external_attr, entry.compress_type = _MODE, compression
            archive.writestr(entry, content)
    part.replace(to)
