"""Singer tap for Inlenersbeloning.com."""

from functools import cached_property
from typing import Any, ClassVar

from connector_kit.console import program
from connector_kit.extract import ApiTap
from singer_sdk import Stream
from typing_extensions import override

from tap_inlenersbeloning.commands import COMMANDS
from tap_inlenersbeloning.settings import SETTINGS
from tap_inlenersbeloning.shared import Shared
from tap_inlenersbeloning.table import STREAMS

__all__ = ["TapInlenersbeloning", "main"]


class TapInlenersbeloning(ApiTap):
    """Pay conditions on Inlenersbeloning.com: partners (hirers), their remunerations and what is in them."""

    name = "tap-inlenersbeloning"
    config_jsonschema: ClassVar[dict[str, Any]] = SETTINGS

    @cached_property
    def shared(self) -> Shared:
        """What the streams share."""
        return Shared(self)

    @override
    def discover_streams(self) -> list[Stream]:
        return [declaration.kind(self, declaration) for declaration in STREAMS]

    @property
    @override
    def streams(self) -> dict[str, Stream]:
        return self._in_order

    @cached_property
    def _in_order(self) -> dict[str, Stream]:
        """Streams in the order of the table: the header of a document comes before what is in it."""
        streams = super().streams
        return {declaration.name: streams[declaration.name] for declaration in STREAMS}


main = program(TapInlenersbeloning, *COMMANDS)
