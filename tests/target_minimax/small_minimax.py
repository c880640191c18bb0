"""A small Minimax that keeps whatever records it is given: what it answers is what the vendor documents of all of them.

Stands beside the simulator: here every resource is the same table, so that a test sees what the target sends.
"""

import base64
import itertools
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

Record = dict[str, Any]

IDS = {
    "accounts": "AccountId",
    "addresses": "AddressId",
    "analytics": "AnalyticId",
    "bankAccounts": "BankAccountId",
    "contacts": "ContactId",
    "countries": "CountryId",
    "currencies": "CurrencyId",
    "customers": "CustomerId",
    "documents": "DocumentId",
    "employees": "EmployeeId",
    "inbox": "InboxId",
    "issuedinvoicepostings": "IssuedInvoicePostingId",
    "issuedinvoices": "IssuedInvoiceId",
    "items": "ItemId",
    "journal-entries": "JournalEntryId",
    "journals": "JournalId",
    "journaltypes": "JournalTypeId",
    "orders": "OrderId",
    "paymentMethods": "PaymentMethodId",
    "productGroups": "ProductGroupId",
    "receivedinvoices": "ReceivedInvoiceId",
    "stockentry": "StockEntryId",
    "vat": "VatEntryId",
    "vatrates": "VatRateId",
    "warehouses": "WarehouseId",
    "attachments": "AttachmentId",
}
DONE = {
    "issue": ("Status", {"issuedinvoices": "I", "issuedinvoicepostings": "P"}),
    "issueAndGeneratepdf": ("Status", {"issuedinvoices": "I"}),
    "confirm": ("Status", {"orders": "P", "stockentry": "P"}),
    "approve": ("StatusOfReceivedInvoice", {"inbox": "Odobren"}),
}
POOR = {
    "journals": {"JournalId", "JournalType", "JournalDate", "Description"},
    "issuedinvoices": {"IssuedInvoiceId", "Customer", "DateIssued", "InvoiceType"},
    "orders": {"OrderId", "ReceivedIssued", "Customer", "Date"},
    "stockentry": {"StockEntryId", "StockEntryType", "Date"},
    "issuedinvoicepostings": {"IssuedInvoicePostingId", "Date"},
    "receivedinvoices": {"ReceivedInvoiceId", "Customer", "DocumentReference"},
    "employees": {"EmployeeId", "FirstName", "LastName", "TaxNumber"},
}
"""Rows of lists have these members only."""
CONFLICT = "Concurrency error - record changed by another action (RowVersion)"


@dataclass
class SmallMinimax:
    """One organisation, number 7.

    Attributes:
        tables: Records by the path below the organisation.
        calls: Requests of the organisation: method, path and filters.
        interfere: Called before a request is answered; what it returns takes the place of the answer.
    """

    tables: dict[str, dict[int, Record]] = field(default_factory=dict)
    calls: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    interfere: Callable[[str, str], str | None] = lambda method, path: None  # noqa: ARG005  # nobody interferes
    url: str = ""
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1001))
    _versions: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def add(self, path: str, **members: Any) -> int:
        """Put a record in."""
        number = next(self._numbers)
        name = IDS[path.rpartition("/")[2]]
        self.tables.setdefault(path, {})[number] = {name: number, "RowVersion": self._version(), **members}
        return number

    def edit(self, path: str, number: int, **members: Any) -> None:
        """Change one, as a person does at the screen."""
        self.tables[path][number] |= members | {"RowVersion": self._version()}

    def held(self, path: str) -> list[Record]:
        """All records of a path."""
        return list(self.tables.get(path, {}).values())

    def made(self, method: str) -> list[str]:
        """Paths of the calls with a method."""
        return [path for one, path, _ in self.calls if one == method]

    def _version(self) -> str:
        return base64.b64encode(next(self._versions).to_bytes(8, "big") + b"\xff").decode()

    def answer(self, method: str, path: str, query: dict[str, str], body: Any) -> tuple[int, Any, dict[str, str]]:
        """Answer a request below the organisation."""
        if found := re.fullmatch(r"(.+)/code\((.*)\)", path):
            rows = [row for row in self.held(found[1]) if row.get("Code") == unquote(found[2])]
            return (200, rows[0], {}) if rows else (404, {"Message": "not found"}, {})
        if found := re.fullmatch(r"(.+)/(\d+)/actions/(\w+)", path):
            return self._act(found[1], int(found[2]), found[3], query)
        if method == "POST":
            name = path.rpartition("/")[2]
            if body.get("Code") and any(row.get("Code") == body["Code"] for row in self.held(path)):
                return 409, [{"Message": "Šifra že obstaja", "PropertyName": "Code"}], {}
            states = {} if name in {"customers", "items", "analytics"} else {"Status": "O"}
            number = self.add(path, **states, **body)
            return 201, None, {"Location": f"{self.url}/API/api/orgs/7/{path}/{number}?id={number}"}
        parent, _, last = path.rpartition("/")
        if last.isdecimal():
            return self._one(method, parent, int(last), body)
        return 200, self._list(path, query), {}

    def _one(self, method: str, path: str, number: int, body: Any) -> tuple[int, Any, dict[str, str]]:
        record = self.tables.get(path, {}).get(number)
        if record is None:
            return 404, {"Message": "not found"}, {}
        if method == "PUT":
            if body.get("RowVersion") != record["RowVersion"]:
                return 400, {"Message": CONFLICT}, {}
            self.tables[path][number] = {**body, "RowVersion": self._version()}
            return 200, [], {}
        children = {"VatEntries": f"{path}/{number}/vat", "Attachments": f"{path}/{number}/attachments"}
        inner = {name: self.held(child) for name, child in children.items() if child in self.tables}
        return 200, record | inner, {}

    def _act(self, path: str, number: int, name: str, query: dict[str, str]) -> tuple[int, Any, dict[str, str]]:
        record = self.tables[path][number]
        if query.get("rowVersion") != record["RowVersion"] and path not in {"issuedinvoicepostings", "inbox"}:
            return 409, {"ValidationMessages": [{"Message": CONFLICT}]}, {}
        member, states = DONE[name]
        self.edit(path, number, **{member: states[path]})
        return 200, {"Data": {}}, {}

    def _list(self, path: str, query: dict[str, str]) -> Any:
        rows = self.held(path)
        if path.endswith("/attachments") and not path.startswith("documents"):
            return [{name: value for name, value in row.items() if name != "AttachmentData"} for row in rows]
        for name in ("Description", "Reference", "DocumentReference", "SearchString"):
            if text := query.get(name):
                rows = [row for row in rows if text.casefold() in json.dumps(row, ensure_ascii=False).casefold()]
        known = POOR.get(path)
        rows = [{name: value for name, value in row.items() if not known or name in known} for row in rows]
        size, number = int(query.get("PageSize", 100)), int(query.get("CurrentPage", 1))
        return {"Rows": rows[(number - 1) * size : number * size], "TotalRows": len(rows), "PageSize": size}


