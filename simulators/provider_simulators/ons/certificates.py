"""Certificates and keys of an invented Ons: an authority per environment, a server, and clients good and bad.

The vendor's rules: signed by the environment's own authority, RSA of 4096 bits, and a subject whose CN is
``{technical_name}-{customer_code}-{identification}`` with all other parts filled.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from provider_simulators.ons.switches import CUSTOMERS, MORE_CUSTOMERS, Environment

KEY_BITS = 4096
CONNECTOR, OTHER_CONNECTOR = "payroll_export", "planning_export"
IDENTIFICATION = "simulated"
PASSWORD = "geheim-maar-verzonnen"  # noqa: S105 (protects invented keys only, and is told to whoever asks)

# Fixed days, so that what is valid does not depend on when it was made, nor on the simulator's clock.
LONG_AGO, PASSED = datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)
FAR, FURTHER = datetime(2048, 1, 1, tzinfo=UTC), datetime(2049, 1, 1, tzinfo=UTC)

VALID, EXPIRED, NOT_YET_VALID = (LONG_AGO, FURTHER), (LONG_AGO, PASSED), (FAR, FURTHER)

FOREIGN = "foreign"
"""An authority that is none of Ons'."""

Validity = tuple[datetime, datetime]
PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey
Issuer = tuple[x509.Certificate, ec.EllipticCurvePrivateKey]


def authority_name(owner: str) -> str:
    """Common name of an authority: an environment's, or the foreign one's."""
    return f"Simulated Ons {owner} CA"


@dataclass(frozen=True, kw_only=True)
class Certificates:
    """A folder with all certificates and keys in PEM, and PKCS#12 files beside them.

    Certificates of clients are called ``<kind>-<environment>.pem``: ``valid``, ``expired``, ``not_yet_valid``, and
    ``foreign`` (right name, signed by an unknown authority), ``other_connector`` (another technical name),
    ``wrong_name`` (a CN that is not by the vendor's rule), and where there are more customers ``other_customer``. They
    all belong to the one key in ``client_key``.
    """

    folder: Path

    @classmethod
    def in_folder(cls, folder: Path | str) -> Self:
        """The certificates in a folder; they are made when it has none. Keys are readable by their owner only."""
        certificates = cls(folder=Path(folder))
        if not certificates.ca_bundle.exists() or not certificates.legacy_pkcs12(Environment.PRODUCTION).exists():
            certificates.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            certificates._make()
        return certificates

    @property
    def ca_bundle(self) -> Path:
        """What a client needs to trust the server."""
        return self.folder / "ca_bundle.pem"

    @property
    def server(self) -> Path:
        """Certificate and key of the server, for 127.0.0.1 and localhost."""
        return self.folder / "server.pem"

    @property
    def client_key(self) -> Path:
        """Private key of all clients."""
        return self.folder / "client_key.pem"

    @property
    def encrypted_client_key(self) -> Path:
        """The same key, encrypted with `PASSWORD`."""
        return self.folder / "client_key_encrypted.pem"

    def authority(self, owner: str) -> Path:
        """Certificate of an environment's authority, or of the foreign one."""
        return self.folder / f"authority-{owner}.pem"

    def client(self, environment: Environment, kind: str = "valid") -> Path:
        """Certificate of a client of that environment's customer."""
        return self.folder / f"{kind}-{environment}.pem"

    def pkcs12(self, environment: Environment) -> Path:
        """The valid certificate with its key, encrypted with `PASSWORD` (as clients on Windows import it)."""
        return self.folder / f"valid-{environment}.pfx"

    def legacy_pkcs12(self, environment: Environment) -> Path:
        """The same with the old ciphers of Windows (3DES and SHA-1), which OpenSSL 3 reads with its legacy provider."""
        return self.folder / f"legacy-{environment}.pfx"

    def _make(self) -> None:
        key = self._client_key()
        for environment in Environment:
            issuer = self._authority(environment)
            for kind, (subject, validity) in _kinds(environment).items():
                certificate = _signed(subject, key.public_key(), issuer, validity)
                _write(self.client(environment, kind), certificate.public_bytes(Encoding.PEM))
                if kind == "valid":
                    self._pack(environment, key, certificate)
        foreign = self._authority(FOREIGN)
        for environment in Environment:
            certificate = _signed(_client_subject(CUSTOMERS[environment]), key.public_key(), foreign, VALID)
            _write(self.client(environment, FOREIGN), certificate.public_bytes(Encoding.PEM))
        self._server()

    def _pack(self, environment: Environment, key: rsa.RSAPrivateKey, certificate: x509.Certificate) -> None:
        name = certificate.subject.rfc4514_string().encode()
        ciphers = {self.pkcs12(environment): _encrypted(), self.legacy_pkcs12(environment): _encrypted_as_of_old()}
        for path, encryption in ciphers.items():
            _write(path, pkcs12.serialize_key_and_certificates(name, key, certificate, None, encryption))

    def _client_key(self) -> rsa.RSAPrivateKey:
        key = _new_key()
        _write(self.client_key, _pem(key, NoEncryption()))
        _write(self.encrypted_client_key, _pem(key, _encrypted()))
        return key

    def _authority(self, owner: str) -> Issuer:
        issuer = _make_authority(authority_name(owner))
        _write(self.authority(owner), issuer[0].public_bytes(Encoding.PEM))
        return issuer

    def _server(self) -> None:
        issuer = _make_authority("Simulated Ons server CA")
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
        addresses = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
        certificate = _signed(name, key.public_key(), issuer, VALID, x509.SubjectAlternativeName(addresses))
        _write(self.server, certificate.public_bytes(Encoding.PEM) + _pem(key, NoEncryption()))
        _write(self.ca_bundle, issuer[0].public_bytes(Encoding.PEM))  # last: says that the folder is complete


