"""The client against a real server on loopback: what only a socket can do wrong."""

import contextlib
import gzip
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from glue_lib.api.auth.api_key import ApiKeyAuth
from glue_lib.api.auth.bearer import BearerAuth
from glue_lib.api.client import Client, HttpSend
from glue_lib.api.exchange import Cut, SignedRequest
from glue_lib.api.limits import Limits
from glue_lib.api.pagination.link import LinkPages
from glue_lib.api.pagination.token import TokenPages
from glue_lib.api.request import Request
from glue_lib.api.retry import Retry
from glue_lib.errors import ApiError

TOKENS = TokenPages(read="body.next", write="query.cursor")
KEY = "sk-live-0123456789"


class Server(ThreadingHTTPServer):
    """Answers with the next of its `replies`, each a function of the handler; keeps the requests' lines and headers."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.replies = []
        self.asked = []
        self.connections = set()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request, client_address):
        """Stay quiet about connections that a test cuts."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.asked.append((self.path, dict(self.headers), time.monotonic()))
        self.server.connections.add(self.client_address)
        self.server.replies.pop(0)(self)

    def do_POST(self):
        self.server.sent_body = self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *arguments):
        pass

    def answer(self, status, content, headers=None, length=None):
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content) if length is None else length))
        self.end_headers()
        self.wfile.write(content)


def page(*ids, **rest):
    content = json.dumps({"data": [{"id": number} for number in ids], **rest}).encode()
    return lambda handler: handler.answer(200, content, {"Content-Type": "application/json"})


def status(code, headers=None, content=b"{}"):
    return lambda handler: handler.answer(code, content, headers)


def hang_up(handler):
    """Close the connection without a word."""
    handler.close_connection = True
    handler.connection.close()


def truncated(handler):
    """Promise more bytes than come."""
    handler.answer(200, b'{"data": [{"id": 1}', length=1000)
    hang_up(handler)


def truncated_without_length(handler):
    """Send half a body whose end only the closing shows."""
    handler.send_response(200)
    handler.send_header("Connection", "close")
    handler.end_headers()
    handler.wfile.write(b'{"data": [{"id": 1}')
    handler.close_connection = True


def truncated_chunk(handler):
    """Start a chunk and end the connection in it."""
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(b'40\r\n{"data": [{"id": 1}')
    hang_up(handler)


def truncated_gzip(handler):
    """Send half of a zipped body, and its true length."""
    half = gzip.compress(json.dumps({"data": [{"id": number} for number in range(1000)]}).encode())[:-200]
    handler.answer(200, half, {"Content-Encoding": "gzip"})


def too_short(handler):
    """Send a body that is whole JSON, and fewer bytes than were promised."""
    handler.answer(200, b'{"data": [{"id": 7}]}', length=100)
    hang_up(handler)


def no_http(handler):
    """Send what is no HTTP."""
    handler.wfile.write(b"\x00\x01 nonsense\r\n\r\n")
    hang_up(handler)


@pytest.fixture
def server():
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def client(server):
    def make(**options):
        defaults = {
            "name": "shop.things",
            "secrets": lambda text: text.replace("${secret:shop}", KEY),
            "limits": Limits(requests_per_second=1000),
            "retry": Retry(tries=3, base_seconds=0.01, timeout_seconds=2),
        }
        return Client(f"{server.url}/v1", **{**defaults, **options})

    return make


def walk(client, pagination=TOKENS, request=Request("/things")):  # noqa: B008
    return list(client.pages(request, pagination=pagination, records="data"))


def test_walks_over_one_kept_connection(server, client):
    server.replies += [page(1, next="b&c"), page(2)]

    pages = walk(client(auth=BearerAuth(token="${secret:shop}")))

    assert [page.records for page in pages] == [(b'{"id": 1}',), (b'{"id": 2}',)]
    assert [path for path, *_ in server.asked] == ["/v1/things", "/v1/things?cursor=b%26c"]
    assert {headers["Authorization"] for _, headers, _ in server.asked} == {f"Bearer {KEY}"}
    assert len(server.connections) == 1


