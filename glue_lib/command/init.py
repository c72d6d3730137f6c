"""`headwater init`: asks for what it needs to know, and writes a pipeline file."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import typer

from glue_lib.command.printing import print_json, say
from glue_lib.command.proposed import as_json, checked, put, refuse_overwriting
from glue_lib.discover.noted import written
from glue_lib.discover.starting import AUTHS, PAGINATIONS, Answers, head, started, tail
from glue_lib.errors import ConfigError
from glue_lib.spec.pipeline import address, name
from glue_lib.spec.problem import not_one_of
from glue_lib.spec.stream import stream_path

Check = Callable[[str], Any]


def start_file(file: str, given: dict[str, Any], *, force: bool, json: bool) -> None:
    """Write a pipeline file from the flags that were given, and from answers where somebody is there to ask."""
    refuse_overwriting("init", file, force=force)
    answers = _asked(given) if sys.stdin.isatty() and not json else _given(given)
    file = file or _usual_file(answers)
    text = written(started(answers), head(answers), tail(file, answers))
    pipeline = checked(text, file)
    put("init", text, file, force=force)
    if json:
        print_json(as_json(pipeline, text, file))
        return
    say(f"{file}: written, with the stream {', '.join(pipeline.streams)}")
    for reference in pipeline.references():
        say(f"  its credential is looked for at {reference}")
    say(f"next: headwater preview {file}")


def _given(given: dict[str, Any]) -> Answers:
    missing = [f"--{flag.replace('_', '-')}" for flag in ("base_url", "path") if not given.get(flag)]
    if missing:
        raise ConfigError(f"init: {' and '.join(missing)} missing, and no terminal is there to ask at")
    for flag, check in _CHECKS.items():
        if given.get(flag):
            _checked(f"--{flag.replace('_', '-')}", check, given[flag])
    return Answers(**given)


def _asked(given: dict[str, Any]) -> Answers:
    """Ask for all that no flag gave; what is wrong is said at once and asked again."""
    base_url = _answer(given, "base_url", "Address of the API, such as https://api.example.org/v1")
    path = _answer(given, "path", "Path of the first endpoint behind it, such as /donations")
    answers = Answers(**(given | {"base_url": base_url, "path": path}))
    answers = replace(answers, source=_answer(given, "source", "Name of the source", answers.named))
    stream = _answer(given, "stream", "Name of the stream, and its table", answers.stream_named)
    auth = _answer(given, "auth", f"How requests show who is asking ({', '.join(AUTHS)})", "bearer")
    answers = replace(answers, stream=stream, auth=auth)
    if auth != "none":
        told = "Where the credential is kept, as secret#field (not the credential!)"
        answers = replace(answers, secret=_answer(given, "secret", told, f"{answers.source}#token"))
    if auth == "api_key":
        place = _answer(given, "key_place", "Where the key goes: header.NAME or query.NAME", answers.key_place)
        answers = replace(answers, key_place=place)
    return _asked_of_records(given, answers)


def _asked_of_records(given: dict[str, Any], answers: Answers) -> Answers:
    records = _answer(given, "records", "Where the records stand, such as data; empty: the answer is the array", "")
    pagination = _answer(given, "pagination", f"How the next page comes about ({', '.join(PAGINATIONS)})", "none")
    key = given.get("key") or _answer(given, "", "Fields that identify a record, such as id; may be empty", "").split()
    changed = "Field that says when a record changed, such as updated_at; may be empty"
    field = _answer(given, "cursor_field", changed, "")
    since = "Parameter that asks for changes since then"
    param = _answer(given, "cursor_param", since, "updated_since") if field else ""
    return replace(
        answers, records=records, pagination=pagination, key=tuple(key), cursor_field=field, cursor_param=param
    )


def _answer(given: dict[str, Any], flag: str, question: str, default: str | None = None) -> str:
    if given.get(flag):
        return str(_checked(f"--{flag.replace('_', '-')}", _CHECKS.get(flag, str), given[flag]))
    while True:
        answer = str(typer.prompt(question, default=default, show_default=bool(default), err=True))
        try:
            return str(_checked("this", _CHECKS.get(flag, str), answer))
        except ConfigError as error:
            typer.echo(f"  {error}", err=True)


def _checked(what: str, check: Check, value: Any) -> Any:
    try:
        return check(value)
    except ValueError as error:
        raise ConfigError(f"{what}: {error}") from error


def _one_of(words: Any) -> Check:
    def check(word: str) -> str:
        if word not in words:
            raise ValueError(not_one_of(word, words))
        return word

    return check


def _secret(text: str) -> str:
    if text.startswith("${") or not text.strip("#") or " " in text:
        raise ValueError(f"`{text}` is no place of a credential; write `name#field`, such as `headwater/shop#token`")
    return text


_CHECKS: dict[str, Check] = {
    "base_url": address,
    "path": stream_path,
    "source": name,
    "stream": name,
    "auth": _one_of(AUTHS),
    "pagination": _one_of(PAGINATIONS),
    "secret": _secret,
}


def _usual_file(answers: Answers) -> str:
    file = f"{answers.named}.yaml"
    file = f"pipelines/{file}" if Path("pipelines").is_dir() else file
    refuse_overwriting("init", file, force=False)
    return file
