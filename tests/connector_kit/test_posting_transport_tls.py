"""Over TLS: a bad certificate means that nothing was sent; after the handshake only an answer tells what happened."""

import datetime as dt
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from connector_kit.posting.answer import Answer, LostError, NotSentError
from connector_kit.posting.transport import Transport
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

RECEIVED: list[str] = []
ENOUGH = threading.Event()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        RECEIVED.append(self.path)
        if self.path == "/hang":
            ENOUGH.wait(5)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *args: object) -> None:
        """Quiet."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Handshakes fail on purpose."""


def make_certificate(path: Path) -> None:
    """A certificate for localhost, signed by itself, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))


@pytest.fixture(scope="module")
def tls_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    certificate = tmp_path_factory.mktemp("tls") / "localhost.pem"
    make_certificate(certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = _Server(("127.0.0.1", 0), _Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server.server_address[1], certificate
    ENOUGH.set()
    server.shutdown()
    server.server_close()


def put(url: str, path: str) -> Answer:
    transport = Transport(base_url=url, user_agent="test/1", timeout_seconds=1)
    try:
        return transport.request("PUT", path, document={})
    finally:
        transport.close()


def test_a_trusted_provider_is_written_to(tls_server: tuple[int, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    port, certificate = tls_server
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))

    assert put(f"https://localhost:{port}", "/trusted").status == 200


def test_an_unknown_authority_or_another_name_gets_nothing(
    tls_server: tuple[int, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    port, certificate = tls_server

    with pytest.raises(NotSentError):
        put(f"https://localhost:{port}", "/secret")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    with pytest.raises(NotSentError):
        put(f"https://127.0.0.1:{port}", "/secret")
    assert "/secret" not in RECEIVED


def test_silence_after_the_handshake_is_lost(tls_server: tuple[int, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    port, certificate = tls_server
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))

    with pytest.raises(LostError, match="time-out"):
        put(f"https://localhost:{port}", "/hang")
