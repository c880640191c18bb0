"""`tap-ons certificate`: every way to hand in a certificate, and every way to do it wrong."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from connector_kit.errors import ExitCode
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from tap_ons.common_name import CommonName

if TYPE_CHECKING:
    from collections.abc import Callable

PASSWORD = "correct-horse-battery"
PEM = serialization.Encoding.PEM
PKCS8 = serialization.PrivateFormat.PKCS8
CLEAR = serialization.NoEncryption()
OLD_ARCHIVE = Path(__file__).parent / "archives" / "rc2.pfx"
OLD_KEY = """-----BEGIN RSA PRIVATE KEY-----
Proc-Type: 4,ENCRYPTED
DEK-Info: DES-CBC,294CE85094D92A46

AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
-----END RSA PRIVATE KEY-----
"""
LOCKED = serialization.BestAvailableEncryption(PASSWORD.encode())


class Material:
    """A certificate of our own making, and its key, in every form."""

    def __init__(
        self, *, common_name: str = "hr_export-TE1002-test", days: int = 300, starts_in_days: int = -400
    ) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        now, name = datetime.now(UTC), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
        builder = x509.CertificateBuilder(name, name, self.key.public_key(), x509.random_serial_number())
        start, end = now + timedelta(days=starts_in_days), now + timedelta(days=days, minutes=5)
        self.certificate = builder.not_valid_before(start).not_valid_after(end).sign(self.key, hashes.SHA256())
        request = x509.CertificateSigningRequestBuilder(name).sign(self.key, hashes.SHA256())
        self.request = request.public_bytes(PEM).decode()
        self.pem = self.certificate.public_bytes(PEM).decode()
        self.key_pem = self.key.private_bytes(PEM, PKCS8, CLEAR).decode()
        self.locked_key = self.key.private_bytes(PEM, PKCS8, LOCKED).decode()
        self.old_locked_key = self.key.private_bytes(
            PEM, serialization.PrivateFormat.TraditionalOpenSSL, LOCKED
        ).decode()
        self.pkcs12 = pkcs12.serialize_key_and_certificates(b"ons", self.key, self.certificate, None, LOCKED)


GOOD = Material()
OTHER = Material()


def one_line(pem: str) -> str:
    return pem.replace("\n", "\\n")


FORMS: dict[str, dict[str, Any]] = {
    "text": {"client_certificate": GOOD.pem, "client_key": GOOD.key_pem},
    "text on one line": {"client_certificate": one_line(GOOD.pem), "client_key": one_line(GOOD.key_pem)},
    "files": {"client_certificate": "FILE:" + GOOD.pem, "client_key": "FILE:" + GOOD.key_pem},
    "one file with both": {"client_certificate": "FILE:" + GOOD.key_pem + GOOD.pem},
    "authority before the certificate": {"client_certificate": OTHER.pem + GOOD.pem, "client_key": GOOD.key_pem},
    "encrypted key": {
        "client_certificate": GOOD.pem,
        "client_key": GOOD.locked_key,
        "client_key_password": PASSWORD,
    },
    "encrypted key of the old form": {
        "client_certificate": GOOD.pem,
        "client_key": GOOD.old_locked_key,
        "client_key_password": PASSWORD,
    },
    "password that is not needed": {
        "client_certificate": GOOD.pem,
        "client_key": GOOD.key_pem,
        "client_key_password": PASSWORD,
    },
    "PKCS#12 in base64": {
        "client_pkcs12": base64.encodebytes(GOOD.pkcs12).decode(),
        "client_pkcs12_password": PASSWORD,
    },
    "PKCS#12 file": {"client_pkcs12": GOOD.pkcs12, "client_pkcs12_password": PASSWORD},
}


@pytest.fixture
def in_files(tmp_path: Path) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Put what should stand in a file there."""

    def place(settings: dict[str, Any]) -> dict[str, Any]:
        placed = dict(settings)
        for name, value in settings.items():
            if isinstance(value, bytes) or value.startswith("FILE:"):
                content = value if isinstance(value, bytes) else value.removeprefix("FILE:").encode()
                path = tmp_path / f"{name}.file"
                path.write_bytes(content)
                placed[name] = str(path)
        return placed

    return place


@pytest.mark.parametrize("form", sorted(FORMS))
def test_every_form_of_certificate_and_key_is_understood(form: str, tap_ons: Any, in_files: Any) -> None:
    run = tap_ons({**in_files(FORMS[form]), "environment": "development"}, "certificate")
    assert run.code == ExitCode.OK, run.stderr
    # It was made to be valid for 300 days; by now some minutes of the first may have passed.
    shown = dict(line.replace("(299 days", "(300 days").split(":", 1) for line in run.stdout.splitlines())
    assert {name: text.strip() for name, text in shown.items()} == {
        "Connector": "hr_export",
        "Customer code": "TE1002",
        "Environment": "development (by the customer code)",
        "Identification": "test",
        "Issued by": "CN=hr_export-TE1002-test",
        "Valid until": f"{GOOD.certificate.not_valid_after_utc:%Y-%m-%d %H:%M} UTC (300 days left)",
        "Private key": "belongs to the certificate (RSA, 2048 bits)",
    }
    assert run.stderr == ""


