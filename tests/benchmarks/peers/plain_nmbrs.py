"""Nmbrs by a plain SDK tap: companies, and lists of each of them. As the SDK's template has it: OAuth, pages, a parent."""

from __future__ import annotations

import json
import re
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from singer_sdk import RESTStream, Tap
from singer_sdk import typing as th
from singer_sdk.authenticators import OAuthAuthenticator
from singer_sdk.pagination import BasePageNumberPaginator
from tap_nmbrs.schemas import SCHEMAS
from typing_extensions import override

if TYPE_CHECKING:
    import requests
    from singer_sdk.helpers.types import Context, Record

LISTS = json.loads(Path(__file__).with_name("nmbrs_streams.json").read_text(encoding="utf-8"))


class RefreshTokenAuthenticator(OAuthAuthenticator):
    """A token for a refresh token."""

    def __init__(self, refresh_token: str, **options: Any) -> None:
        super().__init__(**options)
        self.refresh_token = refresh_token

    @property
    @override
    def oauth_request_body(self) -> dict[str, Any]:
        return {
            "grant_type": "refresh_token",
            "refresh_token": self.refresh_token,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
        }


class Pages(BasePageNumberPaginator):
    """Until the last one."""

    @override
    def has_more(self, response: requests.Response) -> bool:
        pagination = response.json()["pagination"]
        return bool(pagination["pageNumber"] < pagination["totalPages"])


class NmbrsStream(RESTStream[int]):
    """A list of Nmbrs."""

    records_jsonpath = "$.data[*]"
    replication_key = None

    @property
    @override
    def url_base(self) -> str:
        return str(self.config["api_url"])

    @property
    @override
    def authenticator(self) -> RefreshTokenAuthenticator:
        assert isinstance(self._tap, PlainTap)
        return self._tap.shared_authenticator

    @property
    @override
    def http_headers(self) -> dict[str, Any]:
        return {"X-Subscription-Key": self.config["subscription_key"], "Accept": "application/json"}

    @override
    def get_new_paginator(self) -> Pages:
        return Pages(start_value=1)

    @override
    def get_url_params(self, context: Context | None, next_page_token: int | None) -> dict[str, Any]:
        return {"pageSize": 100, "pageNumber": next_page_token or 1}


class CompaniesStream(NmbrsStream):
    """All companies."""

    name = "companies"
    path = "/api/companies"
    primary_keys = ("companyId",)
    schema: ClassVar[dict[str, Any]] = th.PropertiesList(
        *(th.Property(name, th.StringType) for name in ("companyId", "number", "name", "debtorId"))
    ).to_dict()

    @override
    def get_child_context(self, record: Record, context: Context | None) -> Context | None:
        return {"company_id": record["companyId"]}


class CompanyListStream(NmbrsStream):
    """A list of each company."""

    parent_stream_type = CompaniesStream
    state_partitioning_keys: ClassVar[list[str]] = []


def camel_case(schema: dict[str, Any]) -> dict[str, Any]:
    """The columns of one of our flat tables, with the provider's names."""
    columns = {
        declared.get("x-source-name", re.sub(r"_(.)", lambda found: found[1].upper(), name)): {"type": declared["type"]}
        for name, declared in schema["properties"].items()
        if name != "company_id"
    }
    return {"type": "object", "properties": columns}


def list_stream(row: dict[str, Any]) -> type[CompanyListStream]:
    """The class for a row of the table; inner lists stay where they are, and as they are."""
    if row["inner"]:
        columns = {"employeeId": {"type": ["string", "null"]}, row["inner"]: {"type": ["array", "null"]}}
        schema = {"type": "object", "properties": columns}
    else:
        schema = camel_case(SCHEMAS.get_schema(row["stream"]))
    path = f"/api/companies/{{company_id}}/{row['path']}"
    keys = ("employeeId",) if row["inner"] else (row["key"],)
    members = {"name": row["stream"], "path": path, "schema": schema, "primary_keys": keys}
    return type(row["stream"], (CompanyListStream,), members)


class PlainTap(Tap):
    """A tap with the lists of the table."""

    name = "plain-nmbrs"
    config_jsonschema: ClassVar[dict[str, Any]] = th.PropertiesList(
        *(
            th.Property(name, th.StringType, required=True)
            for name in ("api_url", "identity_url", "client_id", "client_secret", "subscription_key", "refresh_token")
        )
    ).to_dict()

    @cached_property
    def shared_authenticator(self) -> RefreshTokenAuthenticator:
        """One for all streams: a refresh token is good for one use."""
        return RefreshTokenAuthenticator(
            auth_endpoint=f"{self.config['identity_url']}/connect/token",
            client_id=self.config["client_id"],
            client_secret=self.config["client_secret"],
            refresh_token=self.config["refresh_token"],
        )

    @override
    def discover_streams(self) -> list[NmbrsStream]:
        return [CompaniesStream(self), *(list_stream(row)(self) for row in LISTS)]


if __name__ == "__main__":
    PlainTap.cli()
