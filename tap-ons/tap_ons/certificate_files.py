"""What people have: certificates and keys in PEM or PKCS#12, as files or as text, encrypted in ways old and new."""

import base64
import binascii
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from connector_kit.errors import SettingError
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import pkcs12

__all__ = ["Archive", "certificates_in", "file_or_base64", "file_or_pem", "private_key_in"]

_PEM: Final = "-----BEGIN "
_DER: Final = b"\x30"
_ENCRYPTED: Final = (b"ENCRYPTED PRIVATE KEY-----", b"4,ENCRYPTED")
_OLD_KEY_CIPHER: Final = re.compile(rb"DEK-Info: (DES|RC2|RC4|IDEA|BF|CAST5?)-(?!EDE3)")
_PKCS12_CIPHER: Final = bytes.fromhex("060a2a864886f70d010c01")
"""How identifiers of the first PKCS#12 ciphers begin, 1.2.840.113549.1.12.1; the next byte says which (RFC 7292)."""
_PKCS12_CIPHERS: Final = {1: "RC4", 2: "RC4", 3: "3DES", 4: "3DES", 5: "RC2", 6: "RC2"}
_CONVERT: Final = (
    "convert it with openssl pkcs12 -legacy -in old.pfx -out ons.pem, and set client_certificate to ons.pem and "
    "client_key_password to the password that you then choose"
)


@dataclass(frozen=True, kw_only=True)
class Archive:
    """A PKCS#12 file (.pfx, .p12), opened.

    Attributes:
        key: The private key, in the clear.
        certificates: All that it holds; the one that the file says belongs to the key comes first.
        old_ciphers: Those of its ciphers that are obsolete, as Windows long used them: RC2, 3DES, RC4.
    """

    key: PrivateKeyTypes
    certificates: list[x509.Certificate]
    old_ciphers: tuple[str, ...]

    @classmethod
    def opened(cls, content: bytes, password: str | None) -> "Archive":
        """Open it.

        Raises:
            SettingError: It is no such file, its password is wrong, or its ciphers cannot be read here.
        """
        if not content.startswith(_DER):
            hint = "; a file in PEM form goes into client_certificate" if _PEM.encode() in content else ""
            raise SettingError(f"setting client_pkcs12: it is not a PKCS#12 file (.pfx, .p12){hint}")
        old = _old_ciphers(content)
        try:
            key, leaf, others = pkcs12.load_key_and_certificates(content, password.encode() if password else None)
        except (ValueError, UnsupportedAlgorithm) as error:
            raise SettingError(_not_opened(error, password, old)) from None
        if leaf is None or key is None:
            raise SettingError(
                "setting client_pkcs12: there is no certificate with its private key in the file: export it again, "
                "with the private key"
            )
        return cls(key=key, certificates=[leaf, *others], old_ciphers=old)


def _old_ciphers(content: bytes) -> tuple[str, ...]:
    """Name the obsolete ciphers of an archive: which ones it needs is told in the clear."""
    found = re.findall(re.escape(_PKCS12_CIPHER) + rb"([\x01-\x06])", content, re.DOTALL)
    return tuple(sorted({_PKCS12_CIPHERS[number[0]] for number in found}))


def _not_opened(error: Exception, password: str | None, old: tuple[str, ...]) -> str:
    reason = f"is encrypted with {' and '.join(old)}, which OpenSSL may refuse here: {_CONVERT}" if old else ""
    if isinstance(error, UnsupportedAlgorithm):
        return f"setting client_pkcs12: it {reason or f'is encrypted in a way that cannot be read here: {_CONVERT}'}"
    problem = "wrong" if password else "missing"
    message = f"setting client_pkcs12_password is {problem}, or the file of client_pkcs12 is damaged"
    return f"{message}; if neither, it {reason}" if reason and password else message


def certificates_in(content: bytes) -> list[x509.Certificate]:
    """Read the certificates of a text in PEM form.

    Raises:
        SettingError: There are none; says what it is instead.
    """
    try:
        return x509.load_pem_x509_certificates(content)
    except ValueError:
        raise SettingError(f"setting client_certificate: {_no_certificate(content)}") from None


def _no_certificate(content: bytes) -> str:
    if b"CERTIFICATE REQUEST-----" in content:
        return "it is the request (CSR): Ons answers it with the certificate, which the Ons API Dashboard offers"
    if content.startswith(_DER):
        return (
            "it is not in PEM form: a .pfx or .p12 file goes into client_pkcs12, a .cer or .der file is converted with "
            "openssl x509 -inform DER -in ons.cer -out ons.pem"
        )
    return "there is no certificate in PEM form in it"


def private_key_in(content: bytes, password: str | None) -> PrivateKeyTypes:
    """Read the private key of a text in PEM form.

    Raises:
        SettingError: There is none, its password is missing or wrong, or its cipher cannot be read here.
    """
    encrypted = any(mark in content for mark in _ENCRYPTED)
    if encrypted and not password:
        raise SettingError("setting client_key_password is missing: the private key is encrypted")
    try:
        return serialization.load_pem_private_key(
            content,
            password.encode() if encrypted and password else None,
            unsafe_skip_rsa_key_validation=True,  # it takes a third of a start, and OpenSSL looks at the user's own key
        )
    except (ValueError, UnsupportedAlgorithm) as error:
        raise SettingError(_no_key(content, error, encrypted=encrypted)) from None


def _no_key(content: bytes, error: Exception, *, encrypted: bool) -> str:
    if encrypted and (isinstance(error, UnsupportedAlgorithm) or _OLD_KEY_CIPHER.search(content)):
        return (
            "setting client_key: it is encrypted with an obsolete cipher that cannot be read here: convert it with "
            "openssl pkey -provider legacy -provider default -in old.key -aes256 -out ons.key"
        )
    if encrypted:
        return "setting client_key_password is wrong: the private key cannot be decrypted"
    return "setting client_key: there is no private key in PEM form in it"


def file_or_pem(value: str, *, setting: str) -> bytes:
    """Give PEM as it stands in a setting, or the content of the file that the setting names.

    Raises:
        SettingError: The file cannot be read; names the setting, never its value.
    """
    if _PEM in value:
        return value.replace("\\n", "\n").encode()  # environment variables often hold it on one line
    return _file(value, setting=setting)


def file_or_base64(value: str, *, setting: str) -> bytes:
    """Give base64 of a setting decoded, or the content of the file that the setting names.

    Raises:
        SettingError: The file cannot be read; names the setting, never its value.
    """
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
