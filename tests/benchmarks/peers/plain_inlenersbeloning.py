"""Inlenersbeloning by a plain SDK tap: partners, their remunerations, and each document whole. Two levels of parents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from singer_sdk import RESTStream, Tap
from singer_sdk import typing as th
from singer_sdk.authenticators import BearerTokenAuthenticator
from typing_extensions import override

if TYPE_CHECKING:
    from singer_sdk.helpers.types import Context, Record

TEXT, NUMBER = ["string", "null"], ["integer", "null"]
OBJECT: dict[str, Any] = {"type": ["object", "null"], "additionalProperties": True}
LIST: dict[str, Any] = {"type": ["array", "null"]}
HEADER: dict[str, Any] = {
    **{name: {"type": TEXT} for name in ("id", "title", "intermediaryID", "startDate", "publishDate")},
    **{name: {"type": NUMBER} for name in ("lenderVersion", "totalVersions")},
}
OBJECTS = (
    *("company", "publisher", "baseOrganisationData", "workingHours", "paidBreaks", "wageIncrements", "allowances"),
    *("reimbursementsData", "travelExpensesData", "individualChoiceBudget", "paymentsData", "sickPay", "leave"),
    *("pensionData", "sustainableEmployability", "employmentConditions"),
)


class AgencyStream(RESTStream[Any]):
    """A list or a document."""

    primary_keys = ("id",)
    replication_key = None

    @property
    @override
    def url_base(self) -> str:
        return str(self.config["api_url"])

    @property
    @override
    def authenticator(self) -> BearerTokenAuthenticator:
        return BearerTokenAuthenticator(token=self.config["token"])


class PartnersStream(AgencyStream):
    """Hirers of the first company of the settings."""

    name = "partners"
    path = "/partner/{company_id}"
    schema: ClassVar[dict[str, Any]] = {
        "properties": {
            "id": {"type": TEXT},
            "name": {"type": TEXT},
            "commerceNumber": {"type": TEXT},
        }
    }

    @property
    @override
    def partitions(self) -> list[dict[str, Any]]:
        return [{"company_id": self.config["company_ids"][0]}]

    @override
    def get_child_context(self, record: Record, context: Context | None) -> Context | None:
        return {**(context or {}), "partner_id": record["id"]}


class IndexStream(AgencyStream):
    """Which remunerations a hirer shares."""

    name = "remuneration_index"
    path = "/remuneration/{company_id}/{partner_id}"
    parent_stream_type = PartnersStream
    state_partitioning_keys: ClassVar[list[str]] = []
    schema: ClassVar[dict[str, Any]] = {"properties": HEADER}

    @override
    def get_child_context(self, record: Record, context: Context | None) -> Context | None:
        return {**(context or {}), "remuneration_id": record["id"]}


class RemunerationsStream(AgencyStream):
    """Documents, whole."""

    name = "remunerations"
    path = "/remuneration/{company_id}/{partner_id}/{remuneration_id}"
    records_jsonpath = "$"
    parent_stream_type = IndexStream
    state_partitioning_keys: ClassVar[list[str]] = []
    schema: ClassVar[dict[str, Any]] = {
        "properties": {
            **HEADER,
            **dict.fromkeys(OBJECTS, OBJECT),
            **dict.fromkeys(("functionGroups", "holidayAllowances"), LIST),
        }
    }


class PlainTap(Tap):
    """A tap with three streams."""

    name = "plain-inlenersbeloning"
    config_jsonschema: ClassVar[dict[str, Any]] = th.PropertiesList(
        th.Property("api_url", th.StringType, required=True),
        th.Property("token", th.StringType, required=True),
        th.Property("company_ids", th.ArrayType(th.StringType), required=True),
    ).to_dict()

    @override
    def discover_streams(self) -> list[AgencyStream]:
        return [PartnersStream(self), IndexStream(self), RemunerationsStream(self)]


if __name__ == "__main__":
    PlainTap.cli()
