"""The chapters of the catalogue, and which modules' messages stand in each."""

from tests.errors.templates import Template

FILE = "The pipeline file"
PROPOSING = ("discover", "command.discovering", "command.importing", "command.init", "command.proposed")
FAMILIES = {
    "Secrets, references and certificates": (
        "spec.references",
        "runtime.secrets",
        "api.auth",
        "api.authority",
        "api.tls",
    ),
    "Talking to the API": (
        *("api.address", "api.asking", "api.body", "api.client", "api.content_coding", "api.cookies", "api.deadline"),
        *("api.redirects", "api.hosts", "api.limits"),
    ),
    "Paging and its end": ("api.chain", "api.pagination", "api.completion", "api.embedded", "api.cursor", "api.page"),
    "Reading the answer": ("api",),
    "Runs and the raw zone": ("extract", "landing", "pipeline"),
    "Tables": ("load", "lake", "shape"),
    "Proposing a pipeline file": PROPOSING,
    "The command line and arguments": (
        "cli",
        "command",
        "runtime.arguments",
        "runtime.execution",
        "runtime.look",
        "execution",
    ),
    "This machine and AWS": ("runtime",),
}


def family(template: Template) -> str:
    """Return the chapter of a message: the first that names its module, or a room around it."""
    if any(_within(template.module, room) for room in PROPOSING):
        return "Proposing a pipeline file"
    if template.is_of_file or (template.module.startswith("spec.") and template.module != "spec.references"):
        return FILE
    return next(name for name, rooms in FAMILIES.items() if any(_within(template.module, room) for room in rooms))


def _within(module: str, room: str) -> bool:
    return module == room or module.startswith((f"{room}.", f"{room}_"))
