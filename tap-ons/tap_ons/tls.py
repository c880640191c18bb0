"""TLS with a client certificate under `requests`, and what its refusals mean."""

import os
import secrets
import ssl
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import certifi
import requests
from connector_kit.errors import ConnectorError, LoginRequiredError, SettingError, UnreachableError
from cryptography.hazmat.primitives import serialization
from requests.adapters import HTTPAdapter
from typing_extensions import override

from tap_ons.auth import ClientCertificate
from tap_ons.certificate_files import file_or_pem

__all__ = ["ClientCertificateAdapter", "causes_of", "client_context", "explanation"]

_PEM: Final = serialization.Encoding.PEM
_CONNECTIONS_MAX: Final = 5
_NO_TLS: Final = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST"})
"""What OpenSSL says of an answer that is not TLS."""
_SEE: Final = "see: tap-ons certificate --config <settings file>"
_ANY: Final = "it is expired, disabled, or of another environment"
_ALERTS: Final = {
    "CERTIFICATE_EXPIRED": "it is expired: request a new one in the Ons API Dashboard",
    "CERTIFICATE_REVOKED": "it is disabled: look in the Ons API Dashboard, and request a new one",
    "CERTIFICATE_REQUIRED": "none arrived: let no proxy between here and Ons open the TLS connection",
    "UNKNOWN_CA": "its authority is that of another environment: compare the setting environment with the certificate",
    "HANDSHAKE_FAILURE": f"none arrived, or {_ANY}",
}
"""What a server says when it ends a handshake because of our certificate, as OpenSSL's names end (RFC 8446)."""
_OTHER_ALERTS: Final = {
    "PROTOCOL_VERSION": "it does not speak TLS 1.2 or later: check api_url",
    "INTERNAL_ERROR": "it has a failure: try again later",
    "UNRECOGNIZED_NAME": "it does not know that name: check api_url",
}
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
    # ssl reads certificate and key from a file only. The key stands there encrypted, under a password of this moment:
    # should the process be killed in between, nothing that anybody can read stays behind.
    password = secrets.token_urlsafe(32)
    encryption = serialization.BestAvailableEncryption(password.encode())
    parts = [
        certificate.key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, encryption),
        *(part.public_bytes(_PEM) for part in (certificate.leaf, *certificate.chain)),
    ]
    with _readable(b"".join(parts)) as path:
        try:
            context.load_cert_chain(path, password=password)
        except ssl.SSLError as error:
            raise SettingError(f"the client certificate cannot be used: OpenSSL says {error.reason}") from None
    return context


@contextmanager
def _readable(content: bytes) -> Iterator[Path]:
    """Give a path to read the content from, which nobody else finds: in memory where the platform has such files."""
    own_files = Path("/proc/self/fd")
    if hasattr(os, "memfd_create") and own_files.exists():
        with os.fdopen(os.memfd_create("tap-ons", os.MFD_CLOEXEC), "wb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(content)
            file.flush()
            yield own_files / str(file.fileno())
        return
    with tempfile.TemporaryDirectory(prefix="tap-ons-") as folder:
        path = Path(folder) / "client.pem"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        yield path


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
                causes = [cause for cause in causes_of(error) if isinstance(cause, ssl.SSLError)]
                # Why a server ends the connection arrives when our side of the handshake is over and we already send;
                # then it is sometimes lost, and the next connection hears it.
                if connections < _CONNECTIONS_MAX and any(isinstance(cause, ssl.SSLEOFError) for cause in causes):
                    continue
                raise explanation(causes, host) or error from None


def explanation(causes: Sequence[ssl.SSLError], host: str) -> ConnectorError | None:
    """Say what errors of TLS mean, and what to do; None if they say nothing that we know."""
    for cause in causes:
        reason = cause.reason or ""
        if isinstance(cause, ssl.SSLCertVerificationError):
            return UnreachableError(
                f"cannot trust {host} ({cause.verify_message}): check api_url, or let ca_bundle name the authority "
                "that signed its certificate"
            )
        if isinstance(cause, ssl.SSLEOFError):
            return _refused(host, "it ends every connection without saying why", _ANY)
        if reason in _NO_TLS:
            return UnreachableError(f"{host} does not speak TLS: check api_url and, if there is one, the proxy")
        if "ALERT" in reason:
            said = reason.replace("_", " ").lower()
            other = _meaning(reason, _OTHER_ALERTS)
            if other:
                return UnreachableError(f"{host} ends the TLS handshake ({said}): {other}")
            return _refused(host, said, _meaning(reason, _ALERTS) or _ANY)
    return None


def _meaning(reason: str, alerts: Mapping[str, str]) -> str | None:
    return next((text for alert, text in alerts.items() if reason.endswith(alert)), None)


def _refused(host: str, reason: str, meaning: str) -> LoginRequiredError:
    return LoginRequiredError(f"{host} refuses the client certificate ({reason}): {meaning}; {_SEE}")


def causes_of(error: BaseException) -> Iterator[BaseException]:
    """Give the exceptions that an exception wraps, in every way that urllib3 and requests wrap them."""
    seen: list[BaseException] = []
    todo: list[Any] = [error]
    while todo:
        current = todo.pop()
        if isinstance(current, BaseException) and not any(current is other for other in seen):
            seen.append(current)
            todo += [*current.args, current.__context__, current.__cause__, getattr(current, "reason", None)]
            yield current
