"""An API on loopback that fails in every way there is, and each time says aloud the credentials that it was sent."""

import base64
import json
import re
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote, unquote, urlsplit

Reply = tuple[int, dict[str, str], bytes]
_CREDENTIAL = re.compile(
    r"(?:Basic|Bearer|Token|HMAC) ([^\s,]+)"
    r"|\"api_key\": ?\"((?:[^\"\\]|\\.)+)\""
    r"|X-Api-Key': '([^']+)'"
    r"|(?:Signature=|response=\")([0-9a-f]{16,})"
    r"|(?:SID|sid|sig|api_key|assertion|refresh_token|password|client_secret)=([^;&\s]+)"
)


class LeakyApi:
    """Answers by path; `seen` are the credentials that came, in the forms in which they came."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self.asked: list[str] = []
        self.wants_digest = False
        self.circle = ""
        self.token_failure: Callable[[str], Reply | None] = lambda echo: None
        self.base_url = ""

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Reply | None:
        """Return status, headers and body, or None to fall silent in the middle."""
        echo = f"{target} {headers.get('X-Api-Key')} {headers.get('Authorization')} {body.decode()} {headers}"
        self._notice(echo)
        path = urlsplit(target).path
        self.asked.append(path)
        if path in ("/token", "/login"):
            return self.token_failure(echo) or self._token(headers)
        if self.wants_digest and "Digest" not in headers.get("Authorization", ""):
            challenge = f'Digest realm="leaky", qop="auth", algorithm=SHA-256, nonce="{secrets.token_hex(8)}"'
            return 401, {"WWW-Authenticate": challenge}, b"{}"
        failure = FAILURES[path.strip("/")]
        return failure(self, echo, target)

    def _notice(self, echo: str) -> None:
        found = {next(filter(None, match.groups())) for match in _CREDENTIAL.finditer(echo)}
        self.seen |= {one.strip("'\"}") for one in found} | {unquote(one) for one in found}
        for pair in found:
            decoded = base64.b64decode(pair + "==", validate=False) if "Basic " + pair in echo else b""
            self.seen |= {half for half in decoded.decode(errors="replace").split(":") if len(half) > 3}

    def _token(self, headers: dict[str, str]) -> Reply:
        token, cookie, refresh = (secrets.token_urlsafe(24) for _ in range(3))
        self.seen |= {token, cookie, refresh}
        content = {"access_token": token, "refresh_token": refresh, "expires_in": 3600}
        return 200, {"Set-Cookie": f"SID={cookie}; Path=/"}, json.dumps(content).encode()


def _page(echo: str, **more: Any) -> Reply:
    return 200, {}, json.dumps({"data": [{"id": len(more)}], **more}).encode()


def _says(status: int, **headers: str) -> Callable[[LeakyApi, str, str], Reply]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda api, echo, target: (status, named, json.dumps({"message": f"no: {echo}"}).encode())


def _elsewhere(api: LeakyApi) -> str:
    return api.base_url.replace("127.0.0.1", "localhost")


def _linked(api: LeakyApi, echo: str, target: str) -> Reply:
    """Two pages; the link to the second repeats whatever the first request carried."""
    if "page=2" in target:
        return _page(echo)
    keys = "&".join(f"{name}={quote(value, safe='')}" for name, value in _repeated(echo))
    return _page(echo, next=f"{api.base_url}/linked?page=2&{keys}")


def _repeated(echo: str) -> Iterator[tuple[str, str]]:
    for number, match in enumerate(_CREDENTIAL.finditer(echo)):
        yield f"again{number}", unquote(next(filter(None, match.groups()))).strip("'\"}")


def _link_away(api: LeakyApi, echo: str, target: str) -> Reply:
    return _page(echo, next=f"{_elsewhere(api)}/elsewhere?{quote(echo)}")


def _circle(api: LeakyApi, echo: str, target: str) -> Reply:
    api.circle = api.circle or "&".join(f"{name}={quote(value, safe='')}" for name, value in _repeated(echo))
    following = f"{api.base_url}/circle?page={len(api.asked) % 2}&{api.circle}"
    return 200, {}, json.dumps({"data": [{"id": len(api.asked)}], "next": following}).encode()


FAILURES: dict[str, Callable[[LeakyApi, str, str], Reply | None]] = {
    "linked": _linked,
    "unauthorized": _says(401),
    "forbidden": _says(403),
    "missing": _says(404),
    "throttled": _says(429, Retry_After="0"),
    "broken": _says(500),
    "lengthy": lambda api, echo, target: (500, {}, json.dumps({"message": "x" * 150 + echo}).encode()),
    "html": lambda api, echo, target: (500, {}, f"<h1>{echo}</h1>".encode()),
    "page_of_html": lambda api, echo, target: (200, {}, f"<h1>{echo}</h1>".encode()),
    "no_json": lambda api, echo, target: (200, {}, json.dumps({"data": [echo]}).encode()[:-2]),
    "no_records": lambda api, echo, target: (200, {}, json.dumps({echo: [], "rows": echo}).encode()),
    "odd_records": lambda api, echo, target: (200, {}, json.dumps({"data": echo}).encode()),
    "error_in_200": lambda api, echo, target: (200, {}, json.dumps({"ok": False, "error": f"no: {echo}"}).encode()),
    "error_list": lambda api, echo, target: (200, {}, json.dumps({"errors": [{"message": echo}]}).encode()),
    "redirected": lambda api, echo, target: (302, {"Location": f"{_elsewhere(api)}/x?{quote(echo)}"}, b""),
    "redirected_badly": lambda api, echo, target: (302, {"Location": f"ftp://user:{quote(echo)}@h"}, b""),
    "link_away": _link_away,
    "circle": _circle,
    "cut": lambda api, echo, target: (200, {"Content-Length": "100000"}, b'{"data": ['),
    "silent": lambda api, echo, target: None,
    "odd_charset": lambda api, echo, target: (200, {"Content-Type": "text/json; charset=x-none"}, echo.encode()),
    "later": _says(429, Retry_After="86400"),  # the last: all further streams wait too
}


@contextmanager
def serving(api: LeakyApi) -> Iterator[LeakyApi]:
    """Serve on a free port while the block lasts."""
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        wbufsize = -1

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            reply = api.answer(self.command, self.path, dict(self.headers), body)
            if reply is None:
                over.wait(5)
                return
            status, headers, content = reply
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    api.base_url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield api
    finally:
        over.set()
        server.shutdown()
        server.server_close()