def test_what_a_certificate_says_can_be_read_by_programs(tap_ons: Any) -> None:
    run = tap_ons({**FORMS["text"], "environment": "staging"}, "certificate", "--json")
    assert run.code == ExitCode.OK
    facts = json.loads(run.stdout)
    assert facts.pop("days_left") in {299, 300}
    (warning,) = facts.pop("warnings")
    assert "is for development (customer TE1002), the settings ask staging" in warning
    assert facts == {
        "common_name": "hr_export-TE1002-test",
        "connector": "hr_export",
        "customer": "TE1002",
        "environment": "development",
        "identification": "test",
        "issuer": "CN=hr_export-TE1002-test",
        "valid_from": GOOD.certificate.not_valid_before_utc.isoformat(),
        "valid_until": GOOD.certificate.not_valid_after_utc.isoformat(),
        "key": "RSA, 2048 bits",
        "key_belongs": True,
        "old_ciphers": [],
    }


def test_an_archive_of_an_old_windows_is_read_and_its_ciphers_are_named(tap_ons: Any) -> None:
    """The file was made with `openssl pkcs12 -export -legacy`: RC2 for the certificate, 3DES for the key."""
    run = tap_ons({"client_pkcs12": str(OLD_ARCHIVE), "client_pkcs12_password": PASSWORD}, "certificate")
    assert run.code == ExitCode.OK, run.stderr
    assert "Archive:        encrypted with 3DES and RC2, obsolete; to convert it: openssl pkcs12 -legacy" in run.stdout


def test_an_old_archive_that_openssl_refuses_is_explained(tap_ons: Any) -> None:
    """Some systems have OpenSSL without its old ciphers; then a right password looks like a wrong one."""
    settings = {"client_pkcs12": str(OLD_ARCHIVE), "client_pkcs12_password": PASSWORD}
    run = tap_ons(settings, "certificate", CRYPTOGRAPHY_OPENSSL_NO_LEGACY="1")
    assert run.code == ExitCode.SETTINGS
    assert "is encrypted with 3DES and RC2, which OpenSSL may refuse here: convert it with openssl" in run.complaint
    assert "set client_certificate to ons.pem" in run.complaint


WRONG: dict[str, tuple[dict[str, Any], ExitCode, str]] = {
    "nothing": ({}, ExitCode.SETTINGS, "setting client_certificate (with client_key) or client_pkcs12 is missing"),
    "both kinds": (
        {**FORMS["text"], **FORMS["PKCS#12 in base64"]},
        ExitCode.SETTINGS,
        "client_certificate and client_pkcs12 exclude each other",
    ),
    "no key": ({"client_certificate": GOOD.pem}, ExitCode.SETTINGS, "setting client_key is missing"),
    "no such file": (
        {"client_certificate": "/nowhere/ons.pem", "client_key": GOOD.key_pem},
        ExitCode.SETTINGS,
        "setting client_certificate: the file cannot be read: No such file or directory",
    ),
    "wrong password": (
        {"client_certificate": GOOD.pem, "client_key": GOOD.locked_key, "client_key_password": "not-the-password"},
        ExitCode.SETTINGS,
        "setting client_key_password is wrong",
    ),
    "missing password": (
        {"client_certificate": GOOD.pem, "client_key": GOOD.locked_key},
        ExitCode.SETTINGS,
        "setting client_key_password is missing",
    ),
    "key of another certificate": (
        {"client_certificate": GOOD.pem, "client_key": OTHER.key_pem},
        ExitCode.SETTINGS,
        "the private key does not belong to the client certificate",
    ),
    "the request": (
        {"client_certificate": GOOD.request, "client_key": GOOD.key_pem},
        ExitCode.SETTINGS,
        "setting client_certificate: it is the request (CSR)",
    ),
    "not a certificate": (
        {"client_certificate": "FILE:not a certificate", "client_key": GOOD.key_pem},
        ExitCode.SETTINGS,
        "setting client_certificate: there is no certificate in PEM form",
    ),
    "certificate as key": (
        {"client_certificate": GOOD.pem, "client_key": GOOD.pem},
        ExitCode.SETTINGS,
        "setting client_key: there is no private key in PEM form",
    ),
    "wrong password of the archive": (
        {**FORMS["PKCS#12 file"], "client_pkcs12_password": "not-the-password"},
        ExitCode.SETTINGS,
        "setting client_pkcs12_password is wrong",
    ),
    "missing password of the archive": (
        {"client_pkcs12": GOOD.pkcs12},
        ExitCode.SETTINGS,
        "setting client_pkcs12_password is missing",
    ),
    "certificate that is not in PEM form": (
        {"client_certificate": GOOD.certificate.public_bytes(serialization.Encoding.DER), "client_key": GOOD.key_pem},
        ExitCode.SETTINGS,
        "setting client_certificate: it is not in PEM form: a .pfx or .p12 file goes into client_pkcs12",
    ),
    "archive without key": (
        {
            "client_pkcs12": pkcs12.serialize_key_and_certificates(None, None, GOOD.certificate, None, LOCKED),
            "client_pkcs12_password": PASSWORD,
        },
        ExitCode.SETTINGS,
        "setting client_pkcs12: there is no certificate with its private key in the file: export it again",
    ),
    "key with a cipher of old": (
        {"client_certificate": GOOD.pem, "client_key": OLD_KEY, "client_key_password": PASSWORD},
        ExitCode.SETTINGS,
        "setting client_key: it is encrypted with an obsolete cipher that cannot be read here: convert it with openssl",
    ),
    "not an archive": (
        {"client_pkcs12": "FILE:" + GOOD.pem},
        ExitCode.SETTINGS,
        "setting client_pkcs12: it is not a PKCS#12 file",
    ),
}


