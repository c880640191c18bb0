"""Booking by plain SDK targets: what the SDK's template gives, filled in, and no more.

    python -m tests.benchmarks.peers.plain_posting minox|minimax --config config.json < messages

One `RecordSink`, one request per record, the SDK's own check of records, and the retries that the SDK has for its
taps: five tries of what failed with 429, 5xx, without a connection or an answer, with growing pauses between. The
identifier of a booking at Minox is drawn once per record, so a request that is made again books nothing twice there.
Amounts travel as exact JSON
numbers: `requests` takes simplejson, which the SDK brings along. Master data is read once, before the first record.
"""

from __future__ import annotations

import argparse
import json
import uuid
from abc import abstractmethod
from functools import cached_property
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

import backoff
import requests
from singer_sdk import RecordSink, Target
from singer_sdk import typing as th
from singer_sdk.exceptions import FatalAPIError, RetriableAPIError

if TYPE_CHECKING:
    from collections.abc import Sequence

TRIES: Final = 5


class JournalSink(RecordSink):
    """Books one journal entry after the other."""

    def __init__(
        self, target: Target, stream_name: str, schema: dict[str, Any], key_properties: Sequence[str] | None
    ) -> None:
        super().__init__(target, stream_name, schema, key_properties)
        self.session = requests.Session()

    @abstractmethod
    def token(self) -> str:
        """An access token."""

    @cached_property
    def headers(self) -> dict[str, str]:
        """Of every request."""
        return {"Authorization": f"Bearer {self.token()}", "Accept": "application/json"}

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        """Make a request, and again what may succeed later."""
        again = (
            RetriableAPIError,
            requests.exceptions.Timeout,
            requests.exceptions.ConnectionError,
            requests.exceptions.ChunkedEncodingError,
        )
        tried = backoff.on_exception(backoff.expo, again, max_tries=TRIES, factor=2)(self.request_once)
        response: requests.Response = tried(method, path, **options)
        return response

    def request_once(self, method: str, path: str, **options: Any) -> requests.Response:
        """Make a request once."""
        response = self.session.request(
            method,
            f"{self.config['api_url']}{path}",
            headers=self.headers,
            timeout=self.config["request_timeout_seconds"],
            **options,
        )
        if (
            response.status_code == HTTPStatus.TOO_MANY_REQUESTS
            or response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
        ):
            raise RetriableAPIError(f"{response.status_code} for {method} {path}", response)
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            raise FatalAPIError(f"{response.status_code} for {method} {path}: {response.text}")
        return response


class MinoxSink(JournalSink):
    """A batch of lines per entry."""

    def token(self) -> str:
        """A token for an hour; the refresh token that comes with it takes the place of the former in the settings."""
        grant = {
            "grant_type": "refresh_token",
            "refresh_token": self.config["refresh_token"],
            "client_id": self.config["client_id"],
            "client_secret": self.config["client_secret"],
        }
        answer = self.session.post(f"{self.config['oauth_url']}/token", data=grant, timeout=60)
        answer.raise_for_status()
        tokens = answer.json()
        file = Path(self.config["config_file"])
        file.write_text(json.dumps(json.loads(file.read_text()) | {"refresh_token": tokens["refresh_token"]}))
        return str(tokens["access_token"])

    def process_record(self, record: dict[str, Any], context: dict[str, Any]) -> None:  # noqa: ARG002  # the SDK's hook
        """Book an entry."""
        day = record["date"]
        lines = [
            {
                "document_date": day.isoformat(),
                "journal": {"id": self.config["journal"]},
                "period": {"id": day.month, "fiscal_year": day.year},
                "account": {"id": line["account"]},
                "debit": line.get("debit") or 0,
                "credit": line.get("credit") or 0,
                "description": line["description"],
            }
            for line in record["lines"]
        ]
        books = f"/tenant/{self.config['tenant_id']}/administration/{self.config['administration_id']}"
        self.request("PUT", f"{books}/transaction_line_batch/{uuid.uuid4()}", json=lines)


class MinimaxSink(JournalSink):
    """A journal per entry."""

    def token(self) -> str:
        """A token for an hour."""
        grant = {"grant_type": "password", "scope": "minimax.si"}
        grant |= {name: self.config[name] for name in ("client_id", "client_secret", "username", "password")}
        answer = self.session.post(self.config["token_url"], data=grant, timeout=60)
        answer.raise_for_status()
        return str(answer.json()["access_token"])

    @property
    def organisation(self) -> str:
        """Path of its books."""
        return f"/api/orgs/{self.config['organisation_id']}"

    def ids(self, path: str, identifier: str) -> dict[str, int]:
        """Identifiers of a code list by code."""
        rows = self.request("GET", f"{self.organisation}/{path}", params={"PageSize": 300}).json()["Rows"]
        return {row["Code"]: row[identifier] for row in rows}

    @cached_property
    def accounts(self) -> dict[str, int]:
        """Ledger accounts."""
        return self.ids("accounts", "AccountId")

    @cached_property
    def journal_types(self) -> dict[str, int]:
        """Journal types."""
        return self.ids("journaltypes", "JournalTypeId")

    @cached_property
    def currencies(self) -> dict[str, int]:
        """Currencies."""
        return self.ids("currencies", "CurrencyId")

    def process_record(self, record: dict[str, Any], context: dict[str, Any]) -> None:  # noqa: ARG002  # the SDK's hook
        """Book an entry."""
        day = record["date"].isoformat()
        rows = [
            {
                "JournalEntryDate": day,
                "DueDate": day,
                "TransactionDate": day,
                "Account": {"ID": self.accounts[line["account"]]},
                "Currency": {"ID": self.currencies["EUR"]},
                "Description": line["description"],
                "Debit": line.get("debit") or 0,
                "Credit": line.get("credit") or 0,
                "DebitInDomesticCurrency": line.get("debit") or 0,
                "CreditInDomesticCurrency": line.get("credit") or 0,
            }
            for line in record["lines"]
        ]
        journal = {
            "JournalType": {"ID": self.journal_types[self.config["journal"]]},
            "JournalDate": day,
            "Description": record["key"],
            "JournalEntries": rows,
        }
        self.request("POST", f"{self.organisation}/journals", json=journal)


class PlainTarget(Target):
    """Both of them; the settings are those of the provider."""

    config_jsonschema: ClassVar[dict[str, Any]] = th.PropertiesList(
        th.Property("api_url", th.StringType, required=True),
        th.Property("request_timeout_seconds", th.IntegerType, default=60),
    ).to_dict()


class PlainMinox(PlainTarget):
    """Minox."""

    name = "plain-target-minox"
    default_sink_class = MinoxSink


class PlainMinimax(PlainTarget):
    """Minimax."""

    name = "plain-target-minimax"
    default_sink_class = MinimaxSink


TARGETS: Final = {"minox": PlainMinox, "minimax": PlainMinimax}


def main() -> None:
    """Run one of them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("provider", choices=TARGETS)
    parser.add_argument("--config", type=Path, required=True)
    options = parser.parse_args()
    settings = json.loads(options.config.read_text())
    TARGETS[options.provider](config=settings | {"config_file": str(options.config)}).listen()


if __name__ == "__main__":
    main()
