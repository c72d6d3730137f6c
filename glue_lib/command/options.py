"""Arguments and options that several commands have, so that they are told and spelt alike."""

from typing import Annotated

import typer

File = Annotated[str, typer.Argument(help="Pipeline file.", show_default=False)]
Lake = Annotated[str, typer.Option("--lake", help="Folder, or s3://bucket/prefix.")]
Streams = Annotated[list[str] | None, typer.Option("--stream", help="Only this stream; may be repeated.")]
Sets = Annotated[
    list[str] | None, typer.Option("--set", help="Override a field: limits.concurrency=2; may be repeated.")
]
Start = Annotated[str, typer.Option("--from", help="Backfill from this date or time.", show_default=False)]
End = Annotated[str, typer.Option("--to", help="Backfill up to, not including.", show_default=False)]
FullRefresh = Annotated[bool, typer.Option("--full-refresh", help="Read everything, not only what is new.")]
RunId = Annotated[str, typer.Option("--run-id", help="Id of the run.", show_default=False)]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing on the way: errors and the result only.")]
AsJson = Annotated[bool, typer.Option("--json", help="For machines: one JSON document on stdout.")]
Force = Annotated[bool, typer.Option("--force", help="Overwrite the file where it is there already.")]
Output = Annotated[str, typer.Option("--output", "-o", help="File to write; none prints it.", show_default=False)]
