"""What `make package` builds works where it goes to: offline, in an environment that has nothing else."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from glue_lib.runtime.secrets import variable_of
from package.__main__ import main
from package.targets import TARGETS, Target
from tests.e2e.small_api import PIPELINE, TOKEN, SmallApi, first_edition, serve

ROOT = Path(__file__).parents[2]
GLUE = [target for target in TARGETS if not target.is_function]
GLUES_OWN = ("pyspark", "py4j", "delta", "awsglue")  # beside the modules in its list
COMMANDS_OWN = ("typer", "rich", "awsglue_local")  # which do not go there

IMPORT_ALL = """
import importlib, json, pkgutil
import glue_lib, headwater_jobs
missing, done = {}, 0
for package in (glue_lib, headwater_jobs):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        try:
            importlib.import_module(module.name)
            done += 1
        except ModuleNotFoundError as error:
            missing[module.name] = error.name.partition(".")[0]
import jwt, cryptography.hazmat.primitives.asymmetric.rsa
print(json.dumps([done, missing]))
"""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zips, built anew; skipped loudly where pip reaches no index."""
    folder, copy = tmp_path_factory.mktemp("dist"), tmp_path_factory.mktemp("copy")
    for name in ("glue_lib", "jobs", "emulators"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "setup.py", "README.md"):
        shutil.copy(ROOT / name, copy)
    build = [sys.executable, "-m", "build", "--quiet", "--wheel", "--outdir", str(folder), str(copy)]
    try:
        subprocess.run(build, check=True, env={**os.environ, "SOURCE_DATE_EPOCH": "315532800"})
        built = main(["--dist", str(folder)])
    except subprocess.CalledProcessError:
        built = 1
    if built:
        pytest.skip("SKIPPED LOUDLY: pip found no wheels (no index?), so what `make package` builds was not tried")
    return folder


def python(version: str) -> Path:
    """Return a Python of that version, from the PATH or from pyenv; skipped loudly where there is none."""
    known = [shutil.which(f"python{version}"), *_of_pyenv(version)]
    asked = ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    for path in filter(None, known):
        done = subprocess.run([path, *asked], capture_output=True, text=True)
        if done.stdout.strip() == version:
            return Path(path)
    pytest.skip(f"SKIPPED LOUDLY: no Python {version} here, so what is built for it was not tried")


def _of_pyenv(version: str) -> Iterator[str]:
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from (str(path) for path in sorted(root.glob(f"versions/{version}.*/bin/python{version}")))


def run(*words: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    # A Python that another one starts must not take this one's settings, nor pip an index.
    environment = {**kept, "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", **more}
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, env=environment, cwd="/")


@pytest.mark.parametrize("target", GLUE, ids=lambda target: target.name)
def test_the_zip_of_wheels_installs_offline_and_every_module_is_there(
    target: Target, dist: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(dist / target.file) as archive:
        archive.extractall(tmp_path / "wheels")
    wheels = sorted((tmp_path / "wheels").glob("*.whl"))
    (headwater,) = dist.glob("headwater-*.whl")
    bin_ = tmp_path / "venv" / "bin"
    assert run(python(target.python), "-m", "venv", tmp_path / "venv").returncode == 0

    first = run(bin_ / "pip", "install", "--quiet", *wheels)
    then = run(bin_ / "pip", "install", "--quiet", headwater)  # finds what it needs already there
    checked = run(bin_ / "pip", "check")
    has_spark = target.python == f"{sys.version_info.major}.{sys.version_info.minor}"
    spark = {"PYTHONPATH": str(_glues_own(tmp_path / "glue"))} if has_spark else {}
    imported = run(bin_ / "python", "-c", IMPORT_ALL, **spark)

    assert [first.returncode, then.returncode, checked.returncode] == [0, 0, 0], first.stderr + then.stderr
    assert imported.returncode == 0, imported.stderr
    count, missing = json.loads(imported.stdout)
    allowed = {*COMMANDS_OWN, *(() if has_spark else GLUES_OWN)}
    assert {module: name for module, name in missing.items() if name not in allowed} == {}
    assert count > len(list((ROOT / "glue_lib").rglob("*.py"))) * 0.8


def _glues_own(folder: Path) -> Path:
    """Return a folder with those of our packages in it that Glue has by itself, and no other."""
    folder.mkdir()
    for name in GLUES_OWN:
        spec = importlib.util.find_spec(name)
        assert spec and spec.origin
        (folder / name).symlink_to(Path(spec.origin).parent)
    return folder


@pytest.mark.parametrize("target", GLUE, ids=lambda target: target.name)
def test_none_of_glues_own_packages_is_replaced(target: Target, dist: Path) -> None:
    lines = target.constraints[0].read_text().lower().replace("-", "_").splitlines()
    bundled = dict(line.split("==") for line in lines if "==" in line)
    with zipfile.ZipFile(dist / target.file) as archive:
        wheels = [name.lower().split("-")[:2] for name in archive.namelist()]

    assert {name: version for name, version in wheels if name in bundled} == {
        name: bundled[name] for name, _ in wheels if name in bundled
    }
    assert {"boto3", "requests", "urllib3"} <= {name for name, _ in wheels}


def test_the_function_lands_records_with_nothing_but_its_zip(dist: Path, tmp_path: Path) -> None:
    (target,) = [target for target in TARGETS if target.is_function]
    api = SmallApi(first_edition())
    server = serve(api)
    (tmp_path / "small.yaml").write_text(PIPELINE.format(base_url=api.base_url))
    with zipfile.ZipFile(dist / target.file) as archive:
        archive.extractall(tmp_path / "code")  # as Lambda does, for the modules that are no Python
    code = """
import json, sys
sys.path.insert(0, sys.argv[1])
from headwater_jobs.ingest_lambda import handler
print(json.dumps(handler({"pipeline": sys.argv[2], "lake": sys.argv[3], "metrics_namespace": "off"}, None)))
"""
    try:
        words = (tmp_path / "code", tmp_path / "small.yaml", tmp_path / "lake")
        # `-I -S`: neither this project nor anything that is installed beside that Python.
        done = run(python(target.python), "-I", "-S", "-c", code, *words, **{variable_of("small", "token"): TOKEN})
    finally:
        server.shutdown()
        server.server_close()

    assert done.returncode == 0, done.stderr
    assert '"status": "complete"' in done.stdout
    assert list((tmp_path / "lake" / "raw" / "small" / "orders").glob("run=*/slice=*/part-*.jsonl.gz"))


def test_the_same_code_gives_the_same_bytes(dist: Path, tmp_path: Path) -> None:
    (wheel,) = dist.glob("headwater-*.whl")
    shutil.copy(wheel, tmp_path)
    (target,) = [target for target in TARGETS if target.is_function]

    assert main(["--dist", str(tmp_path), "--only", target.file]) == 0

    assert (tmp_path / target.file).read_bytes() == (dist / target.file).read_bytes()
