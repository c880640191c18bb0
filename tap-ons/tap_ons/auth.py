"""The only credential that Ons knows: a client certificate with its private key, from PEM or PKCS#12."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Self

from connector_kit.errors import LoginRequiredError, SettingError
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.x509.oid import NameOID

from tap_ons.certificate_files import Archive, certificates_in, file_or_base64, file_or_pem, private_key_in
from tap_ons.common_name import CommonName

__all__ = ["ClientCertificate"]

_RENEW: Final = "request a new one in the Ons API Dashboard (tap-ons certificate-request makes key and request)"
_WARNING: Final = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class ClientCertificate:
    """A client certificate and its private key.

    Attributes:
        leaf: The certificate of this connector.
        key: Its private key, in the clear: stays in memory.
        chain: Certificates of the authorities that came with it.
        old_ciphers: Obsolete ciphers of the PKCS#12 file that it came from.
    """

    leaf: x509.Certificate
    key: PrivateKeyTypes
    chain: tuple[x509.Certificate, ...]
    old_ciphers: tuple[str, ...] = ()

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
            content = file_or_base64(archive, setting="client_pkcs12")
            opened = Archive.opened(content, settings.get("client_pkcs12_password"))
            return cls._of(opened.certificates, opened.key, old_ciphers=opened.old_ciphers)
        raise SettingError(
            "setting client_certificate (with client_key) or client_pkcs12 is missing: "
            "Ons knows a connector by its certificate and by nothing else"
        )

    @classmethod
    def _from_pem(cls, certificate: str, key: str | None, password: str | None) -> Self:
        content = file_or_pem(certificate, setting="client_certificate")
        certificates = certificates_in(content)
        if not key and b"PRIVATE KEY-----" not in content:
            raise SettingError("setting client_key is missing: the certificate proves nothing without its private key")
        key_content = file_or_pem(key, setting="client_key") if key else content
        return cls._of(certificates, private_key_in(key_content, password))

    @classmethod
    def _of(
        cls, certificates: list[x509.Certificate], key: PrivateKeyTypes, *, old_ciphers: tuple[str, ...] = ()
    ) -> Self:
        """Take the certificate that belongs to the key, wherever it stands; else the first."""
        leaf = next((c for c in certificates if c.public_key() == key.public_key()), certificates[0])
        return cls(leaf=leaf, key=key, chain=tuple(c for c in certificates if c is not leaf), old_ciphers=old_ciphers)

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
    def key_kind(self) -> str:
        """What kind of key it is: `RSA, 4096 bits`."""
        match self.key:
            case rsa.RSAPrivateKey() as key:
                return f"RSA, {key.key_size} bits"
            case ec.EllipticCurvePrivateKey() as key:
                return f"elliptic curve, {key.key_size} bits"
            case _:
                return "neither RSA nor elliptic curve"

    @property
    def issuer(self) -> str:
        """The authority that signed it: `CN=...`."""
        return self.leaf.issuer.rfc4514_string()

    @property
    def valid_from(self) -> datetime:
        """The beginning of its validity, in UTC."""
        return self.leaf.not_valid_before_utc

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
        if self.valid_from > now:
            raise LoginRequiredError(
                f"the client certificate is not valid before {self.valid_from:%Y-%m-%d %H:%M} UTC: "
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
            found.append(
                f"The client certificate ends in {self.days_left(now)} days, on {self.valid_until:%Y-%m-%d}: {_RENEW}"
            )
        if self.name is None:
            found.append("The client certificate's common name does not follow Ons' rule (connector-customer-text)")
        elif environment not in {None, self.name.environment}:
            found.append(
                f"The client certificate is for {self.name.environment} (customer {self.name.customer}), "
                f"the settings ask {environment}"
            )
        return found
