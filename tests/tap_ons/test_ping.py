"""`tap-ons ping`, and what TLS itself refuses: real handshakes with the simulator."""

from __future__ import annotations

import logging
import os
import socket
import socketserver
import ssl
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from connector_kit.errors import ExitCode, LoginRequiredError, UnreachableError
from provider_simulators.ons import Environment
from tap_ons.auth import ClientCertificate
from tap_ons.client import Connection
from tap_ons.tls import client_context, explanation

from tests.tap_ons.conftest import tap_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SINCE = {"start_date": "2025-01-01"}
DEVELOPMENT, PRODUCTION = Environment.DEVELOPMENT, Environment.PRODUCTION


def test_a_good_certificate_is_accepted(ons: Any, tap_ons: Any) -> None:
    simulator = ons()
    run = tap_ons(tap_settings(simulator), "ping")
    assert run.code == ExitCode.OK, run.stderr
    assert run.stdout == f"Ons accepts the certificate at {simulator.url}.\n"


def test_an_encrypted_key_and_an_archive_are_accepted_too(ons: Any, tap_ons: Any) -> None:
    simulator = ons()
    settings = tap_settings(simulator, encrypted_key=True)
    assert tap_ons(settings, "ping").code == ExitCode.OK
    password = settings["client_key_password"]
    archive = {"client_pkcs12": str(simulator.certificates.pkcs12(DEVELOPMENT)), "client_pkcs12_password": password}
    server = {name: settings[name] for name in ("api_url", "ca_bundle")}
    assert tap_ons({**server, **archive}, "ping").code == ExitCode.OK


REFUSED = {
    "of another environment": (PRODUCTION, "valid", "HTTP 403", "does not belong to this address: set environment"),
    "of an unknown authority": (DEVELOPMENT, "foreign", "HTTP 495", "is expired, disabled, or signed by"),
    "expired": (DEVELOPMENT, "expired", "the client certificate expired on", "request a new one"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_certificate_that_does_not_do_ends_in_one_line(case: str, ons: Any, tap_ons: Any) -> None:
    environment, kind, reason, advice = REFUSED[case]
    simulator = ons()
    certificate = str(simulator.certificates.client(environment, kind))
    settings = {**tap_settings(simulator), **SINCE, "client_certificate": certificate}
    ping, sync = tap_ons(settings, "ping"), tap_ons(settings)
    assert (ping.code, sync.code) == (ExitCode.LOGIN, ExitCode.LOGIN)
    assert reason in ping.complaint
    assert advice in ping.complaint
    assert reason in sync.complaint
    states = [message["value"]["bookmarks"] for message in sync.messages if message["type"] == "STATE"]
    assert not any(bookmark for state in states for bookmark in state.values())


@pytest.mark.parametrize("status", [403, 495])
def test_a_certificate_that_was_disabled_is_refused(status: int, ons: Any, tap_ons: Any) -> None:
    simulator = ons(revoked_status=status)
    settings = tap_settings(simulator)
    simulator.backend.revoke(ClientCertificate.from_settings(settings).leaf.serial_number)
    run = tap_ons(settings, "ping")
    assert run.code == ExitCode.LOGIN
    assert f"HTTP {status}: the client certificate" in run.complaint


@pytest.mark.parametrize("command", [["ping"], []])
def test_an_aborted_handshake_is_a_refused_certificate(command: list[str], ons: Any, tap_ons: Any) -> None:
    simulator = ons(certificate_refused="handshake")
    certificate = str(simulator.certificates.client(DEVELOPMENT, "foreign"))
    run = tap_ons({**tap_settings(simulator), **SINCE, "client_certificate": certificate}, *command)
    assert run.code == ExitCode.LOGIN
    assert "refuses the client certificate (" in run.complaint  # mostly the alert; now and then it gets lost


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (400, ExitCode.LOGIN, "no client certificate arrived"),
        (401, ExitCode.LOGIN, "Ons does not know the client certificate"),
        (496, ExitCode.LOGIN, "no client certificate arrived"),
        (404, ExitCode.FAILED, "there is no Ons at this address"),
        (503, ExitCode.FAILED, "Ons is being updated: try again in some minutes"),
        (500, ExitCode.FAILED, "the provider has a failure"),
    ],
)
def test_every_answer_to_a_ping_says_what_to_do(
    status: int, code: ExitCode, message: str, ons: Any, tap_ons: Any
) -> None:
    simulator = ons()
    simulator.faults.add(action="status", path="/ping", status=status, times=None)
    run = tap_ons(tap_settings(simulator), "ping")
    assert run.code == code
    assert f"HTTP {status}: {message}" in run.complaint


