"""The README says what the code does."""

import inspect
import re
from pathlib import Path

import awsglue.transforms
from awsglue.context import GlueContext
from awsglue.data_sink import DataSink
from awsglue.data_source import DataSource
from awsglue.dataframereader import DataFrameReader
from awsglue.dataframewriter import DataFrameWriter
from awsglue.dynamicframe import DynamicFrame, DynamicFrameCollection, DynamicFrameReader, DynamicFrameWriter
from awsglue.job import Job

import awsglue_local
from awsglue_local import context, frame

README = Path(awsglue_local.__file__).with_name("README.md").read_text()
CLASSES = (
    DynamicFrame, DynamicFrameCollection, DynamicFrameReader, DynamicFrameWriter, DataFrameReader, DataFrameWriter,
    GlueContext, DataSource, DataSink, Job,
)  # fmt: skip
JVM = {DynamicFrame: ("_jdf", frame.Frame), GlueContext: ("_ssql_ctx", context.GlueContext)}


def told():
    """Return what the table says of each name: yes, differs or no."""
    lines = re.findall(r"^\| (`.*`) \| (yes|differs|no) \|", README, re.MULTILINE)
    return {name: state for cell, state in lines for name in re.findall(r"`([^`]+)`", cell)}


def methods(cls):
    return [name for name in vars(cls) if not name.startswith("_") and callable(getattr(cls, name))]


def test_the_table_names_all_of_awsglue():
    transforms = [name for name, one in vars(awsglue.transforms).items() if isinstance(one, type)]

    assert sorted(told()) == sorted([f"{cls.__name__}.{name}" for cls in CLASSES for name in methods(cls)] + transforms)


def test_what_the_table_denies_is_what_the_code_lacks():
    lacking = set()
    for cls, (attribute, stand_in) in JVM.items():
        for name in methods(cls):
            called = re.findall(rf"self\.{attribute}\.(\w+)\(", inspect.getsource(getattr(cls, name)))
            if not all(hasattr(stand_in, method) for method in called):
                lacking.add(f"{cls.__name__}.{name}")
    denied = {
        name
        for name, state in told().items()
        if state == "no" and name.split(".")[0] in ("DynamicFrame", "GlueContext")
    }

    assert denied == lacking | {"GlueContext.write_dynamic_frame_from_jdbc_conf"}  # which calls write_from_jdbc_conf
    assert len(denied) == 5


def test_the_example_of_the_readme_runs(glue, capsys):
    example = re.findall(r"```python\n(.*?)```", README, re.DOTALL)[0]

    exec(compile(example, "README.md", "exec"), {})

    shown = capsys.readouterr().out.splitlines()
    assert ['"tags.val": "x"' in shown[0], '"tags.val": "y"' in shown[1], len(shown)] == [True, True, 3]
