"""TLS with a client certificate under `requests`, and what its refusals mean."""

import os
import secrets
import ssl
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import certifi
import requests
from connector_kit.errors import LoginRequiredError, SettingError, UnreachableError
from cryptography.hazmat.primitives import serialization
from requests.adapters import HTTPAdapter
from typing_extensions import override

from tap_ons.auth import ClientCertificate, file_or_pem

__all__ = ["ClientCertificateAdapter", "client_context"]

_PEM: Final = serialization.Encoding.PEM
_CONNECTIONS_MAX: Final = 5
_OTHER_ALERTS: Final = ("PROTOCOL_VERSION", "INTERNAL_ERROR", "UNRECOGNIZED_NAME")
"""What a server may say that has nothing to do with our certificate."""


def client_context(certificate: ClientCertificate, ca_bundle: str | None) -> ssl.SSLContext:
    """Build the TLS side of a connection: who we are, and whom we trust.

    Args:
        certificate: Ours.
        ca_bundle: Authorities to trust, as a file or PEM; only these. Without it those of the system and of certifi.

    Raises:
        SettingError: The bundle holds no certificates, or OpenSSL refuses our certificate.
    """
    context = _trust(ca_bundle)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # ssl reads certificate and key from a file only. The key stands there encrypted, under a password of this moment.
    password = secrets.token_urlsafe(32)
    encryption = serialization.BestAvailableEncryption(password.encode())
    parts = [
        certificate.key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, encryption),
        *(part.public_bytes(_PEM) for part in (certificate.leaf, *certificate.chain)),
    ]
    with tempfile.TemporaryDirectory(prefix="tap-ons-") as folder:
        path = Path(folder) / "client.pem"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.writelines(parts)
        try:
            context.load_cert_chain(path, password=password)
        except ssl.SSLError as error:
            raise SettingError(f"the client certificate cannot be used: OpenSSL says {error.reason}") from None
    return context


def _trust(ca_bundle: str | None) -> ssl.SSLContext:
    if not ca_bundle:
        context = ssl.create_default_context()
        context.load_verify_locations(certifi.where())  # small containers have no store of the system
        return context
    content = file_or_pem(ca_bundle, setting="ca_bundle")
    try:
        return ssl.create_default_context(cadata=content.decode("ascii", errors="replace"))
    except (ssl.SSLError, ValueError):
        raise SettingError("setting ca_bundle: there are no certificates in PEM form in it") from None


class ClientCertificateAdapter(HTTPAdapter):
    """Connects with one TLS context; nothing (environment, session, proxy) can turn its verification off.

    Args:
        context: From `client_context`.
        connections: Connections that may be open at the same moment.
    """

    def __init__(self, context: ssl.SSLContext, *, connections: int) -> None:
        self._context = context
        super().__init__(pool_maxsize=connections, pool_block=True)

    @override
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, ssl_context=self._context)

    @override
    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        return super().proxy_manager_for(*args, **kwargs, ssl_context=self._context)

    @override
    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        conn.cert_reqs = "CERT_REQUIRED"  # and no other authorities than those of the context

    @override
    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> requests.Response:
        """Send a request.

        Raises:
            UnreachableError: The server's certificate cannot be trusted.
            LoginRequiredError: The server ended the handshake because of our certificate.
        """
        host = urlsplit(request.url or "").netloc
        connections = 0
        while True:
            connections += 1
            try:
                return super().send(request, stream=stream, timeout=timeout, verify=True, cert=None, proxies=proxies)
            except requests.exceptions.SSLError as error:
                causes = [cause for cause in _causes(error) if isinstance(cause, ssl.SSLError)]
                # Why a server ends the connection arrives when our side of the handshake is over and we already send;
                # then it is sometimes lost, and the next connection hears it.
                if connections < _CONNECTIONS_MAX and any(isinstance(cause, ssl.SSLEOFError) for cause in causes):
                    continue
                raise _explained(causes, host) or error from None


def _explained(causes: Sequence[ssl.SSLError], host: str) -> Exception | None:
    for cause in causes:
        reason = cause.reason or ""
        if isinstance(cause, ssl.SSLCertVerificationError):
            return UnreachableError(
                f"cannot trust {host} ({cause.verify_message}): check api_url, or let ca_bundle name the authority "
                "that signed its certificate"
            )
        if isinstance(cause, ssl.SSLEOFError):
            return _refused(host, "it ends every connection without saying why")
        if "ALERT" in reason and not reason.endswith(_OTHER_ALERTS):
            return _refused(host, reason.replace("_", " ").lower())
    return None


def _refused(host: str, reason: str) -> LoginRequiredError:
    return LoginRequiredError(
        f"{host} refuses the client certificate ({reason}): it is expired, disabled, or of another environment; "
        "see: tap-ons certificate --config <settings file>"
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The exceptions that an exception wraps, in every way that urllib3 and requests wrap them."""
    seen: list[BaseException] = []
    todo: list[Any] = [error]
    while todo:
        current = todo.pop()
        if isinstance(current, BaseException) and not any(current is other for other in seen):
            seen.append(current)
            todo += [*current.args, current.__context__, current.__cause__, getattr(current, "reason", None)]
            yield current
