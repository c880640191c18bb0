"""A tiny target on BooksTarget, run as a real process by the posting tests: `python posting_target.py --config ...`."""

import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar

from connector_kit.books.identity import Administration
from connector_kit.books.journal import JournalEntry
from connector_kit.console import program
from connector_kit.errors import LoginRequiredError
from connector_kit.posting.delivery import Patience
from connector_kit.posting.entry_lines import EntryLinesSink
from connector_kit.posting.outcome import OutcomeClass, Reply, classify_read, classify_write
from connector_kit.posting.rejection import RejectedError
from connector_kit.posting.target import BooksTarget, EntrySink
from connector_kit.posting.transport import Transport
from connector_kit.service_url import service_url
from requests import PreparedRequest
from requests.auth import AuthBase
from singer_sdk import typing as th
from typing_extensions import override


class Bearer(AuthBase):
    def __init__(self, token: str) -> None:
        self.token = token

    @override
    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        r.headers["Authorization"] = f"Bearer {self.token}"
        return r


class Batches:
    def __init__(self, transport: Transport) -> None:
        self.transport = transport

    def read(self, operation: uuid.UUID, document: Mapping[str, Any]) -> Reply:  # noqa: ARG002  # the id says it all
        answer = self.transport.request("GET", f"/batches/{operation}")
        return Reply(kind=classify_read(answer), status=answer.status, body=answer.body)

    def write(self, operation: uuid.UUID, document: Mapping[str, Any]) -> Reply:
        answer = self.transport.request("PUT", f"/batches/{operation}", document=document)
        body = answer.body if isinstance(answer.body, dict) else {}
        wait = answer.headers.get("Retry-After")
        kind = OutcomeClass.CLOSED if answer.status == HTTPStatus.LOCKED else classify_write(answer)
        return Reply(
            kind=kind,
            status=answer.status,
            provider_id=body.get("id"),
            code=body.get("code"),
            text=body.get("message"),
            retry_after=None if wait is None else int(wait),
        )

    def same(self, document: Mapping[str, Any], reply: Reply) -> bool:
        return bool(reply.body == document)


class Entries(EntrySink[Mapping[str, Any]]):
    @override
    def endpoint(self) -> Batches:
        return Batches(self.books.transport)

    @override
    def prepare(self, entry: JournalEntry) -> Mapping[str, Any]:
        for index, line in enumerate(entry.lines):
            if line.account == "0000":
                raise RejectedError(
                    "unknown_account", "the ledger account does not exist", field=f"lines[{index}].account"
                )
        if any(line.account == "print" for line in entry.lines):
            print("stray output")  # noqa: T201  # must not reach stdout
        lines = [
            {"account": line.account, "debit": line.debit, "credit": line.credit, "text": line.description}
            for line in entry.lines
        ]
        return {"key": entry.key, "date": entry.date.isoformat(), "lines": lines}


class Lines(EntryLinesSink):
    entries = Entries


class TargetTiny(BooksTarget):
    """Books into the provider of the posting tests."""

    name = "target-tiny"
    config_jsonschema: ClassVar[dict[str, Any]] = th.PropertiesList(
        th.Property("api_url", th.StringType, required=True),
        th.Property("administration_id", th.StringType, default="7"),
        th.Property("token", th.StringType, secret=True, default="token"),
        th.Property("timeout_seconds", th.NumberType, default=2),
    ).to_dict()
    accepted_streams: ClassVar[Mapping[str, type[EntrySink[Any] | EntryLinesSink]]] = {
        "journal_entries": Entries,
        "journal_entry_lines": Lines,
    }
    patience = Patience(tries=3, first_wait_seconds=0.02, longest_wait_seconds=0.5)
    transport: Transport

    @override
    def administration(self) -> Administration:
        return Administration(provider="tiny", tenant="100", number=self.config["administration_id"])

    @override
    def base_url(self) -> str:
        return service_url(self.config["api_url"], setting="api_url")

    @override
    def preflight(self) -> None:
        if self.config["token"] == "expired":
            raise LoginRequiredError("the consent has ended; run: target-tiny login")
        self.transport = Transport(
            base_url=self.base_url(),
            user_agent="target-tiny/1",
            timeout_seconds=float(self.config["timeout_seconds"]),
            auth=Bearer(self.config["token"]),
        )
        self.transport.request("GET", "/ping")


main = program(TargetTiny)

if __name__ == "__main__":
    main()
