"""Ons by a plain SDK tap: what the SDK's template gives, filled in, and no more.

`RESTStream`, the SDK's own writer and conformance of types; the rows keep the provider's spelling, which saves it the
renaming. The bulk table comes in lines with the means of requests and is parsed with exact numbers, as the SDK does;
hours are a child stream of employees.
"""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import requests
from singer_sdk import RESTStream, Tap
from singer_sdk import typing as th
from tap_ons.schemas import SCHEMAS
from typing_extensions import override

from tests.benchmarks.peers.plain_schemas import provider_schema

if TYPE_CHECKING:
    from collections.abc import Iterable

    from singer_sdk.helpers.types import Context, Record


class OnsStream(RESTStream[Any]):
    """A stream of Ons: its address, and its certificate."""

    primary_keys = ("id",)
    replication_key = None

    @property
    @override
    def url_base(self) -> str:
        return str(self.config["api_url"])

    @property
    @override
    def http_headers(self) -> dict[str, Any]:
        return {"Accept": "application/json"}

    @cached_property
    def requests_session(self) -> requests.Session:
        session = requests.Session()
        session.cert = (self.config["client_certificate"], self.config["client_key"])
        session.verify = self.config["ca_bundle"]
        return session


class EmployeesStream(OnsStream):
    """The bulk table of employees."""

    name = "employees"
    path = "/v0/xstream/employees/data"
    schema: ClassVar[dict[str, Any]] = provider_schema(SCHEMAS.get_schema("employees"))

    @property
    @override
    def http_headers(self) -> dict[str, Any]:
        return {"Accept": "application/x-ndjson"}

    @cached_property
    def requests_session(self) -> requests.Session:
        session = super().requests_session
        session.stream = True
        return session

    @override
    def parse_response(self, response: requests.Response) -> Iterable[dict[str, Any]]:
        for line in response.iter_lines():
            if line:
                yield json.loads(line, parse_float=Decimal)

    @override
    def get_child_context(self, record: Record, context: Context | None) -> Context | None:
        return {"employee_id": record["id"]}


def presence_logs_schema() -> dict[str, Any]:
    """The schema of hours; a day comes as a moment."""
    schema = provider_schema(SCHEMAS.get_schema("presence_logs"))
    schema["properties"]["date"] = {"type": ["string", "null"], "format": "date-time"}
    return schema


class PresenceLogsStream(OnsStream):
    """Hours of each employee."""

    name = "presence_logs"
    path = "/v0/administration/employees/{employee_id}/presence_logs"
    records_jsonpath = "$.presenceLogs[*]"
    parent_stream_type = EmployeesStream
    state_partitioning_keys: ClassVar[list[str]] = []
    schema: ClassVar[dict[str, Any]] = presence_logs_schema()

    @override
    def get_url_params(self, context: Context | None, next_page_token: Any | None) -> dict[str, Any]:
        return {"valid_from": self.config["start_date"], "valid_to": self.config["end_date"]}


class PlainTap(Tap):
    """A tap with two streams."""

    name = "plain-ons"
    config_jsonschema: ClassVar[dict[str, Any]] = th.PropertiesList(
        *(
            th.Property(name, th.StringType, required=True)
            for name in ("api_url", "client_certificate", "client_key", "ca_bundle")
        ),
        th.Property("start_date", th.StringType),
        th.Property("end_date", th.StringType),
    ).to_dict()

    @override
    def discover_streams(self) -> list[OnsStream]:
        return [EmployeesStream(self), PresenceLogsStream(self)]


if __name__ == "__main__":
    PlainTap.cli()
