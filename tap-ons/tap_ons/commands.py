"""Sub-commands: ask for a certificate, see what one says, ask Ons whether it does, and see what to ask Ons for."""

import json
import logging
import os
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import click
from connector_kit.console import plugin_of, protect, settings_option
from connector_kit.errors import SettingError
from singer_sdk.singerlib import Catalog
from typing_extensions import override

from tap_ons import ping as asking
from tap_ons.auth import ClientCertificate
from tap_ons.common_name import CommonName, requirement
from tap_ons.requests_for_certificates import KEY_BITS, Applicant, write_request
from tap_ons.technical_design import TechnicalDesign

if TYPE_CHECKING:
    from tap_ons.tap import TapOns

__all__ = ["COMMANDS"]

_PASSWORD: Final = "TAP_ONS_CLIENT_KEY_PASSWORD"  # noqa: S105  # the name of a variable
_NAME_OF_KEY: Final = click.Path(dir_okay=False, path_type=Path)
_CODE: Final = re.compile(r"[A-Za-z0-9]+", re.ASCII)


@click.command(short_help="Show the client certificate; asks no network.")
@settings_option
@click.option("--json", "as_json", is_flag=True, help="Write a JSON object.")
def certificate(settings: dict[str, Any], *, as_json: bool) -> None:
    """Show whose certificate the settings name, until when it is valid, and whether the key belongs to it.

    Ends with 13 if it has expired or is not yet valid, and with 16 if a setting is wrong.
    """
    ours, now = ClientCertificate.from_settings(settings), datetime.now(UTC)
    warnings = ours.warnings(now, environment=None if settings.get("api_url") else settings["environment"])
    click.echo(json.dumps(_facts(ours, now, warnings), indent=2) if as_json else _description(ours, now))
    ours.check(now)
    for warning in warnings:
        logging.getLogger("tap-ons").warning(warning)


def _facts(ours: ClientCertificate, now: datetime, warnings: list[str]) -> dict[str, Any]:
    name = ours.name
    return {
        "common_name": ours.common_name,
        "connector": name.connector if name else None,
        "customer": name.customer if name else None,
        "environment": name.environment if name else None,
        "identification": name.identification if name else None,
        "issuer": ours.issuer,
        "valid_from": ours.valid_from.isoformat(),
        "valid_until": ours.valid_until.isoformat(),
        "days_left": ours.days_left(now),
        "key": ours.key_kind,
        "key_belongs": ours.key_belongs,
        "old_ciphers": list(ours.old_ciphers),
        "warnings": warnings,
    }


def _description(ours: ClientCertificate, now: datetime) -> str:
    name = ours.name
    facts = {
        "Connector": name.connector if name else "not told: the common name does not follow Ons' rule",
        "Customer code": name.customer if name else "not told",
        "Environment": f"{name.environment} (by the customer code)" if name else "not told",
        "Identification": name.identification if name else "not told",
        "Issued by": ours.issuer,
        "Valid until": f"{ours.valid_until:%Y-%m-%d %H:%M} UTC ({ours.days_left(now)} days left)",
        "Private key": f"{'belongs' if ours.key_belongs else 'DOES NOT belong'} to the certificate ({ours.key_kind})",
    }
    if ours.old_ciphers:
        facts["Archive"] = (
            f"encrypted with {' and '.join(ours.old_ciphers)}, obsolete; to convert it: "
            "openssl pkcs12 -legacy -in old.pfx -out ons.pem"
        )
    return "\n".join(f"{title + ':':<16}{value}" for title, value in facts.items())


@click.command(short_help="Ask Ons whether it accepts the client certificate.")
@settings_option
def ping(settings: dict[str, Any]) -> None:
    """Ask Ons whether it accepts the certificate at this address, and say what to do if not.

    Ends with 13 if the certificate is refused, with 16 if a setting is wrong, and with 1 if Ons cannot be reached.
    """
    click.echo(f"Ons accepts the certificate at {asking.ping(settings, version=version('tap-ons'))}.")


class _Asked(click.Option):
    """An option that is asked for in a terminal, and demanded elsewhere."""

    @override
    def prompt_for_value(self, ctx: click.Context) -> Any:
        if not sys.stdin.isatty():
            raise click.MissingParameter(ctx=ctx, param=self)
        return super().prompt_for_value(ctx)