@pytest.mark.parametrize("case", sorted(WRONG))
def test_a_wrong_certificate_ends_in_one_line_that_names_the_setting(case: str, tap_ons: Any, in_files: Any) -> None:
    settings, code, message = WRONG[case]
    run = tap_ons(in_files(settings), "certificate")
    assert run.code == code
    assert message in run.complaint
    assert not any(secret in run.stdout + run.stderr for secret in (PASSWORD, "not-the-password", "BEGIN PRIVATE"))


@pytest.mark.parametrize("command", [[], ["ping"]])
def test_a_wrong_password_ends_every_command_before_anything_is_sent(command: list[str], tap_ons: Any) -> None:
    settings, code, message = WRONG["wrong password"]
    run = tap_ons({**settings, "api_url": "https://127.0.0.1:9", "start_date": "2025-01-01"}, *command)
    assert run.code == code
    assert message in run.complaint


def test_an_expired_certificate_is_shown_and_refused(tap_ons: Any) -> None:
    expired = Material(days=-3)
    run = tap_ons({"client_certificate": expired.pem, "client_key": expired.key_pem}, "certificate")
    assert run.code == ExitCode.LOGIN
    assert "Customer code:  TE1002" in run.stdout
    assert f"expired on {expired.certificate.not_valid_after_utc:%Y-%m-%d}" in run.complaint


def test_a_certificate_that_is_not_yet_valid_is_refused(tap_ons: Any) -> None:
    early = Material(starts_in_days=2)
    run = tap_ons({"client_certificate": early.pem, "client_key": early.key_pem}, "certificate")
    assert run.code == ExitCode.LOGIN
    assert "is not valid before" in run.complaint


def test_a_certificate_that_ends_within_thirty_days_works_with_a_warning(tap_ons: Any) -> None:
    ending = Material(days=29)
    run = tap_ons({"client_certificate": ending.pem, "client_key": ending.key_pem}, "certificate")
    assert run.code == ExitCode.OK
    assert "WARNING" in run.stderr
    assert f"ends in 29 days, on {ending.certificate.not_valid_after_utc:%Y-%m-%d}: request a new one" in run.stderr


def test_a_sync_warns_thirty_days_before_the_end_too(ons: Any, tap_ons: Any) -> None:
    simulator = ons(certificate_refused="handshake")
    ending = Material(days=29)
    ours = {"client_certificate": ending.pem, "client_key": ending.key_pem, "start_date": "2025-01-01"}
    run = tap_ons({**simulator.connector_settings(), **ours})
    assert run.code == ExitCode.LOGIN  # it is none of Ons'
    assert "The client certificate ends in 29 days" in run.stderr


def test_a_common_name_outside_the_rule_works_with_a_warning(tap_ons: Any) -> None:
    odd = Material(common_name="Legacy connector")
    run = tap_ons({"client_certificate": odd.pem, "client_key": odd.key_pem}, "certificate")
    assert run.code == ExitCode.OK
    assert "does not follow Ons' rule" in run.stderr
    assert "Customer code:  not told" in run.stdout


@pytest.mark.parametrize(
    ("common_name", "environment"),
    [
        ("hr_integration-TE1002-free_text", "development"),
        ("hr_integration-TE4711-test", "staging"),
        ("finance_integration-DF0000-production", "production"),
        ("finance_integration-CF0042-production", "production"),
        ("finance_integration-MF9999-A1", "production"),
        ("Finance-DF0000-production", None),
        ("finance-XX0000-production", None),
        ("finance-DF0000-", None),
        ("finance-DF0000-a\n", None),
    ],
)
def test_the_customer_code_tells_the_environment(common_name: str, environment: str | None) -> None:
    name = CommonName.parse(common_name)
    assert (name.environment if name else None) == environment
