"""An S3 that does what a role's policy allows and answers 403 to all else, as AWS does: moto behind a guard.

An object that is absent is a 404 only for whoever may list its very name.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, unquote

_DENIED = b"<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"

Application = Callable[..., Iterable[bytes]]


@dataclass(frozen=True)
class Deed:
    """One action on one resource, as a policy sees it; `prefix` is what is listed."""

    action: str
    resource: str
    prefix: str | None = None


@dataclass
class Guard:
    """The WSGI application in front of S3. Without statements everything is allowed."""

    behind: Application
    statements: Sequence[dict[str, Any]] | None = None
    denied: list[Deed] = field(default_factory=list)

    def allows(self, deed: Deed) -> bool:
        """Say whether a statement allows it; of the conditions only that of the listed prefix is known."""
        return self.statements is None or any(_allows(statement, deed) for statement in self.statements)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = BytesIO(body)
        deeds = _deeds(environ, body) if "/s3/" in environ.get("HTTP_AUTHORIZATION", "/s3/") else []
        if refused := [deed for deed in deeds if not self.allows(deed)]:
            self.denied += refused
            return _refuse(start_response)
        answer: list[Any] = []
        content = self.behind(environ, lambda status, headers, *_: answer.extend((status, headers)))
        if answer[0].startswith("404") and any(self._hides(deed) for deed in deeds):
            return _refuse(start_response)
        start_response(*answer)
        return content

    def _hides(self, deed: Deed) -> bool:
        bucket, _, key = deed.resource.partition("/")
        listing = Deed("s3:ListBucket", bucket, key)
        if deed.action != "s3:GetObject" or self.allows(listing):
            return False
        self.denied.append(listing)
        return True


def _allows(statement: dict[str, Any], deed: Deed) -> bool:
    listed = statement.get("Condition", {}).get("StringLike", {}).get("s3:prefix")
    return (
        deed.action in statement["Action"]
        and any(fnmatchcase(deed.resource, resource) for resource in statement["Resource"])
        and (listed is None or any(fnmatchcase(deed.prefix or "", prefix) for prefix in listed))
    )


def _deeds(environ: dict[str, Any], body: bytes) -> list[Deed]:
    """Return what a request asks S3 to do."""
    method, asked = environ["REQUEST_METHOD"], parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    bucket, _, key = unquote(environ["PATH_INFO"]).strip("/").partition("/")
    at = f"arn:aws:s3:::{bucket}"
    if not key:
        if method == "POST":
            return [Deed("s3:DeleteObject", f"{at}/{one}") for one in re.findall(r"<Key>(.*?)</Key>", body.decode())]
        return [Deed("s3:ListBucket", at, asked.get("prefix", [""])[0])]
    if method == "DELETE":
        return [Deed("s3:AbortMultipartUpload" if "uploadId" in asked else "s3:DeleteObject", f"{at}/{key}")]
    return [Deed("s3:GetObject" if method in ("GET", "HEAD") else "s3:PutObject", f"{at}/{key}")]


def _refuse(start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("403 Forbidden", [("Content-Type", "application/xml")])
    return [_DENIED]