def test_a_server_of_an_unknown_authority_gets_nothing(ons: Any, tap_ons: Any) -> None:
    simulator = ons()
    settings = {**tap_settings(simulator), **SINCE}
    del settings["ca_bundle"]
    for command in (["ping"], []):
        run = tap_ons(settings, *command)
        assert run.code == ExitCode.FAILED
        assert "cannot trust 127.0.0.1" in run.complaint
        assert "ca_bundle" in run.complaint
    assert simulator.log.requests() == []


def test_verification_cannot_be_turned_off(ons: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither by a session nor by the environment, and a bundle of the environment is not trusted either."""
    simulator = ons()
    settings = tap_settings(simulator)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", settings.pop("ca_bundle"))
    connection = Connection.from_settings(settings, version="1", logger=logging.getLogger("test"))
    connection.session.http.verify = False
    with pytest.raises(UnreachableError, match="cannot trust"):
        connection.session.http.get(f"{simulator.url}/ping", timeout=5)
    # Asked for on purpose: not even a single call can switch the verification off.
    with pytest.raises(UnreachableError, match="cannot trust"):
        connection.session.http.get(f"{simulator.url}/ping", timeout=5, verify=False)


def test_the_address_must_be_https(ons: Any, tap_ons: Any) -> None:
    simulator = ons()
    run = tap_ons({**tap_settings(simulator), "api_url": "http://127.0.0.1:9"}, "ping")
    assert run.code == ExitCode.SETTINGS
    assert "setting api_url: must be https" in run.complaint


def test_a_bundle_without_certificates_is_refused(ons: Any, tap_ons: Any) -> None:
    simulator = ons()
    settings = tap_settings(simulator)
    run = tap_ons({**settings, "ca_bundle": settings["client_key"]}, "ping")
    assert run.code == ExitCode.SETTINGS
    assert "setting ca_bundle: there are no certificates" in run.complaint


@pytest.fixture
def handed_over(ons: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], tuple[Path, int, str]]:
    """Build a context, and tell from what OpenSSL has read the key: path, mode and content."""

    def build() -> tuple[Path, int, str]:
        certificate = ClientCertificate.from_settings(tap_settings(ons()))
        seen: list[tuple[Path, int, str]] = []
        load = ssl.SSLContext.load_cert_chain

        def watch(self: ssl.SSLContext, certfile: Path, **options: Any) -> None:
            seen.append((certfile, certfile.stat().st_mode & 0o777, certfile.read_text()))
            load(self, certfile, **options)

        monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", watch)
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        context = client_context(certificate, None)
        assert context.minimum_version == ssl.TLSVersion.TLSv1_2
        assert context.verify_mode == ssl.CERT_REQUIRED
        assert context.check_hostname
        ((path, mode, content),) = seen
        return path, mode, content

    return build


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="only Linux has files in memory")
def test_the_private_key_never_touches_the_disk(handed_over: Any, tmp_path: Path) -> None:
    path, mode, content = handed_over()
    assert path.parent == Path("/proc/self/fd")
    assert mode == 0o600
    assert "BEGIN ENCRYPTED PRIVATE KEY" in content
    assert not path.exists()
    assert list(tmp_path.iterdir()) == []


def test_without_files_in_memory_the_key_is_on_the_disk_encrypted_and_for_a_moment(
    handed_over: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "memfd_create", raising=False)
    path, mode, content = handed_over()
    assert path.is_relative_to(tmp_path)
    assert mode == 0o600
    assert "BEGIN ENCRYPTED PRIVATE KEY" in content
    assert "BEGIN PRIVATE KEY" not in content
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_nobody_knows_is_told_from_a_machine_that_refuses(ons: Any, tap_ons: Any) -> None:
    settings = tap_settings(ons())
    run = tap_ons({**settings, "api_url": "https://ons.invalid"}, "ping")
    assert run.code == ExitCode.FAILED
    assert "the name ons.invalid is unknown here: check api_url and the name server" in run.complaint
    run = tap_ons({**settings, "api_url": f"https://127.0.0.1:{free_port()}"}, "ping")
    assert run.code == ExitCode.FAILED
    assert "127.0.0.1 refuses the connection: check api_url" in run.complaint


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (407, "the proxy wants a login (HTTP 407)"),
        (403, "the proxy refuses to connect to Ons (HTTP 403): let its keepers allow it"),
        (None, "the proxy cannot be reached"),
    ],
)
def test_a_proxy_in_the_way_is_named(status: int | None, advice: str, ons: Any, tap_ons: Any) -> None:
    settings = {**tap_settings(ons()), "api_url": "https://ons.invalid"}
    with answering(f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n" if status else None) as port:
        run = tap_ons(settings, "ping", HTTPS_PROXY=f"http://127.0.0.1:{port}", NO_PROXY="", no_proxy="")
    assert run.code == ExitCode.FAILED
    assert advice in run.complaint
    assert "HTTPS_PROXY names the proxy" in run.complaint


def test_a_port_without_tls_is_told(ons: Any, tap_ons: Any) -> None:
    with answering("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n") as port:
        run = tap_ons({**tap_settings(ons()), "api_url": f"https://127.0.0.1:{port}"}, "ping")
    assert run.code == ExitCode.FAILED
    assert f"127.0.0.1:{port} does not speak TLS: check api_url" in run.complaint


def test_a_login_page_in_the_place_of_ons_is_told(ons: Any, tap_ons: Any) -> None:
    simulator = ons()
    simulator.faults.add(action="status", path="/ping", status=302, times=None)
    run = tap_ons(tap_settings(simulator), "ping")
    assert run.code == ExitCode.FAILED
    assert "HTTP 302: something between here and Ons answers in its place" in run.complaint


@pytest.mark.parametrize(
    ("alert", "kind", "meaning"),
    [
        ("SSLV3_ALERT_CERTIFICATE_EXPIRED", LoginRequiredError, "it is expired: request a new one"),
        ("SSLV3_ALERT_CERTIFICATE_REVOKED", LoginRequiredError, "it is disabled"),
        ("TLSV13_ALERT_CERTIFICATE_REQUIRED", LoginRequiredError, "none arrived: let no proxy"),
        ("TLSV1_ALERT_UNKNOWN_CA", LoginRequiredError, "its authority is that of another environment"),
        ("SSLV3_ALERT_HANDSHAKE_FAILURE", LoginRequiredError, "none arrived, or it is expired, disabled"),
        ("SSLV3_ALERT_BAD_CERTIFICATE", LoginRequiredError, "it is expired, disabled, or of another environment"),
        ("TLSV1_ALERT_PROTOCOL_VERSION", UnreachableError, "it does not speak TLS 1.2 or later"),
        ("TLSV1_ALERT_INTERNAL_ERROR", UnreachableError, "it has a failure: try again later"),
    ],
)
def test_every_alert_of_tls_says_what_to_do(alert: str, kind: type[Exception], meaning: str) -> None:
    error = ssl.SSLError()
    error.reason = alert
    explained = explanation([error], "api.ons.io")
    assert type(explained) is kind
    assert meaning in str(explained)


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
    return port


@contextmanager
def answering(text: str | None) -> Iterator[int]:
    """A port that gives every connection this answer, or where nothing listens."""
    if text is None:
        yield free_port()
        return

    class Answer(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(4096)
            self.request.sendall(text.encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Answer) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
