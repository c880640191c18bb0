"""A private key and the request that Ons signs, by the rules of the Ons API Dashboard (vendor documentation)."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

from connector_kit.errors import SettingError
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from tap_ons.common_name import CommonName

__all__ = ["Applicant", "write_request"]

KEY_BITS: Final = 4096
_PUBLIC_EXPONENT: Final = 65537
_COUNTRY: Final = re.compile(r"[A-Z]{2}", re.ASCII)
_EMAIL: Final = re.compile(r"[!-?A-~]+@[!-?A-~]+\.[!-?A-~]+", re.ASCII)
_LENGTHS: Final[Mapping[str, int]] = {"locality": 128, "province": 128, "email": 255}
_LENGTH: Final = 64
"""Characters that part of a name may have, unless it says otherwise (RFC 5280, upper bounds)."""


@dataclass(frozen=True, kw_only=True)
class Applicant:
    """Who asks for a certificate; Ons wants every part of it filled in (vendor documentation).

    Attributes:
        name: The common name: connector, customer and identification.
        organisation: Who runs the connector (O).
        unit: Which department of it (OU).
        locality: Where it is (L).
        province: In which province (ST).
        country: In which country, two letters (C).
        email: Whom Ons writes to, best a mailbox of a department (emailAddress).

    Raises:
        SettingError: A part is empty, too long or not of its form; names the part.
    """

    name: CommonName
    organisation: str
    unit: str
    locality: str
    province: str
    country: str
    email: str

    def __post_init__(self) -> None:
        texts = {part.name: getattr(self, part.name) for part in fields(self) if part.name != "name"}
        for part, value in {"common name": str(self.name), **texts}.items():
            if not value.strip() or not value.isprintable():
                raise SettingError(f"{part}: it must be filled in, on one line: Ons refuses requests with empty parts")
            longest = _LENGTHS.get(part, _LENGTH)
            if len(value) > longest:
                raise SettingError(f"{part}: at most {longest} characters, these are {len(value)}")
        if not _COUNTRY.fullmatch(self.country):
            raise SettingError("country: two capital letters, such as NL")
        if not _EMAIL.fullmatch(self.email):
            raise SettingError("email: not an e-mail address")

    @property
    def subject(self) -> x509.Name:
        """As it stands in the request."""
        parts = (
            (NameOID.COUNTRY_NAME, self.country),
            (NameOID.STATE_OR_PROVINCE_NAME, self.province),
            (NameOID.LOCALITY_NAME, self.locality),
            (NameOID.ORGANIZATION_NAME, self.organisation),
            (NameOID.ORGANIZATIONAL_UNIT_NAME, self.unit),
            (NameOID.COMMON_NAME, str(self.name)),
            (NameOID.EMAIL_ADDRESS, self.email),
        )
        return x509.Name([x509.NameAttribute(kind, text) for kind, text in parts])


def write_request(applicant: Applicant, *, key: Path, request: Path, password: str | None) -> None:
    """Make a private key and the request for its certificate, and write both; overwrites nothing.

    Args:
        applicant: Who asks.
        key: File of the private key; only its owner may read it.
        request: File of the request, for everyone to read.
        password: Encrypts the key; None leaves it in the clear.

    Raises:
        SettingError: One of the files exists, or cannot be written; then neither is left behind.
    """
    for path in (key, request):
        if path.exists() or path.is_symlink():
            raise SettingError(f"{path}: it exists, and keys and requests are never overwritten: choose another name")
    encryption: KeySerializationEncryption = (
        BestAvailableEncryption(password.encode()) if password is not None else NoEncryption()
    )
    private_key = rsa.generate_private_key(public_exponent=_PUBLIC_EXPONENT, key_size=KEY_BITS)
    signed = x509.CertificateSigningRequestBuilder(applicant.subject).sign(private_key, hashes.SHA256())
    _write(key, private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption), mode=0o600)
    try:
        _write(request, signed.public_bytes(Encoding.PEM), mode=0o644)
    except SettingError:
        key.unlink()
        raise


def _write(path: Path, content: bytes, *, mode: int) -> None:
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(content)
    except OSError as error:
        raise SettingError(f"{path}: it cannot be written: {error.strerror}") from None
