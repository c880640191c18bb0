"""Singer tap for Nedap Ons."""

from functools import cached_property
from typing import Any, ClassVar

from connector_kit.console import program
from connector_kit.extract import ApiTap
from singer_sdk import Stream
from singer_sdk import typing as th
from typing_extensions import override

from tap_ons.client import ENVIRONMENTS
from tap_ons.commands import certificate, ping
from tap_ons.shared import Shared
from tap_ons.streams import xstream_streams

__all__ = ["TapOns", "main"]


def _text(name: str, title: str, description: str, **options: Any) -> th.Property[str]:
    return th.Property(name, th.StringType, title=title, description=description, **options)


class TapOns(ApiTap):
    """Care administration of Nedap Ons: locations, teams, contract types and employees."""

    name = "tap-ons"
    config_jsonschema: ClassVar[dict[str, Any]] = th.PropertiesList(
        th.Property(
            "environment",
            th.StringType(allowed_values=list(ENVIRONMENTS)),
            default="production",
            title="Environment",
            description="Which of the three environments of Ons is asked; the certificate must be of the same one.",
        ),
        _text(
            "client_certificate",
            "Client certificate",
            "File with the certificate that Ons signed, in PEM form, or that text itself. May hold authorities, and "
            "the private key, too.",
        ),
        _text(
            "client_key",
            "Private key",
            "File with the private key that the certificate's request was made with, in PEM form, or that text itself.",
            secret=True,
        ),
        _text(
            "client_key_password", "Password of the private key", "Needed if the private key is encrypted.", secret=True
        ),
        _text(
            "client_pkcs12",
            "PKCS#12 file",
            "File (.pfx, .p12) with certificate and private key, or its content in base64; instead of "
            "client_certificate and client_key.",
            secret=True,
        ),
        _text("client_pkcs12_password", "Password of the PKCS#12 file", "Of client_pkcs12.", secret=True),
        _text(
            "ca_bundle",
            "Authorities",
            "File with the authorities that may sign the server's certificate, in PEM form, or that text itself; only "
            "these are trusted. Default: those of this machine.",
        ),
        _text("api_url", "API URL", "Base URL instead of that of the environment; a simulator has another."),
    ).to_dict()

    @cached_property
    def shared(self) -> Shared:
        """What the streams share."""
        return Shared(self)

    @override
    def discover_streams(self) -> list[Stream]:
        return xstream_streams(self)


main = program(TapOns, certificate, ping)