@contextmanager
def serving(minimax: SmallMinimax) -> Iterator[SmallMinimax]:
    """Serve it on a port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            parts = urlsplit(self.path)
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, body, headers = self._answered(parts.path, parts.query, content)
            if status == 0:
                self.close_connection = True
                return
            text = b"" if body is None else json.dumps(body).encode()
            self.send_response(status)
            for name, value in ({"Content-Type": "application/json"} | headers).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def _answered(self, path: str, query: str, content: bytes) -> tuple[int, Any, dict[str, str]]:
            if path == "/token":
                return 200, {"access_token": "t", "token_type": "bearer", "expires_in": 3600}, {}
            if path.endswith("/currentuser/orgs"):
                row = {"Organisation": {"ID": 7, "Name": "Test"}, "APIAccess": "D"}
                return 200, {"Rows": [row], "TotalRows": 1}, {}
            below = path.removeprefix("/API/api/orgs/7/")
            filters = {name: values[0] for name, values in parse_qs(query).items()}
            minimax.calls.append((self.command, below, filters))
            wish = minimax.interfere(self.command, below)
            if wish == "lose before":
                return 0, None, {}
            answer = minimax.answer(self.command, below, filters, json.loads(content) if content else None)
            return (0, None, {}) if wish == "lose after" else answer

        do_GET = do_POST = do_PUT = _serve  # noqa: N815  # the library's names

        def log_message(self, *_arguments: Any) -> None:  # the library's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    minimax.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield minimax
    finally:
        server.shutdown()
        server.server_close()


def organisation(country: str = "SI") -> SmallMinimax:
    """An organisation with code lists, whose ids are its own."""
    minimax = SmallMinimax()
    home = "RSD" if country == "RS" else "EUR"
    for code in ("CZK", home, "USD"):
        minimax.add("currencies", Code=code, Name=code)
    for code in ("AT", "SI", "HR", "RS", "NL"):
        minimax.add("countries", Code=code, Name=code)
    for code in ("OP", "IR"):
        minimax.add("journaltypes", Code=code)
    minimax.add("vatrates", Code="S", Percent=22)
    minimax.add("vatrates", Code="O", Percent=0)
    for code in ("K1", "L1"):
        minimax.add("customers", Code=code, Name=code)
    minimax.add("items", Code="A1", Title="Hours")
    minimax.add("analytics", Code="SM1", Name="Team")
    for code in ("W1", "W2"):
        minimax.add("warehouses", Code=code, Name=code)
    minimax.add("paymentMethods", Name="Cash", Default="D")
    rules = {
        "AllowedPosting": "V",
        "CustomerEntry": "V",
        "AnalyticsEntry": "V",
        "EmployeeEntry": "V",
        "Application": "D",
    }
    for code, own in {
        "4700": {},
        "2500": {},
        "1200": {"CustomerEntry": "D"},
        "4000": {"AnalyticsEntry": "D", "AllowedPosting": "B"},
        "2600": {"AllowedPosting": "D", "CustomerEntry": "N"},
        "9999": {"Application": "N"},
    }.items():
        minimax.add("accounts", Code=code, Name=f"{code} - x", **(rules | own))
    return minimax
