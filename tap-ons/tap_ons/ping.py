"""Asking Ons whether it accepts the client certificate, and what to do about every way in which it may not."""

import logging
import re
import socket
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from connector_kit.errors import UnreachableError
from connector_kit.extract import Action, UnreadableAnswerError

from tap_ons.client import Connection, rules
from tap_ons.tls import causes_of

__all__ = ["ping"]

_DASHBOARD: Final = "the Ons API Dashboard"
_NO_CERTIFICATE: Final = "no client certificate arrived: let no proxy between here and Ons open the TLS connection"
_IN_BETWEEN: Final = (
    "something between here and Ons answers in its place, such as the login page of a network: check api_url and the "
    "proxy"
)
_PROXY: Final = "environment variable HTTPS_PROXY names the proxy, NO_PROXY the hosts that need none"

_ERRORS: Final = rules(
    (301, Action.FATAL, _IN_BETWEEN),
    (302, Action.FATAL, _IN_BETWEEN),
    (307, Action.FATAL, _IN_BETWEEN),
    (400, Action.LOGIN, _NO_CERTIFICATE),
    (401, Action.LOGIN, f"Ons does not know the client certificate: compare it with the connector in {_DASHBOARD}"),
    (
        403,
        Action.LOGIN,
        (
            "the client certificate does not belong to this address: set environment (or api_url) to that of the "
            "certificate, or use the certificate of this environment"
        ),
    ),
    (404, Action.FATAL, "there is no Ons at this address: check api_url"),
    (
        495,
        Action.LOGIN,
        (
            "the client certificate is expired, disabled, or signed by the authority of another environment: "
            f"request a new one in {_DASHBOARD}"
        ),
    ),
    (496, Action.LOGIN, _NO_CERTIFICATE),
    (502, Action.RETRY, "Ons is being updated: try again in some minutes"),
    (503, Action.RETRY, "Ons is being updated: try again in some minutes"),
)
"""What error answers to a ping mean (403 and 495: vendor documentation; the others: inferred)."""
_ATTEMPTS: Final = 2
_TUNNEL: Final = re.compile(r"Tunnel connection failed: (\d{3})")
_LOGIN_AT_PROXY: Final = "407"


def ping(settings: Mapping[str, Any], *, version: str) -> str:
    """Ask, and give the address at which the certificate is accepted.

    Args:
        settings: Of the tap.
        version: Of the tap.

    Raises:
        LoginRequiredError: Ons refuses the certificate; says why, and what to do.
        UnreachableError: Ons cannot be reached; says how far it got.
        FatalAPIError: Something else answers.
        SettingError: The certificate cannot be used.
    """
    logger = logging.getLogger("tap-ons")
    connection = Connection.from_settings(settings, version=version, logger=logger, errors=_ERRORS, attempts=_ATTEMPTS)
    request = connection.prepare("/ping", headers={"Accept": "text/plain"})
    try:
        connection.session.call(request, what=f"ping of {connection.api_url}", read=_require_text)
    except UnreachableError as error:
        if reason := _reason(error, host=urlsplit(connection.api_url).hostname or ""):
            raise UnreachableError(f"ping of {connection.api_url}: {reason}") from None
        raise
    return connection.api_url


def _require_text(response: requests.Response) -> None:
    """Make sure that it is Ons who answered.

    Raises:
        UnreadableAnswerError: Something else did.
    """
    if not response.headers.get("Content-Type", "").startswith("text/plain"):
        raise UnreadableAnswerError(_IN_BETWEEN)


def _reason(error: UnreachableError, *, host: str) -> str | None:
    """Say how far the connection got, and what to do; None if the error itself says it."""
    causes = list(causes_of(error))
    if any(isinstance(cause, requests.exceptions.ProxyError) for cause in causes):
        return _proxy_reason(causes)
    reasons: tuple[tuple[type[BaseException], str], ...] = (
        (socket.gaierror, f"the name {host} is unknown here: check api_url and the name server of this machine"),
        (ConnectionRefusedError, f"{host} refuses the connection: check api_url, with its port, and firewalls"),
        (requests.exceptions.ConnectTimeout, f"{host} does not answer: a firewall may have to let port 443 out"),
        (requests.exceptions.ReadTimeout, f"{host} took the connection, but gives no answer: try again later"),
        (ConnectionResetError, f"{host}, or a firewall before it, cuts the connection: try again later, or ask them"),
    )
    return next((text for kind, text in reasons if any(isinstance(cause, kind) for cause in causes)), None)


def _proxy_reason(causes: list[BaseException]) -> str:
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return f"the proxy's name is unknown here: {_PROXY}"
    refusals = {match.group(1) for cause in causes if (match := _TUNNEL.search(str(cause)))}
    if _LOGIN_AT_PROXY in refusals:
        return f"the proxy wants a login (HTTP {_LOGIN_AT_PROXY}): {_PROXY}, with user and password if need be"
    if refusals:
        return f"the proxy refuses to connect to Ons (HTTP {min(refusals)}): let its keepers allow it; {_PROXY}"
    return f"the proxy cannot be reached: {_PROXY}"
