"""Client certificates and private authorities, against a server that demands them."""

import ssl
import tempfile
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import ValidationError

from glue_lib.api.client import HttpSend
from glue_lib.api.exchange import Cut, SignedRequest
from glue_lib.api.hosts import Host
from glue_lib.api.tls import Tls, contexts
from glue_lib.errors import ApiError, ConfigError

TLS = Tls(certificate="${secret:bank#certificate}", key="${secret:bank#key}", ca="${secret:bank#ca}")


class Authority:
    """Signs certificates."""

    def __init__(self, name: str) -> None:
        self._name, self._key = (
            x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]),
            ec.generate_private_key(ec.SECP256R1()),
        )
        self.certificate = self._signed(self._name, self._key, is_authority=True)

    def issue(self, name: str, password: bytes | None = None) -> tuple[str, str]:
        """Return a certificate for a name and its key, as PEM."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        cipher = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
        written = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, cipher)
        return self._signed(subject, key), written.decode()

    def _signed(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, *, is_authority: bool = False) -> str:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        )
        return builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        who = dict(pair[0] for pair in self.connection.getpeercert()["subject"])["commonName"]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(who.encode())

    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def authority():
    return Authority("Example Root")


@pytest.fixture
def bank(authority, tmp_path):
    """An API that lets in only those with a certificate of the authority."""
    certificate, key = authority.issue("localhost")
    (tmp_path / "server.pem").write_text(certificate + key)
    (tmp_path / "ca.pem").write_text(authority.certificate)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=tmp_path / "ca.pem")
    context.load_cert_chain(tmp_path / "server.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    server = HTTPServer(("localhost", 0), Handler)
    server.handle_error = lambda *arguments: None
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"https://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


def secrets_of(certificate: str, key: str, ca: str):
    held = {"certificate": certificate, "key": key, "ca": ca, "password": "open sesame"}
    return lambda text: held[text.partition("#")[2].rstrip("}")] if text.startswith("${secret") else text


def send_of(tls: Tls, secrets, url: str) -> HttpSend:
    return HttpSend(1, tls=contexts(tls, secrets, url))


def test_a_client_certificate_tells_who_asks(authority, bank):
    secrets = secrets_of(*authority.issue("headwater"), authority.certificate)

    answer = send_of(TLS, secrets, bank)(SignedRequest("GET", f"{bank}/x"), 5)

    assert answer.read() == b"headwater"


def test_the_certificate_and_key_may_stand_in_one_text_with_written_line_breaks(authority, bank):
    both = "".join(authority.issue("headwater")).strip().replace("\n", "\\n")
    tls = Tls(certificate="${secret:bank#certificate}", ca="${secret:bank#ca}")

    answer = send_of(tls, secrets_of(both, "", authority.certificate), bank)(SignedRequest("GET", f"{bank}/x"), 5)

    assert answer.read() == b"headwater"


def test_an_encrypted_key_is_opened(authority, bank):
    secrets = secrets_of(*authority.issue("headwater", b"open sesame"), authority.certificate)
    tls = TLS.model_copy(update={"key_password": "${secret:bank#password}"})

    assert send_of(tls, secrets, bank)(SignedRequest("GET", f"{bank}/x"), 5).read() == b"headwater"
    with pytest.raises(ConfigError, match="whether it needs a `key_password`"):
        TLS.context(secrets)


def test_without_its_certificate_the_request_is_refused(authority, bank):
    tls = Tls(ca="${secret:bank#ca}")

    with pytest.raises(Cut):
        send_of(tls, secrets_of("", "", authority.certificate), bank)(SignedRequest("GET", f"{bank}/x"), 5)


def test_an_authority_that_nobody_declared_is_not_trusted(authority, bank):
    secrets = secrets_of(*authority.issue("headwater"), Authority("Other Root").certificate)

    for send in (send_of(TLS, secrets, bank), HttpSend(1)):
        with pytest.raises(ApiError, match=r"certificate is not trusted; name the authority behind it under `tls\.ca`"):
            send(SignedRequest("GET", f"{bank}/x"), 5)


def test_the_certificate_is_shown_to_declared_hosts_only(authority):
    secrets = secrets_of(*authority.issue("headwater"), authority.certificate)
    hosts = [Host(host="files.example.org"), Host(host="eu.example.org:8443", credentials=True)]

    assert set(contexts(TLS, secrets, "https://API.example.org/v1", hosts)) == {
        "https://api.example.org/",
        "https://eu.example.org:8443/",
    }
    assert contexts(None, secrets, "https://api.example.org") == {}


def test_nothing_of_the_key_stays_on_a_disk(authority, monkeypatch, tmp_path):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)

    TLS.context(secrets_of(*authority.issue("headwater"), authority.certificate))

    assert list(tmp_path.iterdir()) == []


def test_an_error_names_the_field_and_shows_no_key(authority):
    certificate, _ = authority.issue("headwater")
    _, other = authority.issue("another")

    for secrets, said in (
        (secrets_of(certificate, other, authority.certificate), "check that `key` belongs to `certificate`"),
        (secrets_of(certificate, "s3cr3t", authority.certificate), r"tls.key: `\$\{secret:bank#key\}` is no text that"),
        (secrets_of("", "", authority.certificate), r"tls.certificate: .* is no text that begins with `-----BEGIN`"),
        (secrets_of(certificate, other, "-----BEGIN nothing"), "tls.ca: .* holds no certificate that can be read"),
    ):
        with pytest.raises(ConfigError, match=said) as raised:
            TLS.context(secrets)
        assert "s3cr3t" not in str(raised.value)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "needs `certificate`, `ca` or both"),
        ({"key": "${secret:x}", "ca": "x"}, "`key` needs its `certificate`"),
        ({"certificate": "x", "key": "-----BEGIN PRIVATE KEY-----"}, "must be a reference"),
    ],
)
def test_what_cannot_work_is_an_error_of_the_file(fields, said):
    with pytest.raises(ValidationError, match=said):
        Tls(**fields)
