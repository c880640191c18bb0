"""What can be read from Ons: one row per resource of the bulk family `xstream`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tap_ons.client import OnsStream

if TYPE_CHECKING:
    from singer_sdk.streams import Stream

    from tap_ons.tap import TapOns

__all__ = ["RESOURCES", "Resource", "XstreamTable", "xstream_streams"]


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A bulk resource.

    Attributes:
        stream: Name of the stream, and of its schema file.
        name: Name of the resource in its path (`/v0/xstream/{name}/data`), in the provider's spelling.
        model: The provider's name of what a row is.
    """

    stream: str
    name: str
    model: str


RESOURCES: Final = (
    Resource(stream="locations", name="locations", model="Location"),
    Resource(stream="teams", name="teams", model="Team"),
    Resource(stream="contract_types", name="contract_types", model="payroll.ContractType"),
    Resource(stream="employees", name="employees", model="Employee"),
)


class XstreamTable(OnsStream):
    """A row of the table of resources, as a stream."""

    def __init__(self, tap: "TapOns", resource: Resource) -> None:
        self.path = f"/v0/xstream/{resource.name}/data"
        super().__init__(tap, resource.stream)


def xstream_streams(tap: "TapOns") -> list["Stream"]:
    """Build the streams of the table."""
    return [XstreamTable(tap, resource) for resource in RESOURCES]
