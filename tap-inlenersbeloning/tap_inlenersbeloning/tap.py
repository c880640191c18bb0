"""Singer tap for Inlenersbeloning.com."""

from functools import cached_property
from typing import Any, ClassVar

from connector_kit.console import program
from connector_kit.extract import ApiTap
from singer_sdk import Stream
from singer_sdk import typing as th
from typing_extensions import override

from tap_inlenersbeloning.commands import COMMANDS
from tap_inlenersbeloning.shared import Shared
from tap_inlenersbeloning.streams import STREAMS, CompanyStream
from tap_inlenersbeloning.webhook_settings import WEBHOOK_SETTINGS

__all__ = ["TapInlenersbeloning", "main"]


class TapInlenersbeloning(ApiTap):
    """Pay conditions on Inlenersbeloning.com: partners (hirers), their remunerations and the documents."""

    name = "tap-inlenersbeloning"
    config_jsonschema: ClassVar[dict[str, Any]] = th.PropertiesList(
        th.Property(
            "token",
            th.StringType,
            required=True,
            secret=True,
            title="Token",
            description="API token from the portal: cmp_ (of a company) or org_ (of an organisation) and 64 "
            "hexadecimal digits. Good until it is revoked there.",
        ),
        th.Property(
            "company_ids",
            th.ArrayType(th.StringType),
            required=True,
            title="Company ids",
            description="The agency's own companies to read for, by the id that the portal shows; a cmp_ token is for "
            "one.",
        ),
        th.Property(
            "requests_per_second",
            th.NumberType(exclusive_minimum=0),
            default=2,
            title="Requests per second",
            description="Pace over all streams together. The provider does not publish its limits.",
        ),
        th.Property(
            "api_url",
            th.StringType,
            default="https://mijn.inlenersbeloning.com/api/v6",
            title="API URL",
            description="Base URL of the API, with its version; a simulator has another.",
        ),
        *WEBHOOK_SETTINGS,
    ).to_dict()

    @cached_property
    def shared(self) -> Shared:
        """What the streams share."""
        return Shared(self)

    @override
    def discover_streams(self) -> list[Stream]:
        return [CompanyStream(self, declaration) for declaration in STREAMS]


main = program(TapInlenersbeloning, *COMMANDS)
