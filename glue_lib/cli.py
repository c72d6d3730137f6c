"""The `headwater` command: what Glue runs, on this machine, and a look into the lake.

Results go to stdout, what is said on the way to stderr. Exit codes: 0 complete, 1 failed, 2 wrong usage or pipeline
file, 3 incomplete.
"""

from collections.abc import Sequence
from typing import Annotated

import typer

from glue_lib.api.retry import Deferred
from glue_lib.command import ahead, beginning, looking, working
from glue_lib.command.job_here import FAILED, INCOMPLETE, WRONG, beside
from glue_lib.command.options import AsJson, Lake
from glue_lib.command.printing import say, say_aside, say_at_once
from glue_lib.errors import ConfigError, HeadwaterError
from glue_lib.spec.loader import load_all
from glue_lib.spec.problem import no_such

app = typer.Typer(
    help="SaaS APIs into Delta tables, one YAML file per API.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for room in (beginning, ahead, working, looking):
    room.add_commands(app)
deploy = typer.Typer(help="What a pipeline file means for AWS.", no_args_is_help=True)
app.add_typer(deploy, name="deploy", rich_help_panel="Further")


def main(words: Sequence[str] | None = None) -> None:
    """Run the command; what a user can mend is told in a sentence, without a stack trace."""
    try:
        app(words)
    except ConfigError as error:
        _fail(error, WRONG)
    except Deferred as error:
        _fail(error, INCOMPLETE)
    except HeadwaterError as error:
        _fail(error, FAILED)


@deploy.command("plan")
def deploy_plan(
    files: Annotated[list[str], typer.Argument(help="Pipeline files.", show_default=False)],
    name: Annotated[str, typer.Option(help="Terraform's variable `name`.")] = "headwater",
    environment: Annotated[str, typer.Option(help="Terraform's variable `environment`.")] = "dev",
    database_prefix: Annotated[
        str | None, typer.Option(help="Terraform's variable of that name; left out: the environment and `_`.")
    ] = None,
    parallel_streams: Annotated[int, typer.Option(help="Terraform's variable of that name.", min=1)] = 2,
    as_json: AsJson = False,
) -> None:
    """Say what `terraform apply` creates for a file, without an account: names, sizes, order, schedule, alarms."""
    from glue_lib.command.deploying import show_deployments
    from glue_lib.command.deployment import Environment

    at = Environment(name, environment, database_prefix, parallel_streams)
    show_deployments(files, load_all(files), at, as_json=as_json)


@app.command(rich_help_panel="Look ahead")
def doctor(
    files: Annotated[
        list[str] | None, typer.Argument(help="Pipeline files; their hosts and secrets are checked too.")
    ] = None,
    lake: Lake = "./lake",
    as_json: AsJson = False,
) -> None:
    """Check what a run needs: Python, Java, jars, AWS, lake, secrets, the APIs' hosts and clocks; it starts nothing."""
    from glue_lib.command.doctor import examine
    from glue_lib.command.doctor import show as show_findings

    raise typer.Exit(show_findings(examine(files or (), lake), as_json=as_json))


@app.command(rich_help_panel="Further")
def emulate(
    name: Annotated[str, typer.Argument(help="Which one; none lists them.", show_default=False)] = "",
    port: Annotated[int, typer.Option(help="Port on loopback; 0 takes a free one.", min=0, max=65535)] = 8800,
    listed: Annotated[bool, typer.Option("--list", help="List the APIs that can be emulated.")] = False,
) -> None:
    """Serve a real API in small, on this machine, for a pipeline of `pipelines/examples`; Ctrl-C ends it."""
    command = beside("emulators", ".command")
    if listed or not name:
        for line in command.listing():
            say(line)
        return
    if name not in command.emulators():
        raise ConfigError(f"emulate: {no_such('emulator', name, command.emulators())}")
    try:
        command.serve(name, port, told=say_at_once, said=say_aside)
    except OSError as error:
        raise ConfigError(f"emulate: port {port}: {error.strerror}; `--port 0` takes a free one") from error


def _fail(error: Exception, code: int) -> None:
    say_aside(str(error))
    raise SystemExit(code)


if __name__ == "__main__":
    main()
