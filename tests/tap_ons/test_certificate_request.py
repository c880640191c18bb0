"""`tap-ons certificate-request`: a key and a request by the rules of Ons."""

from __future__ import annotations

import os
import pty
import subprocess
from typing import TYPE_CHECKING

import pytest
from connector_kit.errors import ExitCode
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.tap_ons.conftest import TAP, Run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PASSWORD = "correct-horse-battery"
PARTS = {
    "connector": "hr_export",
    "customer": "TE1002",
    "identification": "first",
    "organisation": "Zorg & Thuis B.V.",
    "unit": "Gegevens",
    "locality": "'s-Hertogenbosch",
    "province": "Noord-Brabant",
    "email": "koppelingen@example.org",
}
NAME = "hr_export-TE1002-first"


@pytest.fixture
def make_request(tmp_path: Path) -> Callable[..., Run]:
    """Run the command in a folder of its own, where nobody can be asked."""

    def run(*arguments: str, parts: dict[str, str] | None = None, **environment: str) -> Run:
        options = [word for name, value in (PARTS if parts is None else parts).items() for word in (f"--{name}", value)]
        done = subprocess.run(
            [TAP, "certificate-request", *options, *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **environment},
        )
        return Run(code=done.returncode, stdout=done.stdout, stderr=done.stderr)

    return run


def test_key_and_request_meet_the_rules_of_ons(make_request: Callable[..., Run], tmp_path: Path) -> None:
    run = make_request()
    assert run.code == ExitCode.OK, run.stderr
    key_file, request_file = tmp_path / f"{NAME}.key", tmp_path / f"{NAME}.csr"
    assert key_file.stat().st_mode & 0o777 == 0o600
    key = serialization.load_pem_private_key(key_file.read_bytes(), None)
    request = x509.load_pem_x509_csr(request_file.read_bytes())
    assert isinstance(key, rsa.RSAPrivateKey)
    assert key.key_size == 4096
    assert request.is_signature_valid
    assert request.public_key() == key.public_key()
    assert {part.rfc4514_attribute_name: part.value for part in request.subject} == {
        "CN": NAME,
        "OU": "Gegevens",
        "O": "Zorg & Thuis B.V.",
        "L": "'s-Hertogenbosch",
        "ST": "Noord-Brabant",
        "C": "NL",
        "1.2.840.113549.1.9.1": "koppelingen@example.org",
    }
    assert f"{NAME} (development)" in run.stdout
    assert f"client_key to {NAME}.key" in run.stdout
    assert "PRIVATE KEY" not in run.stdout + run.stderr


def test_nothing_is_ever_overwritten(make_request: Callable[..., Run], tmp_path: Path) -> None:
    request = tmp_path / f"{NAME}.csr"
    request.write_text("an older one")
    run = make_request()
    assert run.code == ExitCode.SETTINGS
    assert "it exists, and keys and requests are never overwritten: choose another name" in run.complaint
    assert request.read_text() == "an older one"
    (tmp_path / "mine.key").symlink_to(tmp_path / "elsewhere")
    run = make_request("--key", "mine.key", "--request", "mine.csr")
    assert run.code == ExitCode.SETTINGS
    assert {path.name for path in tmp_path.iterdir()} == {request.name, "mine.key"}


def test_a_key_without_its_request_is_not_left_behind(make_request: Callable[..., Run], tmp_path: Path) -> None:
    run = make_request("--key", "ons.key", "--request", "nowhere/ons.csr")
    assert run.code == ExitCode.SETTINGS
    assert "nowhere/ons.csr: it cannot be written: No such file or directory" in run.complaint
    assert list(tmp_path.iterdir()) == []


def test_the_key_can_be_encrypted_from_the_start(make_request: Callable[..., Run], tmp_path: Path) -> None:
    run = make_request("--encrypt")
    assert run.code == ExitCode.SETTINGS
    assert "environment variable TAP_ONS_CLIENT_KEY_PASSWORD is missing" in run.complaint
    run = make_request("--encrypt", TAP_ONS_CLIENT_KEY_PASSWORD=PASSWORD)
    assert run.code == ExitCode.OK, run.stderr
    assert PASSWORD not in run.stdout + run.stderr
    content = (tmp_path / f"{NAME}.key").read_bytes()
    assert content.startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    serialization.load_pem_private_key(content, PASSWORD.encode())


WRONG = {
    "connector": ("HR-export", "Invalid value for '--connector': only small letters, digits and _"),
    "customer": ("TE-1002", "Invalid value for '--customer': TE, CF, DF or MF and four digits"),
    "identification": ("first try", "Invalid value for '--identification': only letters, digits and _"),
    "organisation": (" ", "organisation: it must be filled in"),
    "unit": ("u" * 65, "unit: at most 64 characters, these are 65"),
    "country": ("Netherlands", "country: two capital letters, such as NL"),
    "email": ("data at example.org", "email: not an e-mail address"),
}


@pytest.mark.parametrize("part", WRONG)
def test_what_ons_would_refuse_is_refused_here(part: str, make_request: Callable[..., Run], tmp_path: Path) -> None:
    value, message = WRONG[part]
    run = make_request(parts={**PARTS, part: value})
    assert run.code in {2, ExitCode.SETTINGS}
    assert run.complaint.startswith(message)
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_too_long_for_a_certificate_is_refused(make_request: Callable[..., Run]) -> None:
    run = make_request(parts={**PARTS, "identification": "x" * 60})
    assert run.code == ExitCode.SETTINGS
    assert run.complaint == "common name: at most 64 characters, these are 77"


def test_a_customer_code_of_a_new_form_is_taken_with_a_word(make_request: Callable[..., Run]) -> None:
    run = make_request(parts={**PARTS, "customer": "XY12345"})
    assert run.code == ExitCode.OK
    assert "Customer code XY12345 is of no form that is known" in run.stderr


def test_without_a_terminal_a_missing_part_is_demanded(make_request: Callable[..., Run]) -> None:
    run = make_request(parts={name: value for name, value in PARTS.items() if name != "unit"})
    assert run.code == 2
    assert run.complaint == "Missing option '--unit'."


def test_in_a_terminal_a_missing_part_and_the_password_are_asked_for(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    options = [word for name, value in PARTS.items() if name != "unit" for word in (f"--{name}", value)]
    with subprocess.Popen(
        [TAP, "certificate-request", *options, "--encrypt"],
        cwd=tmp_path,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        shown = b""
        for question, answer in (
            (b"Department of it (OU): ", "Gegevens"),
            (b"Password of the private key: ", PASSWORD),
            (b"Repeat for confirmation: ", PASSWORD),
        ):
            while question not in shown:
                shown += os.read(ours, 1024)
            os.write(ours, f"{answer}\n".encode())
        assert process.wait(timeout=60) == ExitCode.OK
    os.close(ours)
    assert PASSWORD.encode() not in shown
    serialization.load_pem_private_key((tmp_path / f"{NAME}.key").read_bytes(), PASSWORD.encode())