@pytest.mark.parametrize(
    "setback", [hang_up, truncated, truncated_without_length, truncated_chunk, truncated_gzip, too_short, no_http]
)
def test_asks_again_when_the_answer_does_not_come_whole(server, client, setback):
    server.replies += [setback, setback, page(1)]

    (found,) = walk(client())

    assert found.records == (b'{"id": 1}',)
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    "setback", [hang_up, truncated, truncated_without_length, truncated_chunk, truncated_gzip, too_short, no_http]
)
def test_an_answer_that_never_comes_whole_is_an_error_without_credentials(server, client, setback):
    server.replies += [setback] * 3

    with pytest.raises(ApiError, match=r"shop\.things: GET /things, page 1: tried 3 times, at last it") as raised:
        walk(client(auth=ApiKeyAuth(key="${secret:shop}", write="query.api_key")))
    assert f"api_key={KEY}" in server.asked[0][0]
    assert KEY not in "".join(chain(raised.value))


def test_waits_as_retry_after_says(server, client):
    server.replies += [status(429, {"Retry-After": "0.4"}), page(1)]

    walk(client())

    (_, _, first), (_, _, second) = server.asked
    assert second - first >= 0.4


def test_a_server_that_keeps_silent_is_given_up(server, client):
    server.replies += [lambda handler: time.sleep(0.5)] * 2

    with pytest.raises(ApiError, match=r"tried 2 times.*no byte within 0\.1 seconds"):
        walk(client(retry=Retry(tries=2, base_seconds=0.01, timeout_seconds=0.1)))


def trickling_body(handler):
    """Send a byte now and then."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    trickle(handler, b" " * 1000)


def trickling_headers(handler):
    """Send a header that has no end."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    trickle(handler, b"x" * 1000)


def stalled_body(handler):
    """Send half of it and keep silent."""
    handler.answer(200, b'{"data": [', length=1000)
    time.sleep(5)  # far longer than anybody waits for it, so that a machine under load hears nothing either
    handler.close_connection = True


def trickle(handler, content):
    handler.close_connection = True
    with contextlib.suppress(OSError):
        for byte in content:
            handler.wfile.write(bytes([byte]))
            time.sleep(0.03)


@pytest.mark.parametrize(
    ("slow", "said"),
    [
        (trickling_body, r"not whole within 0\.2 seconds"),
        (trickling_headers, r"not whole within 0\.2 seconds"),
        (stalled_body, r"no byte within 0\.15 seconds"),
    ],
)
def test_an_answer_that_takes_for_ever_is_cut(server, slow, said):
    server.replies += [slow]
    total = 30 if slow is stalled_body else 0.2

    with pytest.raises(Cut, match=said):
        HttpSend(1, total_seconds=total)(SignedRequest("GET", f"{server.url}/x"), 0.15 if slow is stalled_body else 30)


def test_an_answer_that_was_cut_is_asked_for_again(server, client):
    server.replies += [stalled_body, page(1)]
    waits = iter([0.15])
    send = HttpSend(1)

    def patient(request, timeout_seconds):
        return send(request, next(waits, 30))  # a machine under load may be slow to answer the second time

    (found,) = walk(client(retry=Retry(tries=2, base_seconds=0.01), send=patient))

    assert found.records == (b'{"id": 1}',)
    assert len(server.asked) == 2


@pytest.mark.parametrize("came", [b"", b"a,b\n1,2\n"])
def test_an_answer_shorter_than_announced_is_none_even_when_it_could_be_whole(server, came):
    def short(handler):
        handler.answer(200, came, {"Content-Type": "text/csv"}, length=100)
        hang_up(handler)

    server.replies += [short]

    with pytest.raises(Cut):
        HttpSend(1)(SignedRequest("GET", f"{server.url}/x"), 5)


@pytest.mark.parametrize("code", [204, 304])
def test_an_answer_that_has_no_body_is_whole(server, code):
    server.replies += [lambda handler: (handler.send_response(code), handler.end_headers())]

    answer = HttpSend(1)(SignedRequest("GET", f"{server.url}/x"), 5)

    assert (answer.status, answer.read()) == (code, b"")


def test_a_long_body_lies_in_a_file_and_can_be_read_twice(server):
    content = b"x" * 9_000_000
    server.replies += [lambda handler: handler.answer(200, content, {"Content-Encoding": "identity"})]

    body = HttpSend(1)(SignedRequest("GET", f"{server.url}/x"), 5).body

    assert body.is_spooled and body.size == len(content)
    assert body.read() == body.open().read() == content


def test_a_zipped_bomb_stops_at_the_largest_answer_that_is_taken(server, client):
    bomb = gzip.compress(b" " * 20_000_000)
    server.replies += [lambda handler: handler.answer(200, bomb, {"Content-Encoding": "gzip"})]

    with pytest.raises(ApiError, match=r"longer than 1 MB; ask for smaller pages, or raise `limits.largest_answer_mb`"):
        walk(client(send=HttpSend(1, largest_bytes=2**20)))
    assert len(server.asked) == 1


def test_a_bomb_in_a_file_that_the_api_sends_stops_there_too(server, client):
    server.replies += [lambda handler: handler.answer(200, gzip.compress(b" " * 20_000_000), {})]

    with pytest.raises(ApiError, match=r"longer than 1 MB when it is unpacked; .*`limits.largest_answer_mb`"):
        walk(client(send=HttpSend(1, largest_bytes=2**20)))


def test_a_connection_is_kept_after_refusals_too(server, client):
    server.replies += [status(503, content=b"busy" * 1000), page(1, next="b"), page(2)]

    walk(client())

    assert len(server.connections) == 1


def test_pages_side_by_side_are_each_asked_over_a_connection_of_their_own(server, client):
    server.replies += [page(number, next=str(number)) for number in range(1, 9)] + [page(9)]

    found = walk(client(threads_ahead=2))

    assert [record for one in found for record in one.records] == [b'{"id": %d}' % number for number in range(1, 10)]


def test_a_server_that_is_not_there_is_an_error_without_credentials():
    with Server() as closed:
        address = closed.url
    gone = Client(
        address,
        name="shop.things",
        secrets=lambda text: text.replace("${secret:shop}", KEY),
        auth=ApiKeyAuth(key="${secret:shop}", write="query.api_key"),
        retry=Retry(tries=2, base_seconds=0.01),
    )

    with pytest.raises(
        ApiError, match="tried 2 times, at last it brought no whole answer: Connection refused"
    ) as raised:
        walk(gone)
    assert KEY not in "".join(chain(raised.value))


def test_a_redirect_takes_no_credentials_along(server, client):
    with Server() as other:
        server.replies += [status(302, {"Location": f"{other.url}/steal"})]

        with pytest.raises(ApiError, match="answered 302: the API points to"):
            walk(client(auth=BearerAuth(token="${secret:shop}")))
        assert other.asked == []


def test_a_netrc_file_does_not_replace_the_credentials(server, client, tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login someone password else")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    server.replies += [page(1)]

    walk(client(auth=BearerAuth(token="${secret:shop}")))

    assert server.asked[0][1]["Authorization"] == f"Bearer {KEY}"


def test_cookies_are_not_kept(server, client):
    server.replies += [
        lambda handler: handler.answer(200, b'{"data": [{"id": 1}], "next": "b"}', {"Set-Cookie": "session=1"}),
        page(2),
    ]

    walk(client())

    assert "Cookie" not in server.asked[1][1]


def test_follows_link_headers_and_unzips(server, client):
    zipped = gzip.compress(b'{"data": [{"id": 1.10}]}')
    headers = {"Link": '</v1/things?page=2>; rel="next"', "Content-Encoding": "gzip"}
    server.replies += [lambda handler: handler.answer(200, zipped, headers), page(2)]

    assert [found.records for found in walk(client(), LinkPages())] == [(b'{"id": 1.10}',), (b'{"id": 2}',)]
    assert server.asked[1][0] == "/v1/things?page=2"


def test_a_value_in_a_path_stays_encoded_on_the_wire(server, client):
    server.replies += [page(1)]

    walk(client(), request=Request("/c/{id}/x", fill={"id": "../a/b?c é"}))

    assert server.asked[0][0] == "/v1/c/..%2Fa%2Fb%3Fc%20%C3%A9/x"


def test_posts_a_body(server, client):
    server.replies += [page(1)]

    walk(client(), request=Request("/search", "POST", body={"q": "é", "big": 12345678901234567890}))

    assert json.loads(server.sent_body) == {"q": "é", "big": 12345678901234567890}


def test_an_address_that_cannot_be_asked_is_an_error_at_once():
    with pytest.raises(ApiError, match="cannot be sent: InvalidURL") as raised:
        HttpSend(1)(SignedRequest("GET", f"http://[bad/?api_key={KEY}"), 1)
    assert KEY not in "".join(chain(raised.value))


def test_a_cut_tells_why_without_the_url(server):
    server.replies += [hang_up]

    with pytest.raises(Cut) as raised:
        HttpSend(1)(SignedRequest("GET", f"{server.url}/x?api_key={KEY}"), 1)
    assert KEY not in "".join(chain(raised.value))
    assert str(raised.value)


def chain(error):
    """What a traceback would print of an error and of those behind it."""
    while error:
        yield f"{error!r} {error} "
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
