"""Sub-commands for the certificate: what it says, and whether Ons accepts it."""

import logging
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any, Final

import click
import requests
from connector_kit.console import settings_option
from connector_kit.extract import Action
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tap_ons.auth import ClientCertificate
from tap_ons.client import Connection, rules

__all__ = ["certificate", "ping"]

_DASHBOARD: Final = "the Ons API Dashboard"
PING_ERRORS: Final = rules(
    (400, Action.LOGIN, "no client certificate arrived: let no proxy between here and Ons open the TLS connection"),
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
    (496, Action.LOGIN, "no client certificate arrived: let no proxy between here and Ons open the TLS connection"),
)
"""What error answers to a ping mean (403 and 495: vendor documentation; the others: inferred)."""


@click.command(short_help="Show the client certificate; asks no network.")
@settings_option
def certificate(settings: dict[str, Any]) -> None:
    """Show whose certificate the settings name, until when it is valid, and whether the key belongs to it."""
    ours, now = ClientCertificate.from_settings(settings), datetime.now(UTC)
    name = ours.name
    facts = {
        "Connector": name.connector if name else "not told: the common name does not follow Ons' rule",
        "Customer code": name.customer if name else "not told",
        "Environment": f"{name.environment} (by the customer code)" if name else "not told",
        "Identification": name.identification if name else "not told",
        "Valid until": f"{ours.valid_until:%Y-%m-%d %H:%M} UTC ({ours.days_left(now)} days left)",
        "Private key": f"{'belongs' if ours.key_belongs else 'DOES NOT belong'} to the certificate ({_kind(ours)})",
    }
    for title, value in facts.items():
        click.echo(f"{title + ':':<16}{value}")
    ours.check(now)
    for warning in ours.warnings(now, environment=None):
        logging.getLogger("tap-ons").warning(warning)


def _kind(ours: ClientCertificate) -> str:
    match ours.key:
        case rsa.RSAPrivateKey() as key:
            return f"RSA, {key.key_size} bits"
        case ec.EllipticCurvePrivateKey() as key:
            return f"elliptic curve, {key.key_size} bits"
        case _:
            return "neither RSA nor elliptic curve"


@click.command(short_help="Ask Ons whether it accepts the client certificate.")
@settings_option
def ping(settings: dict[str, Any]) -> None:
    """Ask Ons whether it accepts the certificate at this address, and say what to do if not."""
    connection = Connection.from_settings(
        settings, version=version("tap-ons"), logger=logging.getLogger("tap-ons"), errors=PING_ERRORS, attempts=2
    )
    request = connection.session.http.prepare_request(
        requests.Request("GET", f"{connection.api_url}/ping", headers={"Accept": "text/plain"})
    )
    connection.session.call(request, what=f"ping of {connection.api_url}", read=_require_text)
    click.echo(f"Ons accepts the certificate at {connection.api_url}.")


def _require_text(response: requests.Response) -> None:
    """Make sure that it is Ons who answered.

    Raises:
        ValueError: Something else did, such as the login page of a network.
    """
    if not response.headers.get("Content-Type", "").startswith("text/plain"):
        raise ValueError("not the answer of Ons")
