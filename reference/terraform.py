"""The page about Terraform's variables and outputs, read from `variables.tf` and `outputs.tf`."""

import re
from collections.abc import Mapping
from pathlib import Path

from reference.markdown import code, table

FOLDER = Path(__file__).parents[1] / "terraform"
_INTRO = """# Terraform

The variables and outputs of `terraform/`. What it makes, and the rules of its workflow, tells
[Terraform: the platform](terraform-platform.md).
"""


def pages() -> dict[str, str]:
    """Return the page by its name."""
    variables = [
        [code(name), code(type_of(block)), code(_said(block, "default") or "required"), _meaning(block)]
        for name, block in blocks("variable", "variables.tf").items()
    ]
    outputs = [[code(name), _text(block, "description")] for name, block in blocks("output", "outputs.tf").items()]
    parts = [_INTRO, "## Variables\n", table(["name", "type", "default", "meaning"], variables)]
    return {"terraform.md": "\n".join([*parts, "## Outputs\n", table(["name", "meaning"], outputs)])}


def blocks(kind: str, file: str) -> Mapping[str, str]:
    """Return the bodies of a file's blocks of a kind, by their names."""
    return dict(re.findall(rf'^{kind} "(\w+)" {{\n(.*?)^}}', (FOLDER / file).read_text(), re.DOTALL | re.MULTILINE))


def type_of(block: str) -> str:
    """Return a variable's type on one line."""
    found = re.search(r"^  type\s*= (.*?)(?=^  \w)", block, re.DOTALL | re.MULTILINE)
    if not found:
        return ""
    lines = [re.sub(r"\s+", " ", line.strip()) for line in found[1].strip().splitlines()]
    return re.sub(r"\{, ", "{ ", ", ".join(lines)).replace(", })", " })")


def _meaning(block: str) -> str:
    allowed = _text(block, "error_message").partition(": ")[2]
    return _text(block, "description") + (f" *Checked:* {allowed}" if allowed else "")


def _text(block: str, name: str) -> str:
    return _said(block, name).strip('"').replace('\\"', '"')


def _said(block: str, name: str) -> str:
    found = re.search(rf"^\s+{name}\s*= (.*)$", block, re.MULTILINE)
    return found[1] if found else ""
