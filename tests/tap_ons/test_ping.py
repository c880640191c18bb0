"""`tap-ons ping`, and what TLS itself refuses: real handshakes with the simulator."""

from __future__ import annotations

import logging
import ssl
from typing import TYPE_CHECKING, Any

import pytest
from connector_kit.errors import ExitCode, UnreachableError
from provider_simulators.ons import Environment
from tap_ons.auth import ClientCertificate
from tap_ons.client import Connection
from tap_ons.tls import client_context

from tests.tap_ons.conftest import tap_settings

if TYPE_CHECKING:
    from pathlib import Path

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
    settings = {**tap_settings(simulator), "client_certificate": certificate}
    ping, sync = tap_ons(settings, "ping"), tap_ons(settings)
    assert (ping.code, sync.code) == (ExitCode.LOGIN, ExitCode.LOGIN)
    assert reason in ping.complaint
    assert advice in ping.complaint
    assert reason in sync.complaint
    assert sync.bookmarks == []


@pytest.mark.parametrize("command", [["ping"], []])
def test_an_aborted_handshake_is_a_refused_certificate(command: list[str], ons: Any, tap_ons: Any) -> None:
    simulator = ons(certificate_refused="handshake")
    certificate = str(simulator.certificates.client(DEVELOPMENT, "foreign"))
    run = tap_ons({**tap_settings(simulator), "client_certificate": certificate}, *command)
    assert run.code == ExitCode.LOGIN
    assert "refuses the client certificate (" in run.complaint  # mostly the alert; now and then it gets lost


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (400, ExitCode.LOGIN, "no client certificate arrived"),
        (401, ExitCode.LOGIN, "Ons does not know the client certificate"),
        (496, ExitCode.LOGIN, "no client certificate arrived"),
        (404, ExitCode.FAILED, "there is no Ons at this address"),
        (503, ExitCode.FAILED, "the provider has a failure"),
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
    settings = tap_settings(simulator)
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


def test_the_private_key_touches_the_disk_only_encrypted_and_only_for_a_moment(
    ons: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = ClientCertificate.from_settings(tap_settings(ons()))
    seen: list[tuple[int, str]] = []
    load = ssl.SSLContext.load_cert_chain

    def watch(self: ssl.SSLContext, certfile: Path, **options: Any) -> None:
        seen.append((certfile.stat().st_mode & 0o777, certfile.read_text()))
        load(self, certfile, **options)

    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", watch)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    context = client_context(certificate, None)
    ((mode, content),) = seen
    assert mode == 0o600
    assert "BEGIN ENCRYPTED PRIVATE KEY" in content
    assert "BEGIN PRIVATE KEY" not in content
    assert list(tmp_path.iterdir()) == []
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname
