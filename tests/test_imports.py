"""Who may import whom, read from the syntax trees: the house's walls, and one door for each outside thing."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("spec", "api", "landing", "shape", "lake", "extract", "load", "report", "discover", "command", "runtime")

# What a room may import of other rooms. Where single modules are named they hold pure values: the seam of two rooms.
SEAMS = {
    "api": (),
    "landing": (),
    "lake": (),
    "shape": ("landing.notes", "landing.exact", "landing.run", "lake.frame"),
    "spec": ("api", "lake.write", "shape.contract", "shape.partition"),
    "extract": ("execution", "spec", "api", "landing"),
    "load": ("execution", "extract.planning", "spec.stream", "landing", "shape", "lake"),
    "discover": ("api", "spec"),
    "report": (
        *("execution", "meter", "spec", "api.redaction", "landing"),
        *("lake.quarantine", "lake.write.base"),
    ),
    "command": (
        *("execution", "maintain", "pipeline", "spec", "extract", "api", "landing", "shape", "lake", "runtime"),
        *("discover", "report"),
    ),
    "runtime": ("execution", "meter", "spec", "landing", "lake"),  # it makes what the line is handed
}
TYPING_ONLY = {("shape", "landing.run")}  # for annotations; nothing of it is there when the code runs

# The modules beside the rooms: what each may import beside errors, kind and log.
LINE = {
    "errors": (),
    "kind": (),
    "log": (),
    "meter": ("execution", "api.exchange"),
    "execution": ("meter", "spec", "landing.storage", "lake.write.base", "lake.lake"),
    "maintain": ("execution", "spec.stream", "shape.paths", "api.duration", "landing", "lake"),
    "pipeline": (
        *("execution", "extract.connection", "extract.ingest", "load.stream", "maintain", "meter", "report"),
        *("spec.stream", "landing.outcomes", "lake.spark_errors"),
    ),
    "cli": ("command", "api.retry", "spec"),
}

# Outside thing -> where it may be imported; annotations may name it anywhere.
DOORS = {
    "requests": ("api.client",),
    "urllib3": ("api.client",),
    "boto3": ("landing.storage", "lake.catalog", "runtime"),
    "botocore": ("landing.storage", "runtime", "api.auth"),
    "jmespath": ("api.misspelt", "api.query"),
    "jwt": ("api.auth",),
    "awsglue": ("shape", "runtime"),
    "awsglue_local": ("runtime.session",),
    "delta": ("lake",),
    "pyspark": ("lake", "shape", "runtime"),
    "py4j": ("lake", "runtime"),
    "typer": ("cli", "command"),
    "rich": ("cli", "command"),
}
SPARK = ("pyspark", "py4j", "delta", "awsglue", "awsglue_local")


@dataclass(frozen=True)
class Import:
    """One import: by which module of glue_lib, of what, and whether only for annotations or inside a function."""

    by: str  # without `glue_lib.`
    of: str
    is_typing: bool
    is_late: bool


def imports() -> Iterator[Import]:
    for path in sorted((ROOT / "glue_lib").rglob("*.py")):
        by = ".".join(path.relative_to(ROOT / "glue_lib").with_suffix("").parts).removesuffix(".__init__")
        yield from _in(ast.parse(path.read_text()), by)


def _in(node: ast.AST, by: str, *, is_typing: bool = False, is_late: bool = False) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        yield from (Import(by, name.name, is_typing, is_late) for name in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"{by}: imports are absolute"
        # `from glue_lib.spec import references` imports a module as much as `from glue_lib.spec.stream import Stream`.
        yield from (Import(by, _module(str(node.module), name.name), is_typing, is_late) for name in node.names)
    for child in ast.iter_child_nodes(node):
        yield from _in(
            child,
            by,
            is_typing=is_typing or (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)),
            is_late=is_late or isinstance(node, ast.FunctionDef),
        )


def _module(package: str, name: str) -> str:
    path = ROOT.joinpath(*package.split("."))
    is_module = (path / f"{name}.py").exists() or (path / name / "__init__.py").exists()
    return f"{package}.{name}" if is_module else package


ALL = list(imports())
INSIDE = [one for one in ALL if one.of.startswith("glue_lib.")]


def within(module: str, names: tuple[str, ...]) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in names)


def room(module: str) -> str:
    return module.partition(".")[0]


def test_the_imports_are_found():
    assert Import("pipeline", "glue_lib.load.stream", False, True) in ALL
    assert Import("runtime.secrets", "glue_lib.spec.references", False, False) in ALL
    assert Import("execution", "glue_lib.lake.lake", True, False) in ALL


def test_a_room_imports_of_others_only_what_its_seam_names():
    for one in INSIDE:
        of = one.of.removeprefix("glue_lib.")
        if room(one.by) not in ROOMS or room(of) == room(one.by) or of in ("errors", "kind", "log"):
            continue
        assert within(of, SEAMS[room(one.by)]), f"{one.by} imports {of}"


def test_what_is_there_for_annotations_is_not_imported_when_the_code_runs():
    found = {(room(one.by), one.of.removeprefix("glue_lib.")) for one in INSIDE if not one.is_typing}

    assert found & TYPING_ONLY == set()


def test_the_modules_of_the_line_import_only_what_they_name():
    for one in INSIDE:
        of = one.of.removeprefix("glue_lib.")
        if room(one.by) in LINE and of not in ("errors", "kind", "log"):
            assert within(of, LINE[room(one.by)]), f"{one.by} imports {of}"


def test_no_import_goes_round():
    of = {one.by: [other.of.removeprefix("glue_lib.") for other in INSIDE if other.by == one.by and not other.is_typing]
          for one in INSIDE}  # fmt: skip

    with pytest.raises(CycleError):
        list(TopologicalSorter(of | {"errors": ["cli"]}).static_order())
    list(TopologicalSorter(of).static_order())


def test_every_module_stands_in_a_room_or_on_the_line():
    modules = {room(one.by) for one in ALL} | {path.stem for path in (ROOT / "glue_lib").glob("*.py")}

    assert modules - {"__init__"} == {*ROOMS, *LINE}


def test_the_line_is_drawn_without_naming_spark_early():
    early = {one.of for one in ALL if one.by in ("pipeline", "cli") and not one.is_typing and not one.is_late}

    assert not early & {"glue_lib.load.stream", "glue_lib.runtime.look"}


@pytest.mark.parametrize("thing", DOORS)
def test_an_outside_thing_has_its_doors(thing: str):
    users = {one.by for one in ALL if one.of.partition(".")[0] == thing and not one.is_typing}

    assert {user for user in users if not within(user, DOORS[thing])} == set()


def test_kinds_of_writing_and_tables_name_spark_only_late_or_for_annotations():
    early = [one for one in ALL if room(one.of) in SPARK and not (one.is_typing or one.is_late)]

    assert [one for one in early if room(one.by) == "lake"] == []


@pytest.mark.parametrize("script", sorted(path.stem for path in (ROOT / "jobs").glob("[a-z]*.py")))
def test_a_job_imports_the_line_and_what_hands_it_its_arguments(script: str):
    tree = ast.parse((ROOT / "jobs" / f"{script}.py").read_text())
    of = {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    ours = {name for name in of if name.startswith("glue_lib")}

    assert ours <= {"glue_lib.pipeline", *(name for name in ours if name.startswith("glue_lib.runtime."))}
    assert "glue_lib.pipeline" in ours


WITHOUT_SPARK = (
    *("glue_lib.spec.loader", "glue_lib.spec.derived", "glue_lib.spec.schema"),
    *("glue_lib.api.client", "glue_lib.landing.run", "glue_lib.landing.runs"),
    *(
        "glue_lib.extract.planning",
        "glue_lib.extract.ingest",
        "glue_lib.pipeline",
        "glue_lib.cli",
        "jobs.ingest_lambda",
    ),
)

BLOCKED = """
import importlib, sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {blocked}:
            raise ModuleNotFoundError(f"{{name}} is not installed here", name=name)

sys.meta_path.insert(0, Absent())
for module in {modules}:
    importlib.import_module(module)
"""


def imported(modules: tuple[str, ...], blocked: tuple[str, ...]) -> str:
    """Return what a Python says that imports the modules where these are not installed; empty when it can."""
    code = BLOCKED.format(modules=modules, blocked=blocked)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    return done.stderr


def test_ingest_validate_and_lambda_need_no_spark():
    assert imported(WITHOUT_SPARK, SPARK) == ""


def test_the_jobs_need_none_of_what_only_the_command_line_uses():
    assert imported(("glue_lib.pipeline", "glue_lib.load.stream", "glue_lib.runtime.job"), ("typer", "rich")) == ""


def test_the_blocker_blocks():
    assert "pyspark is not installed here" in imported(("glue_lib.shape.relationalize", "pyspark"), ("pyspark",))


def test_no_module_prints():
    for path in sorted((ROOT / "glue_lib").rglob("*.py")):
        calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
        printing = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "print"]
        assert not printing, f"{path}:{printing[0].lineno}: prints; log an event instead"
