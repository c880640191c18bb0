"""Who may come in: the TLS layer asks for a certificate, the application judges it and answers in words."""

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from provider_simulators.ons.certificates import FOREIGN, Certificates, authority_name
from provider_simulators.ons.refusals import RefusedError
from provider_simulators.ons.switches import CUSTOMERS, MORE_CUSTOMERS, Environment, OnsSwitches

COMMON_NAME = re.compile(r"(?P<connector>[a-z0-9_]+)-(?P<customer>(?:TE|CF|DF|MF)[0-9]{4})-[A-Za-z0-9_]+", re.ASCII)

NO_CHECK_TIME = ssl.VerifyFlags(0x200000)
"""OpenSSL's X509_V_FLAG_NO_CHECK_TIME, which Python does not name: an expired certificate gets through the handshake,
so that it can be answered with 495 as the vendor documents."""


@dataclass(frozen=True, kw_only=True)
class Caller:
    """The connector behind a certificate.

    Attributes:
        connector: Technical name of the connector.
        customer: Customer code.
        serial: Serial number of the certificate; limits count per certificate.
    """

    connector: str
    customer: str
    serial: int


def tls_context(certificates: Certificates, switches: OnsSwitches) -> ssl.SSLContext:
    """Mutual TLS, 1.2 at least (vendor's documentation)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificates.server)
    if switches.certificate_refused == "handshake":
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(certificates.authority(switches.environment))
        return context
    context.verify_mode = ssl.CERT_OPTIONAL
    context.verify_flags |= NO_CHECK_TIME
    for owner in (*Environment, FOREIGN):
        context.load_verify_locations(certificates.authority(owner))
    return context


def admitted(certificate: Mapping[str, Any] | None, environment: Environment, now: datetime) -> Caller:
    """The caller behind a certificate as `ssl.SSLSocket.getpeercert` tells it.

    Raises:
        RefusedError: 400 without a certificate (inferred), 403 for one that belongs to another host, 495 for one that
            is expired, not yet valid, or of an authority that is none of the vendor's (vendor's documentation).
    """
    if not certificate:
        raise RefusedError(400, "No required SSL certificate was sent")
    issuer = _common_name(certificate["issuer"])
    if issuer not in map(authority_name, Environment):
        raise RefusedError(495, "The SSL certificate error: unable to verify")
    first, last = (ssl.cert_time_to_seconds(certificate[name]) for name in ("notBefore", "notAfter"))
    if not first <= now.timestamp() <= last:
        raise RefusedError(495, "The SSL certificate error: expired or not yet valid")
    name = COMMON_NAME.fullmatch(_common_name(certificate["subject"]))
    customers = (CUSTOMERS[environment], *MORE_CUSTOMERS[environment])
    if issuer != authority_name(environment) or name is None or name["customer"] not in customers:
        raise RefusedError(403, "The certificate does not belong to this URL")
    return Caller(connector=name["connector"], customer=name["customer"], serial=int(certificate["serialNumber"], 16))


def _common_name(name: tuple[tuple[tuple[str, str], ...], ...]) -> str:
    return next((value for part in name for key, value in part if key == "commonName"), "")
