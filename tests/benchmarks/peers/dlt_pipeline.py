"""Reads by dlt: `rest_api` where it can, a resource of its own for a table in lines. Runs in dlt's own environment.

    python dlt_pipeline.py OPTIONS.json

The options: `source` (a function here), `settings` of the provider, `destination` (files, duckdb, postgres) with its
`address`, and `folder` for what dlt keeps. Nested lists stay in one column, as our loaders have them; rows of databases
are merged by their key, those of files are appended. Speed-ups of dlt's documentation: pages instead of rows, parallel
extraction with as many workers as the provider allows, normalisation in two processes, files of 100,000 rows.
"""

from __future__ import annotations

import json
import os
import sys
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, ClassVar

os.environ |= {
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    "DO_NOT_TRACK": "1",
    "RUNTIME__LOG_LEVEL": "WARNING",
    "EXTRACT__WORKERS": "4",
    "SOURCES__DATA_WRITER__FILE_MAX_ITEMS": "100000",
    "NORMALIZE__DATA_WRITER__FILE_MAX_ITEMS": "100000",
    "NORMALIZE__DATA_WRITER__DISABLE_COMPRESSION": "true",
    "NORMALIZE__WORKERS": "2",
    "RUNTIME__REQUEST_TIMEOUT": "60",
}

import dlt
from dlt.common import json as dlt_json
from dlt.common.configuration import configspec
from dlt.sources.helpers.requests import Client
from dlt.sources.helpers.rest_client.auth import OAuth2ClientCredentials
from dlt.sources.helpers.rest_client.paginators import PageNumberPaginator
from dlt.sources.rest_api import rest_api_resources

if TYPE_CHECKING:
    from collections.abc import Iterator

    from requests import PreparedRequest, Session

PAGE_ROWS = 1000
PIECE_BYTES = 1 << 16


def employees(settings: dict[str, Any], disposition: str) -> list[Any]:
    """Ons' bulk table, in lines, which rest_api does not read: a resource of its own."""

    @dlt.resource(name="employees", primary_key="id", write_disposition=disposition, max_table_nesting=0)
    def rows() -> Iterator[list[Any]]:
        address = f"{settings['api_url']}/v0/xstream/employees/data"
        headers = {"Accept": "application/x-ndjson"}
        with ons_session(settings).get(address, headers=headers, stream=True) as response:
            response.raise_for_status()
            lines = response.iter_lines(chunk_size=PIECE_BYTES)
            while page := [dlt_json.loadb(line) for line in islice(lines, PAGE_ROWS) if line]:
                yield page

    return [rows]


def presence_logs(settings: dict[str, Any], disposition: str) -> list[Any]:
    """Hours of each employee of Ons: a parent and a child."""
    return rest_api_resources(
        {
            "client": {
                "base_url": settings["api_url"],
                "headers": {"Accept": "application/json"},
                "paginator": "single_page",
                "session": ons_session(settings),
            },
            "resource_defaults": defaults(disposition) | {"primary_key": "id"},
            "resources": [
                {
                    "name": "employees",
                    "selected": False,
                    "endpoint": {"path": "v0/xstream/employees/data", "data_selector": "employees"},
                },
                {
                    "name": "presence_logs",
                    "endpoint": {
                        "path": "v0/administration/employees/{resources.employees.id}/presence_logs",
                        "params": {"valid_from": settings["start_date"], "valid_to": settings["end_date"]},
                        "data_selector": "presenceLogs",
                    },
                },
            ],
        }
    )


def ons_session(settings: dict[str, Any]) -> Session:
    """dlt's session, which tries again, with the certificate of Ons."""
    attributes = {
        "cert": (settings["client_certificate"], settings["client_key"]),
        "verify": settings["ca_bundle"],
    }
    return Client(raise_for_status=False, session_attrs=attributes).session


