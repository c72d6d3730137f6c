"""The commands that write a first pipeline file: `init`, `discover` and `import`. What they do stands elsewhere."""

from typing import Annotated

import typer

from glue_lib.command.options import AsJson, Force, Output


def add_commands(app: typer.Typer) -> None:
    """Add the commands to `headwater`."""
    for name, one in (("init", init), ("discover", discover), ("import", import_)):
        app.command(name, rich_help_panel="Begin")(one)


def init(
    file: Annotated[
        str, typer.Argument(help="File to write; none: <source>.yaml, in pipelines/ where that is.", show_default=False)
    ] = "",
    base_url: Annotated[str, typer.Option(help="Address of the API: https://api.example.org/v1.")] = "",
    path: Annotated[str, typer.Option(help="Path of the first endpoint behind it: /donations.")] = "",
    source: Annotated[str, typer.Option(help="Name of the source; default: of the host.")] = "",
    stream: Annotated[str, typer.Option(help="Name of the stream and its table; default: of the path.")] = "",
    auth: Annotated[str, typer.Option(help="bearer, api_key, basic or none.")] = "",
    secret: Annotated[str, typer.Option(help="Where the credential is kept: name#field.")] = "",
    key_place: Annotated[str, typer.Option(help="Of an api_key: header.NAME or query.NAME.")] = "",
    username: Annotated[str, typer.Option(help="User name of `--auth basic`; none: the credential is the user.")] = "",
    records: Annotated[str, typer.Option(help="Where the records stand in the answer: data.")] = "",
    pagination: Annotated[str, typer.Option(help="none, page, offset, token, last_record, link or next_url.")] = "",
    key: Annotated[list[str] | None, typer.Option(help="Field that identifies a record; may be repeated.")] = None,
    cursor_field: Annotated[str, typer.Option(help="Field that says when a record changed: updated_at.")] = "",
    cursor_param: Annotated[str, typer.Option(help="Parameter that asks since when: updated_since.")] = "",
    cron: Annotated[str, typer.Option(help="When AWS runs it: '0 6 * * ? *'.")] = "",
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Write a first pipeline file: asks what it needs to know, or takes it from flags; never a credential."""
    from glue_lib.command.init import start_file

    texts = {
        "base_url": base_url,
        "path": path,
        "source": source,
        "stream": stream,
        "auth": auth,
        "secret": secret,
        "key_place": key_place,
        "username": username,
        "records": records,
        "pagination": pagination,
        "cursor_field": cursor_field,
        "cursor_param": cursor_param,
        "cron": cron,
    }
    given = {name: text for name, text in texts.items() if text} | ({"key": tuple(key)} if key else {})
    start_file(file, given, force=force, json=as_json)


def discover(
    sources: Annotated[
        list[str], typer.Argument(help="Specification (OpenAPI: a file, or its address), or addresses of endpoints.")
    ],
    output: Output = "",
    base_url: Annotated[str, typer.Option(help="Where the API is served, when its specification does not say.")] = "",
    source: Annotated[str, typer.Option(help="Name of the source; default: of the host.")] = "",
    requests: Annotated[int, typer.Option(help="Requests at most, retries among them.", min=1, max=1000)] = 20,
    probe: Annotated[
        bool | None, typer.Option("--probe/--no-probe", help="Ask the API; default: unless a file is given.")
    ] = None,
    bearer: Annotated[str, typer.Option(help="Reference to a token: '${env:TOKEN}'.")] = "",
    basic: Annotated[str, typer.Option(help="'user:${env:PASSWORD}', or '${env:KEY}' as the user.")] = "",
    header: Annotated[
        list[str] | None, typer.Option(help="'X-Api-Key: ${env:KEY}', or any other header; may be repeated.")
    ] = None,
    query: Annotated[str, typer.Option(help="'api_key=${env:KEY}'.")] = "",
    auth: Annotated[str, typer.Option(help="What the file's `auth:` says, as YAML.")] = "",
    fill: Annotated[list[str] | None, typer.Option(help="Fill `{NAME}` in paths: NAME=VALUE; may be repeated.")] = None,
    stream: Annotated[list[str] | None, typer.Option(help="Only this stream; may be repeated.")] = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Propose a pipeline file: from an API's specification, and a few GET requests; with reasons and doubts."""
    from glue_lib.command.discovering import Wanted, propose

    wanted = Wanted(
        sources,
        output=output,
        base_url=base_url,
        source_name=source,
        requests=requests,
        probe=probe,
        bearer=bearer,
        basic=basic,
        headers=header or (),
        query=query,
        auth=auth,
        fill=fill or (),
        streams=stream or (),
        force=force,
    )
    propose(wanted, json=as_json)


def import_(
    file: Annotated[str, typer.Argument(help="Configuration of another tool.", show_default=False)],
    output: Output = "",
    kind: Annotated[str, typer.Option("--from", help="dlt, airbyte or glue; default: recognised.")] = "",
    source: Annotated[str, typer.Option(help="Name of the source; default: of the file.")] = "",
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Write a pipeline file from a dlt REST configuration, an Airbyte manifest or a Glue connection type."""
    from glue_lib.command.importing import import_file

    import_file(file, output, kind=kind, source=source, force=force, json=as_json)
