"""The only credential that Ons knows: a client certificate with its private key, from PEM or PKCS#12."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Self

from connector_kit.errors import LoginRequiredError, SettingError
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from tap_ons.common_name import CommonName

__all__ = ["ClientCertificate", "file_or_pem"]

_PEM: Final = "-----BEGIN "
_DER: Final = b"\x30"
_RENEW: Final = "request a new one in the Ons API Dashboard"
_WARNING: Final = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class ClientCertificate:
    """A client certificate and its private key.

    Attributes:
        leaf: The certificate of this connector.
        key: Its private key, in the clear: stays in memory.
        chain: Certificates of the authorities that came with it.
    """

    leaf: x509.Certificate
    key: PrivateKeyTypes
    chain: tuple[x509.Certificate, ...]

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> Self:
        """Read it; whether it may be used is told by `check`.

        Raises:
            SettingError: It is missing, unreadable, not a certificate or key, or its password is wrong.
        """
        pem, archive = settings.get("client_certificate"), settings.get("client_pkcs12")
        if pem and archive:
            raise SettingError("settings client_certificate and client_pkcs12 exclude each other: set one of them")
        if pem:
            return cls._from_pem(pem, settings.get("client_key"), settings.get("client_key_password"))
        if archive:
            return cls._from_pkcs12(archive, settings.get("client_pkcs12_password"))
        raise SettingError(
            "setting client_certificate (with client_key) or client_pkcs12 is missing: "
            "Ons knows a connector by its certificate and by nothing else"
        )

    @classmethod
    def _from_pem(cls, certificate: str, key: str | None, password: str | None) -> Self:
        content = file_or_pem(certificate, setting="client_certificate")
        certificates = _certificates(content)
        if not key and b"PRIVATE KEY-----" not in content:
            raise SettingError("setting client_key is missing: the certificate proves nothing without its private key")
        key_content = file_or_pem(key, setting="client_key") if key else content
        return cls._of(certificates, _private_key(key_content, password))

    @classmethod
    def _from_pkcs12(cls, archive: str, password: str | None) -> Self:
        content = _file_or_base64(archive, setting="client_pkcs12")
        if not content.startswith(_DER):
            raise SettingError("setting client_pkcs12: it is not a PKCS#12 file (.pfx, .p12)")
        try:
            key, leaf, others = pkcs12.load_key_and_certificates(content, password.encode() if password else None)
        except (ValueError, UnsupportedAlgorithm):
            problem = "is wrong" if password else "is missing"
            raise SettingError(
                f"setting client_pkcs12_password {problem}, or client_pkcs12 is not a PKCS#12 file that can be read "
                "here (damaged, or encrypted with RC2: convert it)"
            ) from None
        if leaf is None or key is None:
            raise SettingError("setting client_pkcs12: there is no certificate with its private key in the file")
        return cls._of([leaf, *others], key)

    @classmethod
    def _of(cls, certificates: list[x509.Certificate], key: PrivateKeyTypes) -> Self:
        """Take the certificate that belongs to the key, wherever it stands; else the first."""
        leaf = next((c for c in certificates if c.public_key() == key.public_key()), certificates[0])
        return cls(leaf=leaf, key=key, chain=tuple(c for c in certificates if c is not leaf))

    @property
    def common_name(self) -> str:
        """The common name as it is written."""
        return "".join(str(part.value) for part in self.leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME))

    @property
    def name(self) -> CommonName | None:
        """What the common name says; None if it does not follow Ons' rule."""
        return CommonName.parse(self.common_name)

    @property
    def key_belongs(self) -> bool:
        """Whether the private key belongs to the certificate."""
        return self.leaf.public_key() == self.key.public_key()

    @property
    def valid_until(self) -> datetime:
        """The end of its validity, in UTC."""
        return self.leaf.not_valid_after_utc

    def days_left(self, now: datetime) -> int:
        """Count the whole days until it ends; negative when it has ended."""
        return (self.valid_until - now).days

    def check(self, now: datetime) -> None:
        """Refuse a certificate that cannot work.

        Raises:
            SettingError: The private key belongs to another certificate.
            LoginRequiredError: It has ended, or has not begun.
        """
        if not self.key_belongs:
            raise SettingError(
                "the private key does not belong to the client certificate: set the key that its request was made with"
            )
        if self.valid_until < now:
            raise LoginRequiredError(f"the client certificate expired on {self.valid_until:%Y-%m-%d}: {_RENEW}")
        if self.leaf.not_valid_before_utc > now:
            raise LoginRequiredError(
                f"the client certificate is not valid before {self.leaf.not_valid_before_utc:%Y-%m-%d %H:%M} UTC: "
                "wait, or set this machine's clock"
            )

    def warnings(self, now: datetime, *, environment: str | None) -> list[str]:
        """Say what deserves attention although it may work.

        Args:
            now: The present moment.
            environment: The environment that is asked; None where only the address is known.
        """
        found = []
        if self.valid_until - now < _WARNING:
            found.append(f"The client certificate ends in {self.days_left(now)} days: {_RENEW}")
        if self.name is None:
            found.append("The client certificate's common name does not follow Ons' rule (connector-customer-text)")
        elif environment not in {None, self.name.environment}:
            found.append(
                f"The client certificate is for {self.name.environment} (customer {self.name.customer}), "
                f"the settings ask {environment}"
            )
        return found


def _certificates(content: bytes) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(content)
    except ValueError:
        hint = (
            "it is the request (CSR); Ons answers it with the certificate"
            if b"CERTIFICATE REQUEST-----" in content
            else "there is no certificate in PEM form in it"
        )
        raise SettingError(f"setting client_certificate: {hint}") from None


def _private_key(content: bytes, password: str | None) -> PrivateKeyTypes:
    encrypted = b"ENCRYPTED PRIVATE KEY-----" in content or b"4,ENCRYPTED" in content
    if encrypted and not password:
        raise SettingError("setting client_key_password is missing: the private key is encrypted")
    try:
        return serialization.load_pem_private_key(content, password.encode() if encrypted and password else None)
    except (ValueError, UnsupportedAlgorithm):
        if encrypted:
            raise SettingError("setting client_key_password is wrong: the private key cannot be decrypted") from None
        raise SettingError("setting client_key: there is no private key in PEM form in it") from None


def file_or_pem(value: str, *, setting: str) -> bytes:
    """Give PEM as it stands in a setting, or the content of the file that the setting names.

    Raises:
        SettingError: The file cannot be read; names the setting, never its value.
    """
    if _PEM in value:
        return value.replace("\\n", "\n").encode()  # environment variables often hold it on one line
    return _file(value, setting=setting)


def _file_or_base64(value: str, *, setting: str) -> bytes:
    compact = "".join(value.split())
    if compact.startswith("MI"):  # how every DER structure of this size begins
        try:
            return base64.b64decode(compact, validate=True)
        except binascii.Error:
            pass
    return _file(value, setting=setting)


def _file(path: str, *, setting: str) -> bytes:
    try:
        return Path(path).expanduser().read_bytes()
    except OSError as error:
        raise SettingError(f"setting {setting}: the file cannot be read: {error.strerror}") from None
    except (ValueError, RuntimeError):
        raise SettingError(f"setting {setting}: neither a file name nor its content") from None
