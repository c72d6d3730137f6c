"""The pages that are made from the code have all that is in it, and nothing else."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from glue_lib.cli import app
from glue_lib.kind import Kind
from glue_lib.runtime import metrics
from glue_lib.runtime.arguments import NAMES
from glue_lib.spec.pipeline import Pipeline
from reference import arguments, command, pipeline_file, readmes, terraform
from reference.keys import PATTERNS
from reference.markdown import anchor, plain, prose, table
from tests.docs.blocks import pages

ROOT = Path(__file__).parents[2]


def rows(section: str) -> list[list[str]]:
    """Return the cells of the rows of a section's tables that begin with a name in code."""
    lines = re.findall(r"^\| (`.*) \|$", section, re.M)
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)] for line in lines]


def first(section: str) -> list[str]:
    return [cells[0].strip("`") for cells in rows(section)]


def section(page: str, place: str) -> str:
    """Return a page's text between the heading of an anchor and the next heading."""
    for part in re.split(r"^## ", page, flags=re.M)[1:]:
        heading = part.splitlines()[0]
        if f"#{place} " in heading or anchor(heading) == place:
            return part
    raise AssertionError(f"no section {place}")


def keys(kind: type[Kind]) -> set[str]:
    return {field.alias or name for name, field in kind.model_fields.items()}


MADE = pipeline_file.pages()
PLACES = {kind: pipeline_file._address(name)[:2] for name, kind in pipeline_file.mappings().items()}


def test_the_file_s_own_keys_are_there():
    assert set(first(section(MADE["pipeline-file.md"], "the-file"))) == keys(Pipeline)


@pytest.mark.parametrize("kind", PLACES, ids=lambda kind: kind.__name__)
def test_every_key_of_a_mapping_is_there_with_what_it_means(kind: type[Kind]):
    page, place = PLACES[kind]
    part = section(MADE[page], place)
    unseen = {"name"} if kind.__name__ == "Stream" else set()  # the key under `streams`

    assert set(first(part)) == keys(kind) - unseen
    assert {cells[0]: cells[3] for cells in rows(part) if not cells[3]} == {}
    assert {cells[0] for cells in rows(part) if not cells[1]} == set(), "a value that nothing is said of"


@pytest.mark.parametrize("kind", PLACES, ids=lambda kind: kind.__name__)
def test_what_is_required_and_what_is_the_default_is_told(kind: type[Kind]):
    page, place = PLACES[kind]
    told = {cells[0].strip("`"): cells[2] for cells in rows(section(MADE[page], place))}

    for name, field in kind.model_fields.items():
        if name not in ("name", "type"):
            assert (told[field.alias or name] == "required") == field.is_required(), name
            if isinstance(field.default, int | float) and not isinstance(field.default, bool):
                assert told[field.alias or name] == f"`{field.default}`", name


def test_every_kind_shows_an_example():
    shown = [place for kind, (page, place) in PLACES.items() if page != "pipeline-file.md"]
    parts = [section(MADE[page], place) for page, place in PLACES.values() if page != "pipeline-file.md"]

    assert len(shown) > 25
    assert [part.splitlines()[0] for part in parts if "```" not in part] == []


def test_every_pattern_is_told_in_words():
    assert [line for page in MADE.values() for line in page.splitlines() if "text that fits" in line] == []
    assert all("`" in words or " " in words for words in PATTERNS.values())


def leaves(below: object, words: tuple[str, ...] = ()) -> Iterator[tuple[str, set[str]]]:
    if hasattr(below, "commands"):
        for name, one in below.commands.items():
            yield from leaves(one, (*words, name))
    else:
        options = {
            name for one in below.params for name in (*one.opts, *one.secondary_opts) if name.startswith("--")
        } - {"--help"}
        yield " ".join(words), options | {one.name.upper() for one in below.params if one.param_type_name == "argument"}


def test_every_command_and_option_is_there():
    page = command.pages()["command-line.md"]
    wanted = dict(leaves(typer.main.get_command(app)))

    shown = {
        words: {name for cell in first(section(page, anchor(words))) for name in cell.split(", ") if len(name) > 2}
        for words in wanted
    }
    assert shown == wanted
    assert page.count("\n## ") == len(wanted)


def test_every_option_says_what_it_is_for():
    assert [cells for cells in rows(command.pages()["command-line.md"]) if not cells[3]] == []


def test_every_argument_of_jobs_is_there():
    assert set(arguments.MEANINGS) == set(NAMES)
    assert first(arguments.pages()["job-arguments.md"]) == [f"--{name}" for name in NAMES]


def test_every_metric_is_there():
    cells = [cell for cell in first(pages()["metrics.md"]) if not cell.startswith("--")]
    told = {name for cell in cells for name in re.findall(r"\b[A-Z]\w+", cell)}

    assert told == set(metrics.UNITS)


@pytest.mark.parametrize(("kind", "file"), [("variable", "variables.tf"), ("output", "outputs.tf")])
def test_every_variable_and_output_is_there(kind: str, file: str):
    page = terraform.pages()["terraform.md"]
    names = re.findall(rf'^{kind} "(\w+)"', (ROOT / "terraform" / file).read_text(), re.M)

    assert names and first(section(page, f"{kind}s")) == names
    assert [cells for cells in rows(page) if not all(cells)] == []


def test_a_type_over_several_lines_is_told_on_one():
    network = terraform.blocks("variable", "variables.tf")["network"]

    assert terraform.type_of(network) == "object({ subnet_ids = list(string), security_group_ids = list(string) })"


def test_every_column_that_all_tables_have_is_told():
    columns = section(pages()["tables.md"], "columns-that-every-table-has")

    for name in ("_hw_key", "_hw_run_id", "_hw_loaded_at", "_hw_parent_key", "_hw_root_key", "_hw_index"):
        assert f"`{name}`" in columns


def test_readmes_have_no_links_that_lead_out_of_the_site():
    for text in readmes.pages().values():
        assert re.findall(r"\]\((?!https://|#)", text) == []


def test_blocks_of_a_docstring_are_fenced_in_their_language():
    told = prose('One.\n\nThe JSON:\n\n    {"a": 1}\n\n    auth: {type: none}\n\nThe request:\n\n    GET /a\n')

    assert told.count("```json\n") == told.count("```yaml\n") == told.count("```text\n") == 1
    assert "The request:\n\n```text\nGET /a\n```" in told


def test_a_cell_does_not_end_at_a_bar_in_it():
    assert table(["a"], [["x | y"]]).splitlines()[-1] == r"| x \| y |"


def test_names_in_angles_stay_in_the_text():
    assert plain("none: <source>.yaml, `<as it is>`") == "none: &lt;source>.yaml, `<as it is>`"
    assert "none: &lt;source>.yaml" in command.pages()["command-line.md"]
