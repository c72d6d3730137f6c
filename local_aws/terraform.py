"""`terraform/` applied to this AWS: a copy of the very files of production, and one override file."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

ROOT = Path(__file__).parents[1]
OVERRIDE = Path(__file__).with_name("local_aws_override.tf")

_PROVIDER = "*/hashicorp/aws/*/*/terraform-provider-aws_v*"  # in a plugin folder: host/namespace/type/version/platform
IGNORED = shutil.ignore_patterns(".terraform*", "*.tfstate*", "*.auto.tfvars*", "terraform.tfvars", "__pycache__")


@dataclass(frozen=True)
class Terraform:
    """The terraform command in one folder."""

    folder: Path
    environment: Mapping[str, str]

    def __call__(self, *arguments: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
        command = ["terraform", *arguments]
        environment = dict(self.environment)
        return subprocess.run(command, cwd=self.folder, env=environment, input=stdin, text=True, capture_output=True)

    def init(self) -> "subprocess.CompletedProcess[str]":
        """Fetch the provider, or take it from a local folder where there is one."""
        plugins = next(_plugin_folders(), None)
        return self("init", "-backend=false", "-input=false", *([f"-plugin-dir={plugins}"] if plugins else []))


def laid_out(folder: Path, aws: Mapping[str, str]) -> Terraform:
    """Return Terraform on a copy of the root module and of what it reads; `aws` are the variables of an AWS."""
    for name in ("terraform", "jobs", "pipelines"):
        shutil.copytree(ROOT / name, folder / name, ignore=IGNORED)
    shutil.copy(OVERRIDE, folder / "terraform")
    return Terraform(folder / "terraform", environment(aws))


def environment(aws: Mapping[str, str] = MappingProxyType({})) -> dict[str, str]:
    """Return the variables for terraform: an AWS account of this machine's user is out of its reach."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_"))}
    # A configuration file that is named but absent would put a warning above every output.
    config = os.environ.get("TF_CLI_CONFIG_FILE", "")
    named = {"TF_CLI_CONFIG_FILE": config} if Path(config).is_file() else {}
    quiet = {"TF_IN_AUTOMATION": "1", "TF_CLI_ARGS": "-no-color", "CHECKPOINT_DISABLE": "1"}
    return {**kept, **named, **quiet, **aws}


def _plugin_folders() -> Iterator[Path]:
    """Folders fit for `terraform init -plugin-dir`; those below the home directory Terraform finds by itself."""
    if named := os.environ.get("TF_PLUGIN_DIR"):
        yield Path(named)
    for top in sorted(Path("/").iterdir()):
        if top.name not in {"proc", "sys", "dev"}:
            yield from (provider.parents[5] for provider in top.glob(f"*/{_PROVIDER}"))
