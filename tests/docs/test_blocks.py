"""What is shown in the documentation is valid in its language; a pipeline file is one that Headwater takes."""

import json
import shutil
import subprocess
from pathlib import Path
from textwrap import indent

import pytest

from glue_lib.spec.loader import loads
from tests.docs.blocks import Block, blocks

FIRST = "source: shop\nbase_url: https://api.example.org\n"
STREAM = "streams:\n  things:\n    path: /things\n    key: [id]\n    records: data\n"
UPSERT = "    write: upsert\n"
#: Pages whose blocks of YAML and JSON have tests of their own: they are looked at record by record.
OWN = ("tables.md", "apis.md")


def file(block: Block) -> str:
    """Return the pipeline file that a block stands in."""
    if block.about == "source":
        return f"{FIRST}{block.text}{STREAM}"
    if block.about == "stream":
        own = "" if "write:" in block.text else UPSERT
        return f"{FIRST}{STREAM}{own}{indent(block.text, '    ')}"
    if block.about == "streams":
        return f"{FIRST}streams:\n{indent(block.text, '  ')}"
    return block.text


def of(*languages: str) -> list[Block]:
    return [block for block in blocks(*languages) if block.page not in OWN and "append" not in block.about]


YAML = of("yaml")
JSON = [block for block in of("json") if "…" not in block.text]
PYTHON = of("python")
TERRAFORM = of("terraform")


def test_every_sort_is_there():
    assert len(YAML) > 8 and len(JSON) > 2 and PYTHON and len(TERRAFORM) > 3


@pytest.mark.parametrize("block", YAML, ids=str)
def test_a_pipeline_file_is_valid(block: Block):
    assert block.title or block.about in ("source", "stream", "streams"), "say what the block is a part of"

    assert loads(file(block), block.title or block.page).streams


@pytest.mark.parametrize("block", JSON, ids=str)
def test_json_is_json(block: Block):
    for line in [block.text] if block.text.count("\n") == 1 else block.text.splitlines():
        json.loads(line)


@pytest.mark.parametrize("block", PYTHON, ids=str)
def test_python_compiles(block: Block):
    compile(block.text, str(block), "exec")


@pytest.mark.skipif(not shutil.which("terraform"), reason="terraform is not installed")
def test_terraform_is_formatted(tmp_path: Path):
    for number, block in enumerate(TERRAFORM):
        (tmp_path / f"{number}.tf").write_text(block.text)

    done = subprocess.run(["terraform", "fmt", "-check", "-diff", tmp_path], capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr
