"""A first pipeline file for one endpoint, from a handful of answers; what was not answered is said to be a guess."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from glue_lib.discover import names
from glue_lib.discover.noted import Noted

AUTHS = ("bearer", "api_key", "basic", "none")
PAGINATIONS: Mapping[str, Mapping[str, Any]] = {
    "none": {"type": "none"},
    "page": {"type": "page", "write": "query.page"},
    "offset": {"type": "offset", "write": "query.offset"},
    "token": {"type": "token", "read": "body.next_cursor", "write": "query.cursor"},
    "last_record": {
        "type": "token",
        "read": "last_record.id",
        "write": "query.starting_after",
        "more": "body.has_more",
    },
    "link": {"type": "link"},
    "next_url": {"type": "next_url", "read": "body.next"},
}
_ENDS = {
    "none": "one answer holds all records; one that announces another page is an error",
    "page": "ends with an empty page; `total_pages: body.pages` or `total: body.count` where the API tells them",
    "offset": "ends with an empty page; `total: body.total` where the API tells it",
    "token": "ends where the token is null, empty or not there",
    "last_record": "goes on behind the last record's id until `has_more` is false",
    "link": 'ends with an answer whose `Link` header has no rel="next"',
    "next_url": "ends where the URL is null, empty or not there",
}
_GUESSED = ("token", "last_record", "next_url", "page", "offset")


@dataclass(frozen=True)
class Answers:
    """What `headwater init` asks for; only the first two have no default."""

    base_url: str
    path: str
    source: str = ""
    stream: str = ""
    auth: str = "bearer"
    secret: str = ""  # name#field
    key_place: str = "header.X-Api-Key"
    username: str = ""
    records: str = ""
    pagination: str = "none"
    key: tuple[str, ...] = ()
    cursor_field: str = ""
    cursor_param: str = ""
    cron: str = ""

    @property
    def named(self) -> str:
        """The source's name: as given, or of the host."""
        return self.source or names.of_host(self.base_url)

    @property
    def stream_named(self) -> str:
        """The stream's name: as given, or of the path."""
        return self.stream or names.of_path(self.path)

    @property
    def reference(self) -> str:
        """The reference to the credential."""
        return f"${{secret:{self.secret or f'{self.named}#token'}}}"


def started(answers: Answers) -> dict[str, Any]:
    """Return the file as a tree of values and comments."""
    name = answers.named
    tree: dict[str, Any] = {
        "source": Noted(name, ("names the database, the raw files and the jobs",)),
        "base_url": Noted(answers.base_url, ("every stream's `path` is put behind it",)),
    }
    if auth := _auth(answers):
        tree["auth"] = Noted(auth, (_where_secrets_are(answers),))
    limits = {"requests_per_second": 5, "concurrency": 2}
    tree["limits"] = Noted(limits, (), ("a careful guess; take what the API's manual allows",))
    tree["streams"] = {answers.stream_named: _stream(answers)}
    if answers.cron:
        tree["schedule"] = Noted({"cron": answers.cron}, ("when AWS runs it, in UTC; add `timezone:` for another",))
    return tree


def head(answers: Answers) -> tuple[str, ...]:
    """Return what stands above the file."""
    return (f"{answers.named}: written by `headwater init`. An editor that knows YAML schemas completes the keys.",)


def tail(file: str, answers: Answers) -> tuple[str, ...]:
    """Return what is to be done next, as comments."""
    steps = {
        "validate": "every mistake with its line",
        "preview": "one page, and the tables that it makes",
        "run": "the tables, in ./lake",
    }
    told = [f"headwater {step} {file}: {what}" for step, what in steps.items()]
    return ("What to do next:", *told, "Every key and kind, by what an API's manual says: docs/apis.md.")


def _auth(answers: Answers) -> dict[str, Any] | None:
    reference = answers.reference
    match answers.auth:
        case "bearer":
            return {"type": "bearer", "token": reference}
        case "api_key":
            return {"type": "api_key", "write": answers.key_place, "key": reference}
        case "basic":
            if answers.username:
                return {"type": "basic", "username": answers.username, "password": reference}
            return {"type": "basic", "username": reference}
    return None


def _where_secrets_are(answers: Answers) -> str:
    secret, _, field = (answers.secret or f"{answers.named}#token").partition("#")
    told = "never the credential itself, only where it is kept: "
    kept = f"field `{field}` of the secret `{secret}`" if field else f"the secret `{secret}`"
    variable = _variable(secret, field)
    return f"{told}{kept} in AWS Secrets Manager; on this machine the environment variable {variable}"


def _variable(secret: str, field: str) -> str:
    words = "".join(each if each.isalnum() or each == "_" else " " for each in f"HEADWATER_SECRET_{secret}_{field}")
    return "_".join(words.split()).strip("_").upper()


def _stream(answers: Answers) -> dict[str, Any]:
    stream: dict[str, Any] = {"path": answers.path}
    where = "where the records stand in the answer" if answers.records else "the answer is the array of records itself"
    stream["records"] = Noted(answers.records, (where,))
    kind = answers.pagination
    doubts = (f"`{kind}` with its usual names; compare them with the manual",) if kind in _GUESSED else ()
    stream["pagination"] = Noted(dict(PAGINATIONS[kind]), (_ENDS[kind],), doubts)
    if answers.key:
        stream["key"] = Noted(list(answers.key), ("what makes a record itself, from run to run",))
    if answers.cursor_field and answers.cursor_param:
        place = answers.cursor_param if "." in answers.cursor_param else f"query.{answers.cursor_param}"
        cursor = {"field": answers.cursor_field, "from": place, "start": "2024-01-01", "lookback": "1h"}
        told = "the first run begins at `start`, each later one an hour before where the last one ended"
        stream["cursor"] = Noted(cursor, (told,), ("compare the parameter and its format with the manual",))
    stream["write"] = _write(answers)
    return stream


def _write(answers: Answers) -> Noted:
    if not (answers.cursor_field and answers.cursor_param):
        return Noted("replace", ("read whole each time, and the table made anew",))
    if answers.key:
        return Noted("upsert", ("new records are added, changed ones replaced, with all that is nested in them",))
    return Noted("append", ("what is new is added",), ("without a `key`, a record that changed is there twice",))