@cache
def _new_key() -> rsa.RSAPrivateKey:
    """One for all folders that a process fills: it takes its time."""
    return rsa.generate_private_key(65537, KEY_BITS)


def _kinds(environment: Environment) -> dict[str, tuple[x509.Name, Validity]]:
    customer = CUSTOMERS[environment]
    subject = _client_subject(customer)
    others = [("other_customer", (_client_subject(other), VALID)) for other in MORE_CUSTOMERS[environment]]
    return {
        "valid": (subject, VALID),
        "expired": (subject, EXPIRED),
        "not_yet_valid": (subject, NOT_YET_VALID),
        "other_connector": (_client_subject(customer, OTHER_CONNECTOR), VALID),
        "wrong_name": (_client_subject(customer, "Payroll Export"), VALID),
        **dict(others),
    }


def _client_subject(customer: str, connector: str = CONNECTOR) -> x509.Name:
    """Subject of a client's certificate, all parts filled, as the vendor demands of a request."""
    parts = (
        (NameOID.COMMON_NAME, f"{connector}-{customer}-{IDENTIFICATION}"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, "Verzonnen afdeling"),
        (NameOID.ORGANIZATION_NAME, "Thuiszorg Veluwezoom"),
        (NameOID.LOCALITY_NAME, "Veluwezoom"),
        (NameOID.STATE_OR_PROVINCE_NAME, "Gelderland"),
        (NameOID.COUNTRY_NAME, "NL"),
        (NameOID.EMAIL_ADDRESS, "koppelingen@example.org"),
    )
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


def _make_authority(name: str) -> Issuer:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    return _builder(subject, key.public_key(), subject, VALID).add_extension(
        x509.BasicConstraints(ca=True, path_length=0), critical=True
    ).add_extension(_AUTHORITY_USAGE, critical=True).sign(key, hashes.SHA256()), key


_AUTHORITY_USAGE = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


def _signed(
    subject: x509.Name,
    key: PublicKey,
    issuer: Issuer,
    validity: Validity,
    names: x509.SubjectAlternativeName | None = None,
) -> x509.Certificate:
    """A certificate of a server when it has names, else of a client."""
    authority, authority_key = issuer
    usage = ExtendedKeyUsageOID.SERVER_AUTH if names else ExtendedKeyUsageOID.CLIENT_AUTH
    builder = (
        _builder(subject, key, authority.subject, validity)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        # Python 3.13 and later refuse certificates that do not name their issuer's key.
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
    )
    if names:
        builder = builder.add_extension(names, critical=False)
    return builder.sign(authority_key, hashes.SHA256())


def _builder(subject: x509.Name, key: PublicKey, issuer: x509.Name, validity: Validity) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(validity[0])
        .not_valid_after(validity[1])
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _encrypted() -> KeySerializationEncryption:
    return BestAvailableEncryption(PASSWORD.encode())


def _encrypted_as_of_old() -> KeySerializationEncryption:
    return (
        PrivateFormat.PKCS12.encryption_builder()
        .key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
        .hmac_hash(hashes.SHA1())  # noqa: S303 (that is what makes it old)
        .build(PASSWORD.encode())
    )


def _pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, encryption: KeySerializationEncryption) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)


def _write(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)
