"""The tour: `make demo-aws`. `terraform apply` on an AWS of this machine, then a workflow whose jobs really run.

Each step says what one would type on AWS. It ends with Ctrl-C, or by itself with `--once`.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from demo.platform import TOKEN
from demo.serving import served
from glue_lib.errors import HeadwaterError
from local_aws.following import follow
from local_aws.running import LocalAws, running
from local_aws.terraform import ROOT, Terraform, laid_out

FOLDER = ROOT / "demo-aws"
PIPELINE = ROOT / "pipelines" / "donations.yaml"
SECRET = "headwater/charity"
HEADWATER = Path(sys.executable).with_name("headwater")

console = Console(highlight=False, soft_wrap=True)


def main(arguments: list[str] | None = None) -> int:
    """Return 0 when the workflow succeeded."""
    parser = argparse.ArgumentParser(prog="python -m local_aws.tour", description=__doc__)
    parser.add_argument("--once", action="store_true", help="end when all is shown, instead of at Ctrl-C")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # all that was started ends with this
    shutil.rmtree(FOLDER, ignore_errors=True)
    with served() as port, running(FOLDER / "aws") as aws:
        console.print(f"\nA charity platform's API answers on http://127.0.0.1:{port}/v1,")
        console.print(f"an AWS on {aws.endpoint}: it is moto, and what moto lacks; its Glue jobs run on this machine.")
        outputs = _apply(laid_out(FOLDER / "stack", aws.environment), _pipelines(port))
        _fill_secret(aws)
        code = _execute(aws, outputs)
        _look(aws, outputs["lake"])
        _farewell(aws, outputs)
        if not options.once:
            _wait()
    return code


def _pipelines(port: int) -> Path:
    """Return a folder with the demo's pipeline file, which names the port that was free."""
    folder = FOLDER / "pipelines"
    folder.mkdir(parents=True)
    text = PIPELINE.read_text().replace("http://127.0.0.1:8787/v1", f"http://127.0.0.1:{port}/v1", 1)
    (folder / PIPELINE.name).write_text(text)
    return folder


def _apply(terraform: Terraform, pipelines: Path) -> dict[str, str]:
    """Apply, and return the outputs that this tour needs."""
    _step("1. terraform apply: everything that pipelines/donations.yaml implies, from the files that make it on AWS")
    (terraform.folder / "demo.auto.tfvars.json").write_text(
        json.dumps({"pipelines_dir": str(pipelines), "wheel": str(_wheel()), "environment": "demo"})
    )
    _type("terraform init && terraform apply")
    done = terraform.init()
    if done.returncode == 0:
        done = _applied(terraform)
    if done.returncode:
        raise SystemExit(f"terraform failed:\n{done.stdout}{done.stderr}")
    console.print(next(line for line in done.stdout.splitlines() if line.startswith("Apply complete")))
    told = json.loads(terraform("output", "-json").stdout)
    return {
        "lake": told["lake"]["value"],
        "machine": told["state_machines"]["value"]["charity"],
        "database": told["databases"]["value"]["charity"],
    }


def _applied(terraform: Terraform) -> "subprocess.CompletedProcess[str]":
    """Apply while counting aloud what is made: most of the time is the provider's own waiting."""
    command = ["terraform", "apply", "-auto-approve", "-input=false"]
    lines: list[str] = []
    with (
        console.status("planning ...") as status,
        subprocess.Popen(
            command, cwd=terraform.folder, env=dict(terraform.environment), text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        ) as process,
    ):  # fmt: skip
        assert process.stdout
        for line in process.stdout:
            lines.append(line)
            made = sum("Creation complete" in one for one in lines)
            status.update(f"{made} made; {line.strip()[:90]}")
    return subprocess.CompletedProcess(command, process.returncode, "".join(lines), "")


def _wheel() -> Path:
    """Return the newest wheel of `make wheel`."""
    built = sorted((ROOT / "dist").glob("headwater-*.whl"), key=lambda path: path.stat().st_mtime)
    if not built:
        raise SystemExit("dist/ holds no wheel; `make wheel` builds it, and `make demo-aws` does so by itself")
    return built[-1]


def _fill_secret(aws: LocalAws) -> None:
    _step("2. The secret's value, which never passes through Terraform")
    value = json.dumps({"api_token": TOKEN})
    _type(f"aws secretsmanager put-secret-value --secret-id {SECRET} --secret-string '{value}'")
    aws.client("secretsmanager").put_secret_value(SecretId=SECRET, SecretString=value)


def _execute(aws: LocalAws, outputs: Mapping[str, str]) -> int:
    """Start the state machine, follow its jobs, and return 0 where all went well."""
    _step("3. The workflow: streams side by side under the cap, a fan-out stream after its parents")
    _type(f"aws stepfunctions start-execution --state-machine-arn {outputs['machine']}")
    began = time.monotonic()
    started = aws.client("stepfunctions").start_execution(stateMachineArn=outputs["machine"], name="tour", input="{}")
    ended = follow(
        aws, started["executionArn"], lambda line: console.print(f"  {time.monotonic() - began:4.0f} s  {line}")
    )
    console.print(f"The execution ended {ended['status']}.")
    for message in aws.told("messages"):
        console.print(f"SNS: {message['subject']}: {message['message']}")
    return int(ended["status"] != "SUCCEEDED")


def _look(aws: LocalAws, lake: str) -> None:
    _step("4. What is in the lake on the emulated S3, and in its Data Catalog")
    _type(f"headwater tables --lake {lake}")
    subprocess.run([str(HEADWATER), "tables", "--lake", lake], env={**os.environ, **aws.environment})
    glue = aws.client("glue")
    grid = Table("database", "table", "columns", box=None, pad_edge=False)
    for database in glue.get_databases()["DatabaseList"]:
        for table in glue.get_tables(DatabaseName=database["Name"])["TableList"]:
            grid.add_row(database["Name"], table["Name"], str(len(table["StorageDescriptor"]["Columns"])))
    console.print(grid)


def _farewell(aws: LocalAws, outputs: Mapping[str, str]) -> None:
    console.print("\nWhat to try next, in another terminal:\n")
    here = FOLDER.relative_to(ROOT)
    variables = " ".join(f"{name}={value}" for name, value in aws.environment.items())
    for command in (
        f"export {variables}",
        f".venv/bin/headwater show donations --lake {outputs['lake']}",
        f".venv/bin/headwater sql 'select count(*) from charity.donations' --lake {outputs['lake']}",
        f"terraform -chdir={here}/stack/terraform plan      # empty; then change {here}/pipelines, and apply",
        f"aws stepfunctions start-execution --state-machine-arn {outputs['machine']} "
        """--input '{"streams": ["donations"], "from": "2024-01-01", "to": "2024-02-01"}'""",
        f"curl {aws.endpoint}/local-aws/runs             # job runs, and where their logs are",
        f"curl {aws.endpoint}/local-aws/messages         # what SNS would have sent",
    ):
        console.print(f"  {command}", markup=False)


def _wait() -> None:
    console.print("\nThis AWS stays until Ctrl-C.")
    while True:
        time.sleep(3600)


def _step(title: str) -> None:
    console.print(f"\n{title}", style="bold cyan")


def _type(command: str) -> None:
    console.print(f"$ {command}", style="bold", markup=False)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except HeadwaterError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(0)