def nmbrs(settings: dict[str, Any], disposition: str) -> list[Any]:
    """Lists of each company of Nmbrs, in pages."""
    table = json.loads(Path(__file__).with_name("nmbrs_streams.json").read_text(encoding="utf-8"))
    lists = [
        {
            "name": row["stream"],
            "primary_key": "employeeId" if row["inner"] else row["key"],
            "endpoint": {
                "path": f"api/companies/{{resources.companies.companyId}}/{row['path']}",
                "params": {"pageSize": 100},
                "data_selector": "data",
            },
        }
        for row in table
    ]
    companies = {
        "name": "companies",
        "primary_key": "companyId",
        "endpoint": {"path": "api/companies", "params": {"pageSize": 100}, "data_selector": "data"},
    }
    pages = PageNumberPaginator(base_page=1, page_param="pageNumber", total_path="pagination.totalPages")
    return rest_api_resources(
        {
            "client": {
                "base_url": settings["api_url"],
                "headers": {"X-Subscription-Key": settings["subscription_key"], "Accept": "application/json"},
                "auth": RefreshToken(
                    access_token_url=f"{settings['identity_url']}/connect/token",
                    client_id=settings["client_id"],
                    client_secret=settings["client_secret"],
                    access_token_request_data={
                        "grant_type": "refresh_token",
                        "refresh_token": settings["refresh_token"],
                    },
                ),
                "paginator": pages,
            },
            "resource_defaults": defaults(disposition),
            "resources": [companies, *lists],
        }
    )


@configspec
class RefreshToken(OAuth2ClientCredentials):
    """A token for a refresh token, asked for by one thread: the refresh token is good for one use."""

    lock: ClassVar[Any] = Lock()

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        with self.lock:
            return super().__call__(request)


def inlenersbeloning(settings: dict[str, Any], disposition: str) -> list[Any]:
    """Partners, their remunerations, and each document whole."""
    address = f"remuneration/{settings['company_ids'][0]}"
    return rest_api_resources(
        {
            "client": {
                "base_url": settings["api_url"],
                "auth": {"type": "bearer", "token": settings["token"]},
                "paginator": "single_page",
            },
            "resource_defaults": defaults(disposition) | {"primary_key": "id"},
            "resources": [
                {
                    "name": "partners",
                    "selected": False,
                    "endpoint": {"path": f"partner/{settings['company_ids'][0]}", "data_selector": "$"},
                },
                {
                    "name": "remuneration_index",
                    "selected": False,
                    "include_from_parent": ["id"],
                    "endpoint": {"path": f"{address}/{{resources.partners.id}}", "data_selector": "$"},
                },
                {
                    "name": "remunerations",
                    "endpoint": {
                        "path": f"{address}/{{resources.remuneration_index._partners_id}}"
                        "/{resources.remuneration_index.id}",
                        "data_selector": "$",
                    },
                },
            ],
        }
    )


def defaults(disposition: str) -> dict[str, Any]:
    """What all resources of rest_api have: children are asked for in parallel."""
    return {"write_disposition": disposition, "max_table_nesting": 0, "parallelized": True}


SOURCES = {
    "employees": employees,
    "presence_logs": presence_logs,
    "nmbrs": nmbrs,
    "inlenersbeloning": inlenersbeloning,
}


def destination(kind: str, address: str) -> Any:
    """Where to; the address is a folder, a file or a URL."""
    if kind == "files":
        return dlt.destinations.filesystem(bucket_url=Path(address).as_uri())
    if kind == "duckdb":
        return dlt.destinations.duckdb(address)
    return dlt.destinations.postgres(address)


def main() -> None:
    """Run the pipeline."""
    options = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    kind = options["destination"]
    pipeline = dlt.pipeline(
        pipeline_name="peer",
        pipelines_dir=options["folder"],
        destination=destination(kind, options["address"]),
        dataset_name="peer",
    )
    resources = SOURCES[options["source"]](options["settings"], "append" if kind == "files" else "merge")
    source = dlt.source(lambda: resources, name="peer", max_table_nesting=0)()
    pipeline.run(source, **({"loader_file_format": "jsonl"} if kind == "files" else {}))


if __name__ == "__main__":
    main()
