"""Singer tap for Nedap Ons."""

from functools import cached_property
from typing import Any, ClassVar

from connector_kit.console import program
from connector_kit.extract import ApiTap
from singer_sdk import Stream
from typing_extensions import override

from tap_ons.commands import COMMANDS
from tap_ons.exports import export_streams
from tap_ons.listing_streams import listing_streams
from tap_ons.onsdb import onsdb_streams
from tap_ons.settings import SETTINGS
from tap_ons.shared import Shared
from tap_ons.xstream import xstream_streams

__all__ = ["TapOns", "main"]


class TapOns(ApiTap):
    """Care administration of Nedap Ons: employees, hours, clients, care, planning and finance."""

    name = "tap-ons"
    config_jsonschema: ClassVar[dict[str, Any]] = SETTINGS

    @cached_property
    def shared(self) -> Shared:
        """What the streams share."""
        return Shared(self)

    @override
    def discover_streams(self) -> list[Stream]:
        return [*xstream_streams(self), *listing_streams(self), *export_streams(self), *onsdb_streams(self)]


main = program(TapOns, *COMMANDS)
