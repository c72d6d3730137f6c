"""The zips: the same bytes for the same content, and only what can be imported from where it stands."""

import zipfile
from pathlib import Path

import pytest

from package.archive import zip_of_code, zip_of_wheels


def wheel(folder: Path, name: str, files: dict[str, str], year: int = 2026) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for file, content in files.items():
            archive.writestr(zipfile.ZipInfo(file, (year, 1, 1, 0, 0, 0)), content)
    return path


def held(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_the_wheels_stand_side_by_side_as_they_are(tmp_path: Path) -> None:
    wheels = [wheel(tmp_path, name, {f"{name}.py": "1"}) for name in ("b", "a")]

    zip_of_wheels(wheels, tmp_path / "dist" / "x.gluewheels.zip")

    with zipfile.ZipFile(tmp_path / "dist" / "x.gluewheels.zip") as archive:
        assert archive.namelist() == ["a-1.0-py3-none-any.whl", "b-1.0-py3-none-any.whl"]
        assert archive.read("b-1.0-py3-none-any.whl") == wheels[0].read_bytes()
    assert [path.name for path in (tmp_path / "dist").iterdir()] == ["x.gluewheels.zip"]


def test_what_wheels_hold_is_laid_together_without_commands_and_folders(tmp_path: Path) -> None:
    files = {"a/": "", "a/x.py": "1", "a-1.0.data/scripts/tool": "#!python", "a-1.0.dist-info/METADATA": "m"}

    zip_of_code([wheel(tmp_path, "a", files), wheel(tmp_path, "b", {"b.py": "2"})], tmp_path / "code.zip")

    assert held(tmp_path / "code.zip") == {"a/x.py": "1", "a-1.0.dist-info/METADATA": "m", "b.py": "2"}


def test_the_same_content_is_the_same_bytes_whenever_and_in_whatever_order_it_comes(tmp_path: Path) -> None:
    first = [wheel(tmp_path / "1", name, {f"{name}.py": name}, year=2001) for name in ("a", "b")]
    second = [wheel(tmp_path / "2", name, {f"{name}.py": name}, year=2025) for name in ("b", "a")]
    zip_of_code(first, tmp_path / "1.zip")
    zip_of_code(second, tmp_path / "2.zip")
    zip_of_code([*first, wheel(tmp_path, "c", {"c.py": ""})], tmp_path / "3.zip")

    one, other, third = [(tmp_path / f"{number}.zip").read_bytes() for number in "123"]
    assert one == other != third


def test_everybody_can_read_what_is_in_it(tmp_path: Path) -> None:
    zip_of_code([wheel(tmp_path, "a", {"a.py": "1"})], tmp_path / "code.zip")

    with zipfile.ZipFile(tmp_path / "code.zip") as archive:
        assert oct(archive.getinfo("a.py").external_attr >> 16) == "0o644"  # Lambda runs it as another user


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"b-1.0.data/purelib/x.py": "1"}, "b-1.0-py3-none-any.whl: holds `b-1.0.data/purelib/x.py`"),
        ({"shared.py": "2"}, "b-1.0-py3-none-any.whl: holds `shared.py`, as another wheel does"),
    ],
)
def test_what_would_not_work_from_a_zip_is_refused(tmp_path: Path, other: dict[str, str], told: str) -> None:
    wheels = [wheel(tmp_path, "a", {"shared.py": "1"}), wheel(tmp_path, "b", other)]

    with pytest.raises(ValueError, match=told):
        zip_of_code(wheels, tmp_path / "code.zip")

    assert not (tmp_path / "code.zip").exists()


def test_two_wheels_may_hold_the_same_file(tmp_path: Path) -> None:
    zip_of_code([wheel(tmp_path, name, {"shared.py": "1"}) for name in ("a", "b")], tmp_path / "code.zip")

    assert held(tmp_path / "code.zip") == {"shared.py": "1"}
