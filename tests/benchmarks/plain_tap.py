"""The tap for comparison: what the SDK's template gives, filled in for one bulk table, and no more.

`RESTStream`, the SDK's own writer and conformance of types; the rows keep the provider's spelling, which saves it the
renaming. It reads lines with the means of requests and parses them with exact numbers, as the SDK does.
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

if TYPE_CHECKING:
    from collections.abc import Iterable

    from singer_sdk.helpers.types import Context


def provider_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """The same schema, with the provider's names."""
    if "properties" not in schema:
        return schema
    properties = {
        declaration.get("x-source-name", name): provider_schema(declaration)
        for name, declaration in schema["properties"].items()
        if not name.startswith("_")
    }
    return {**schema, "properties": properties}


class EmployeesStream(RESTStream[Any]):
    """The bulk table of employees."""

    name = "employees"
    path = "/v0/xstream/employees/data"
    primary_keys = ("id",)
    replication_key = None
    schema: ClassVar[dict[str, Any]] = provider_schema(SCHEMAS.get_schema("employees"))

    @property
    @override
    def url_base(self) -> str:
        return str(self.config["api_url"])

    @property
    @override
    def http_headers(self) -> dict[str, Any]:
        return {"Accept": "application/x-ndjson"}

    @cached_property
    def requests_session(self) -> requests.Session:
        session = requests.Session()
        session.cert = (self.config["client_certificate"], self.config["client_key"])
        session.verify = self.config["ca_bundle"]
        session.stream = True
        return session

    @override
    def parse_response(self, response: requests.Response) -> Iterable[dict[str, Any]]:
        for line in response.iter_lines():
            if line:
                yield json.loads(line, parse_float=Decimal)

    @override
    def post_process(self, row: dict[str, Any], context: Context | None = None) -> dict[str, Any] | None:
        return row


class PlainTap(Tap):
    """A tap with one stream."""

    name = "plain-tap"
    config_jsonschema: ClassVar[dict[str, Any]] = th.PropertiesList(
        *(
            th.Property(name, th.StringType, required=True)
            for name in ("api_url", "client_certificate", "client_key", "ca_bundle")
        )
    ).to_dict()

    @override
    def discover_streams(self) -> list[EmployeesStream]:
        return [EmployeesStream(self)]


if __name__ == "__main__":
    PlainTap.cli()