def _asked(name: str, text: str, *, part: str | None = None) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Declare a part of the request; one of the common name is checked at once."""

    def check(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
        needed = requirement(part, value) if part else None
        if needed and not (part == "customer" and _CODE.fullmatch(value)):
            raise click.BadParameter(needed)
        if needed:
            click.echo(f"Customer code {value} is of no form that is known ({needed})", err=True)
        return value

    return click.option(name, cls=_Asked, prompt=text, help=f"{text}.", callback=check)


@click.command("certificate-request", short_help="Make a private key and the request that Ons signs; asks no network.")
@_asked("--connector", "Technical name of the connector, as registered", part="connector")
@_asked("--customer", "Customer code (TE1002 for the development environment)", part="customer")
@_asked("--identification", "Free text of letters, digits and _, such as production", part="identification")
@_asked("--organisation", "Organisation that runs the connector (O)")
@_asked("--unit", "Department of it (OU)")
@_asked("--locality", "Place (L)")
@_asked("--province", "Province (ST)")
@click.option("--country", default="NL", show_default=True, help="Country (C).")
@_asked("--email", "E-mail address, best of a department")
@click.option("--key", type=_NAME_OF_KEY, help="File of the private key. Default: the common name, with .key.")
@click.option("--request", type=_NAME_OF_KEY, help="File of the request. Default: the common name, with .csr.")
@click.option("--encrypt", is_flag=True, help=f"Encrypt the key, with {_PASSWORD} or a password that is asked for.")
def certificate_request(
    *,
    connector: str,
    customer: str,
    identification: str,
    key: Path | None,
    request: Path | None,
    encrypt: bool,
    **parts: str,
) -> None:
    """Make a private key (RSA, 4096 bits) and a certificate signing request by the rules of Ons.

    Writes two files and overwrites none. The key never leaves this machine; the request goes to the Ons API Dashboard.
    """
    name = CommonName(connector=connector, customer=customer, identification=identification)
    applicant = Applicant(name=name, **parts)
    key, request = key or Path(f"{name}.key"), request or Path(f"{name}.csr")
    write_request(applicant, key=key, request=request, password=_new_password() if encrypt else None)
    click.echo(
        f"Private key:  {key} (RSA, {KEY_BITS} bits, {'encrypted' if encrypt else 'in the clear'}, readable by you "
        "only); keep it: nobody can make it again\n"
        f"Request:      {request} for {name} ({name.environment})\n"
        "Next:         upload the request in the Ons API Dashboard (api-dashboard.ons.io). When it gives the "
        f"certificate, set client_certificate to that file and client_key to {key}; then: tap-ons certificate, "
        "tap-ons ping"
    )


def _new_password() -> str:
    """Take the password of a new key from the environment, or ask for it.

    Raises:
        SettingError: There is none, and nobody to ask.
    """
    password = os.environ.get(_PASSWORD) or None
    if password is None and sys.stdin.isatty():
        password = click.prompt("Password of the private key", hide_input=True, confirmation_prompt=True)
    if password is None:
        raise SettingError(f"environment variable {_PASSWORD} is missing: it encrypts the private key")
    protect(password)
    return password


@click.command("technical-design", short_help="Print the endpoints and fields that the selected streams need.")
@settings_option
@click.option(
    "--catalog",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The streams and fields that this catalog selects. Default: what is selected by default.",
)
@click.option("--all", "everything", is_flag=True, help="All streams, selected or not.")
@click.option("--json", "as_json", is_flag=True, help="Write a JSON object instead of markdown.")
def technical_design(settings: dict[str, Any], *, catalog: Path | None, everything: bool, as_json: bool) -> None:
    """Print what to ask for in the connector's Technical Design; asks no network.

    Fields of personal data that the settings leave out are not asked for.
    """
    plugin = plugin_of(click.get_current_context())
    tap = cast("TapOns", plugin(config=settings, catalog=_catalog(catalog)))  # type: ignore[call-arg]  # a tap
    design = TechnicalDesign(tap, everything=everything)
    click.echo(design.json() if as_json else design.markdown())


def _catalog(path: Path | None) -> Catalog | None:
    try:
        return Catalog.from_dict(json.loads(path.read_text(encoding="utf-8"))) if path else None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise click.UsageError(f"--catalog {path}: not a catalog as --discover writes it") from None


COMMANDS: Final = (certificate_request, certificate, ping, technical_design)
